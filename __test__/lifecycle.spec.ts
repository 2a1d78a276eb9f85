import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { usageOf } from './support/open-files.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { onPing, startRawServer } from './support/raw-server.ts'
import { type Redis, startRedis } from './support/redis.ts'

/** `make soak` runs more of each. */
const EXITS = Number(process.env.RF_EXITS ?? 40)
const THREADS = Number(process.env.RF_THREADS ?? 100)
const fixture = join(import.meta.dirname, 'support', 'fixtures', 'busy.mjs')

let postgres: Postgres
let redis: Redis
let half: Awaited<ReturnType<typeof startRawServer>>
let urls: Record<string, string>
beforeAll(async () => {
  ;[postgres, redis, half] = await Promise.all([startPostgres(), startRedis({ password: 'secret' }), startRawServer(onPing('+PO'))])
  // One that answers, one that answers half, and one that nobody listens for.
  urls = { db: postgres.url(), redis: `redis://127.0.0.1:${half.port}`, worker: 'http://127.0.0.1:9' }
})
afterAll(() => Promise.all([postgres?.stop(), redis?.stop(), half?.stop()]))

interface Ending {
  code: unknown
  signal: unknown
}

function runToItsEnd(seed: number): Promise<Ending> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, ROS_MODE: 'LIVE' }
    const child = execFile(process.execPath, [fixture, JSON.stringify({ urls, seed, threads: seed % 3 })], { env, timeout: 20_000 })
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

it(
  `ends with its own exit code at ${EXITS} random moments, with checks, calls and threads under way`,
  async () => {
    for (let done = 0; done < EXITS; done += 4) {
      const seeds = Array.from({ length: 4 }, () => randomInt(10_000))
      const endings = await Promise.all(seeds.map(runToItsEnd))
      expect(endings, `seeds ${seeds.join(', ')}`).toEqual(seeds.map(() => ({ code: 7, signal: null })))
    }
  },
  EXITS * 2_000 + 60_000,
)

it(
  `leaves no thread and no descriptor behind when ${THREADS} worker threads are terminated mid-check`,
  async () => {
    const start = (): Worker => new Worker(fixture, { workerData: { urls, seed: 1 } })
    const round = async (): Promise<void> => {
      const workers = Array.from({ length: 4 }, start)
      // Node itself leaves a file open when it is stopped while it reads a module.
      await Promise.all(workers.map((worker) => once(worker, 'message')))
      await sleep(randomInt(120))
      await Promise.all(workers.map((worker) => worker.terminate()))
    }
    // What loads once, and connections that are kept.
    for (let warm = 0; warm < 4; warm += 1) await round()
    const before = usageOf()
    for (let done = 0; done < THREADS; done += 4) await round()
    // A pool of the process may grow, and a connection that is replaced is open twice: a leak is one a thread.
    await expect.poll(() => usageOf().threads, { timeout: 10_000 }).toBeLessThanOrEqual(before.threads + 4)
    await expect.poll(() => usageOf().files, { timeout: 10_000 }).toBeLessThanOrEqual(before.files + 4)
  },
  THREADS * 1_000 + 60_000,
)
