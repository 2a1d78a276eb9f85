import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { end, type Line, lines } from './support/log.ts'
import { usageOf } from './support/open-files.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { onPing, startRawServer } from './support/raw-server.ts'
import { type Redis, startRedis } from './support/redis.ts'

/** `make soak` runs more of each. */
const EXITS = Number(process.env.RF_EXITS ?? 40)
const THREADS = Number(process.env.RF_THREADS ?? 100)
const FIXTURES = join(import.meta.dirname, 'support', 'fixtures')
const LIVE = { ROS_MODE: 'LIVE', LOG_FORMAT: 'json' }

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

async function runToItsEnd(seed: number): Promise<{ code: unknown; signal: unknown }> {
  const { code, signal, out } = await end([join(FIXTURES, 'busy.mjs'), JSON.stringify({ urls, seed, threads: seed % 3 })], LIVE)
  expectRedacted(lines(out))
  return { code, signal }
}

it(
  `ends with its own exit code at ${EXITS} random moments, with checks, calls, log lines and threads under way`,
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
  `leaves no thread and no descriptor behind when ${THREADS} worker threads are terminated mid-check and mid-log`,
  async () => {
    const child = spawn(process.execPath, [join(FIXTURES, 'terminate-threads.mjs'), JSON.stringify(urls)], {
      env: { PATH: process.env.PATH, ...LIVE },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    let text = ''
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (text = check(text + chunk)))
    const terminate = async (threads: number): Promise<void> => {
      child.send({ threads })
      await once(child, 'message')
    }
    // What loads once, and connections that are kept.
    await terminate(16)
    const before = usageOf(child.pid!)
    await terminate(THREADS)
    // A pool of the process may grow, and a connection that is replaced is open twice: a leak is one a thread.
    await expect.poll(() => usageOf(child.pid!).threads, { timeout: 10_000 }).toBeLessThanOrEqual(before.threads + 4)
    await expect.poll(() => usageOf(child.pid!).files, { timeout: 10_000 }).toBeLessThanOrEqual(before.files + 4)
    child.send({ threads: 0 })
    const [code, signal] = await once(child, 'close')
    expect([code, signal, text]).toEqual([0, null, ''])
  },
  THREADS * 1_000 + 60_000,
)

function expectRedacted(all: Line[]): void {
  for (const { context } of all.filter(({ module }) => module === 'busy')) expect(context).toMatchObject({ patientName: '[name]' })
}

/** Looks at the lines that have arrived, and gives back what is not yet a whole one. */
function check(text: string): string {
  const whole = text.lastIndexOf('\n') + 1
  expectRedacted(lines(text.slice(0, whole)))
  return text.slice(whole)
}
