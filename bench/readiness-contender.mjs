/** One contender of `readiness.mjs`, measured in this process: prints what it took, in ms. */
import { performance } from 'node:perf_hooks'
import { peerChecks } from './peer-checks.mjs'

const WARM_UP = 200

const contenders = {
  async core() {
    const { createReadiness } = await import('../index.js')
    const readiness = createReadiness({ cacheMs: 0 })
    return {
      check: async () => (await readiness.check()).status,
      close: () => readiness.close(),
    }
  },
  async peer() {
    const { check, close } = await peerChecks(process.env)
    return { check: async () => ((await check()) ? 'ready' : 'not_ready'), close }
  },
}

const [name, count] = process.argv.slice(2)
const { check, close } = await contenders[name]()
const times = []
for (let at = -WARM_UP; at < Number(count); at += 1) {
  if (at === 0) begin()
  const began = performance.now()
  if ((await check()) !== 'ready') throw new Error(`${name}: a check did not come out ready`)
  if (at >= 0) times.push(performance.now() - began)
}
const loop = performance.eventLoopUtilization(globalThis.loopBefore).active
const { user, system } = process.cpuUsage(globalThis.cpuBefore)
await close()
process.stdout.write(JSON.stringify({ times, loop, cpu: (user + system) / 1e3 }))

function begin() {
  globalThis.loopBefore = performance.eventLoopUtilization()
  globalThis.cpuBefore = process.cpuUsage()
}
