/**
 * A readiness answer under load: this package's probe server against the same route in Express with
 * `@godaddy/terminus`, `pg`, `ioredis` and `fetch`, under `wrk`, each as it comes: this package serves a
 * finished run for a second, which terminus does not. Each measurement is a process of its own, and the
 * contenders take turns.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startPostgres } from '../__test__/support/postgres.ts'
import { startRedis } from '../__test__/support/redis.ts'
import { startFastApiWorker } from '../__test__/support/worker.ts'
import { ratioRow } from './table.mjs'

const ROUNDS = 7
const SECONDS = 2
const CONNECTIONS = 64
const MEASURES = [
  ['time of an answer under load', 'µs', 0.2],
  ['process CPU an answer', 'µs', 0.2],
  ['event-loop time an answer', 'µs', 0.05],
]

const CONTENDER = fileURLToPath(new URL('probe-contender.mjs', import.meta.url))

const execute = promisify(execFile)

async function measure(name, urls) {
  const child = spawn(process.execPath, [CONTENDER, name], {
    env: { PATH: process.env.PATH, ROS_MODE: 'LIVE', NODE_ENV: 'production', ...urls },
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

/** What the orchestrator is asked: all three services of the stack. */
export const probeOfTheStack = {
  name: 'probe-stack',
  title: 'A readiness answer of the stack under load',
  async measure() {
    const [postgres, redis, worker] = await Promise.all([startPostgres(), startRedis({ password: 'bench' }), startFastApiWorker()])
    return compare([postgres, redis, worker], 'pg 8.23.1, ioredis 5.9.2 and fetch', {
      DATABASE_URL: postgres.url(),
      REDIS_URL: redis.url,
      WORKER_CALLBACK_URL: worker.url,
    })
  },
}

/** The least that a readiness answer can ask. */
export const probeOfRedis = {
  name: 'probe-redis',
  title: 'A readiness answer of Redis alone under load',
  async measure() {
    const redis = await startRedis({ password: 'bench' })
    return compare([redis], 'ioredis 5.9.2', { REDIS_URL: redis.url })
  },
}

async function compare(servers, clients, urls) {
  const rounds = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = round % 2 === 0 ? ['peer', 'core'] : ['core', 'peer']
    const found = {}
    for (const name of order) found[name] = await measure(name, urls)
    rounds.push(found)
  }
  await Promise.all(servers.map((server) => server.stop()))
  return {
    peers: `@godaddy/terminus 4.12.1 on Express 4.22.1, with ${clients}. Each as it comes: this package serves a finished run for a second, terminus asks each time`,
    note: `wrk with ${CONNECTIONS} connections on the same machine, ${ROUNDS} rounds of ${SECONDS} s, each in a new process`,
    rows: MEASURES.map(([name, unit, goal], at) =>
      ratioRow({ name, unit, goal, core: rounds.map(({ core }) => core[at]), peer: rounds.map(({ peer }) => peer[at]) }),
    ),
  }
}
