/** Asks the probe server as kubelet, Prometheus and a person do, twenty times a second, over new connections. */
import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { PLANTED } from './planted.mjs'

const PATHS = ['/health', '/health/ready', '/metrics', '/status']
const EVERY_MS = 50

export function startProber(port) {
  const seen = { answers: 0, slowest: 0, slowestReady: 0, problems: new Set() }
  let running = true
  const done = probe()

  async function probe() {
    for (let turn = 0; running; turn += 1) {
      const path = PATHS[turn % PATHS.length]
      const begun = performance.now()
      const answer = await ask(path).catch((error) => ({ status: error.code, body: '' }))
      const took = performance.now() - begun
      seen.answers += 1
      // A readiness run may take as long as its limit; the rest has nothing to wait for.
      if (path === '/health/ready') seen.slowestReady = Math.max(seen.slowestReady, took)
      else seen.slowest = Math.max(seen.slowest, took)
      if (!(answer.status === 200 || (path === '/health/ready' && answer.status === 503))) seen.problems.add(`${path} answered ${answer.status}`)
      if (Object.values(PLANTED).some((planted) => answer.body.includes(planted))) seen.problems.add(`an identifier in ${path}`)
      await sleep(EVERY_MS)
    }
  }

  function ask(path) {
    return new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: 5_000 }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text) => (body += text)).on('end', () => resolve({ status: response.statusCode, body })).on('error', reject)
      })
      request.on('timeout', () => request.destroy(Object.assign(new Error(), { code: 'nothing in 5 s' }))).on('error', reject)
    })
  }

  return {
    seen,
    async stop() {
      running = false
      await done
    },
  }
}
