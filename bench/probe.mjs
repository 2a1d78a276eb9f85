/**
 * A readiness answer under load: this package's probe server against the same route in Express with
 * `@godaddy/terminus`, both with one check that is always ok, under `wrk`. Each measurement is a
 * process of its own, and the contenders take turns.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { ratioRow, render } from './table.mjs'

const ROUNDS = 7
const SECONDS = 2
const CONNECTIONS = 64
const MEASURES = [
  ['time of an answer under load', 'µs', 0.2],
  ['process CPU an answer', 'µs', 0.2],
  ['event-loop time an answer', 'µs', 0.05],
]

const execute = promisify(execFile)

const contenders = {
  async core() {
    const { createReadiness, startProbeServer } = await import('../index.js')
    const readiness = createReadiness({ db: false, redis: false, worker: false, checks: { queue: async () => true } })
    return (await startProbeServer({ port: 0, readiness })).port
  },
  async peer() {
    const [{ default: express }, { createTerminus }, { createServer }] = await Promise.all([import('express'), import('@godaddy/terminus'), import('node:http')])
    const server = createServer(express())
    createTerminus(server, { healthChecks: { '/health/ready': async () => ({ queue: 'ok' }) }, signals: [] })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return server.address().port
  },
}

/** Serves until standard input ends; answers each line on it with the CPU and event-loop time so far, in µs. */
async function serve(name) {
  const port = await contenders[name]()
  process.stdin.once('end', () => process.exit())
  console.log(port)
  for await (const _line of createInterface({ input: process.stdin })) {
    const { user, system } = process.cpuUsage()
    console.log(JSON.stringify([user + system, performance.eventLoopUtilization().active * 1e3]))
  }
}

async function measure(name) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), name], {
    env: { PATH: process.env.PATH, ROS_MODE: 'LIVE', NODE_ENV: 'production' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => JSON.parse((await lines.next()).value)
  const times = () => {
    child.stdin.write('\n')
    return next()
  }
  const url = `http://127.0.0.1:${await next()}/health/ready`
  await load(url, 1)
  const before = await times()
  const answers = await load(url, SECONDS)
  const spent = (await times()).map((time, at) => time - before[at])
  child.stdin.end()
  await once(child, 'exit')
  return [SECONDS * 1e6, ...spent].map((time) => time / answers)
}

/** How many answers of 200 came; any other is a failure of the bench. */
async function load(url, seconds) {
  const { stdout } = await execute('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, url])
  const [, count, took, unit] = /(\d+) requests in ([\d.]+)(ms|s|m)/.exec(stdout)
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk saw errors:\n${stdout}`)
  const scale = { ms: 1e-3, s: 1, m: 60 }[unit]
  return (Number(count) / (Number(took) * scale)) * seconds
}

export async function probe() {
  const rounds = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = round % 2 === 0 ? ['peer', 'core'] : ['core', 'peer']
    const found = {}
    for (const name of order) found[name] = await measure(name)
    rounds.push(found)
  }
  return {
    title: 'A readiness answer under load',
    peers: '@godaddy/terminus 4.12.1 on Express 4.22.1',
    note: `wrk with ${CONNECTIONS} connections on the same machine, ${ROUNDS} rounds of ${SECONDS} s, each in a new process`,
    rows: MEASURES.map(([name, unit, goal], at) =>
      ratioRow({ name, unit, goal, core: rounds.map(({ core }) => core[at]), peer: rounds.map(({ peer }) => peer[at]) }),
    ),
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv[2] === undefined) console.log(render(await probe()))
  else await serve(process.argv[2])
}
