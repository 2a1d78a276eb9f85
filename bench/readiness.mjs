/**
 * A readiness check of Postgres, Redis and the worker: this package against `pg`, `ioredis` and
 * `fetch` doing the same on the same servers. Each measurement is a process of its own, and the
 * contenders take turns.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startPostgres } from '../__test__/support/postgres.ts'
import { startRedis } from '../__test__/support/redis.ts'
import { startFastApiWorker, startWorker } from '../__test__/support/worker.ts'
import { median, ratioRow } from './table.mjs'

const ROUNDS = 7
const CHECKS = 1_000
const CONTENDERS = ['peer', 'core']
const MEASURES = [
  ['time of a check, median', 'ms', 0.5],
  ['event-loop time a check', 'ms', 0.2],
  ['process CPU a check', 'ms', 0.5],
]

const execute = promisify(execFile)

/** With the FastAPI worker of the stack: what a probe of the real thing takes. */
export const readinessOfTheStack = {
  name: 'readiness-stack',
  title: 'Readiness of Postgres, Redis and the FastAPI worker',
  measure: () => compare(startFastApiWorker),
}

/** With a worker that answers at once: what is left is the checking itself. */
export const readinessOfFastServers = {
  name: 'readiness-fast',
  title: 'Readiness of Postgres, Redis and a bare Node HTTP server',
  measure: () => compare(startWorker),
}

async function compare(startTheWorker) {
  const servers = await Promise.all([startPostgres(), startRedis({ password: 'bench' }), startTheWorker()])
  const [postgres, redis, worker] = servers
  const env = {
    PATH: process.env.PATH,
    ROS_MODE: 'LIVE',
    DATABASE_URL: postgres.url(),
    REDIS_URL: redis.url,
    WORKER_CALLBACK_URL: worker.url,
  }
  try {
    const rounds = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const found = {}
      for (const contender of CONTENDERS) found[contender] = await measure(contender, env)
      rounds.push(found)
    }
    return {
      peers: 'pg 8.23.1 Pool + ioredis 5.9.2 + fetch (undici of this Node), connections kept',
      note: `${ROUNDS} rounds of ${CHECKS} checks, one after another, each round in a new process`,
      rows: MEASURES.map(([measure, unit, goal], index) =>
        ratioRow({
          name: measure,
          unit,
          goal,
          core: rounds.map((round) => round.core[index]),
          peer: rounds.map((round) => round.peer[index]),
        }),
      ),
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

async function measure(contender, env) {
  const script = fileURLToPath(new URL('readiness-contender.mjs', import.meta.url))
  const { stdout } = await execute(process.execPath, [script, contender, String(CHECKS)], { env })
  const { times, loop, cpu } = JSON.parse(stdout)
  return [median(times), loop / times.length, cpu / times.length]
}
