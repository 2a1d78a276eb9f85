import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Certificates, makeCertificates } from './support/certificates.ts'
import type { Conversation } from './support/conversation.ts'
import { established, type Usage } from './support/open-files.ts'
import { freePort } from './support/ports.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { answerAndClose, answerOnce, onPing, silent, startRawServer } from './support/raw-server.ts'
import type { ReadinessOptions } from './support/readiness.ts'
import { startReadinessChild } from './support/readiness-child.ts'
import { type Redis, startRedis } from './support/redis.ts'
import { hang, startWorker, status } from './support/worker.ts'

const MB = 1 << 20
const mb = (bytes: number): string => `${(bytes / MB).toFixed(1)} MB`

let postgres: Postgres
let redis: Redis
let pki: Certificates
beforeAll(async () => {
  ;[postgres, redis, pki] = await Promise.all([startPostgres(), startRedis({ password: 'secret' }), makeCertificates()])
})
afterAll(() => Promise.all([postgres.stop(), redis.stop()]))

const children: Conversation[] = []
afterEach(() => Promise.all(children.splice(0).map((child) => child.stop())))
async function startChild(env: NodeJS.ProcessEnv): Promise<Conversation> {
  const child = await startReadinessChild(env)
  children.push(child)
  return child
}

interface ChildUsage extends Usage {
  kinds: Record<string, number>
}

/**
 * What the child holds once that changes no more. A connection that is being replaced is open twice
 * for a moment, and on a busy machine for longer: what is to be no more than `most` gets ten seconds
 * to become so. A leak stays. Of the descriptors, those that `apart` counts are left out.
 */
async function settled(child: Conversation, most?: ChildUsage, apart = (): number => 0): Promise<ChildUsage> {
  const deadline = performance.now() + 10_000
  let before: ChildUsage | undefined
  for (;;) {
    const now = await child.ask<ChildUsage>({ op: 'usage' })
    now.files -= apart()
    const isStill = before?.files === now.files && before.threads === now.threads
    const isWithin = most === undefined || (now.files <= most.files && now.threads <= most.threads)
    if ((isStill && isWithin) || performance.now() > deadline) return now
    before = now
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

const difference = (before: ChildUsage, after: ChildUsage): string => `${JSON.stringify(before.kinds)} became ${JSON.stringify(after.kinds)}`

describe('1,000 failing checks', () => {
  // What every mixture is made of: what is refused, mute, wrong, half, junk, and untrusted.
  async function mixtures(): Promise<{ options: ReadinessOptions[]; stop(): Promise<unknown> }> {
    const [mute, half, junk, gone, hanging, sick, untrusted] = await Promise.all([
      startRawServer(silent),
      startRawServer(onPing('+PO')),
      startRawServer(answerOnce(Buffer.alloc(64 << 10, 'j'))),
      freePort(),
      startWorker(hang),
      startWorker(status(503)),
      startWorker(status(200), { tls: pki.expired }),
    ])
    const closing = await startRawServer(answerAndClose(''))
    const common = { timeoutMs: 25, cacheMs: 0 }
    return {
      options: [
        { ...common, db: `postgres://u:p@127.0.0.1:${mute.port}/x`, redis: `redis://127.0.0.1:${half.port}`, worker: hanging.url },
        { ...common, timeoutMs: 1_000, db: `postgres://u:p@127.0.0.1:${gone}/x`, redis: `redis://127.0.0.1:${gone}`, worker: `http://127.0.0.1:${gone}` },
        { ...common, timeoutMs: 1_000, db: postgres.url().replace(/:[^:@]+@/, ':wrong@'), redis: redis.url.replace('secret', 'wrong'), worker: sick.url },
        { ...common, db: `postgres://u:p@127.0.0.1:${junk.port}/x`, redis: `redis://127.0.0.1:${closing.port}`, worker: `http://127.0.0.1:${junk.port}` },
        { ...common, timeoutMs: 1_000, db: postgres.url({ sslmode: 'require' }), redis: `rediss://127.0.0.1:${closing.port}`, worker: untrusted.url, caFile: pki.ca },
      ],
      stop: () => Promise.all([mute, half, junk, hanging, sick, untrusted, closing].map((server) => server.stop())),
    }
  }

  it.each([
    ['by one readiness that is kept', 'repeat'],
    ['by a readiness of its own each', 'repeatOnce'],
  ] as const)('%s leave as many descriptors and threads as 10 did', async (_situation, op) => {
    const { options, stop } = await mixtures()
    const child = await startChild({ ROS_MODE: 'LIVE' })
    const round = async (times: number): Promise<Record<string, number>> => {
      const seen: Record<string, number> = {}
      for (const one of options) {
        if (op === 'repeat') await child.ask({ op: 'create', options: one })
        const counts = await child.ask<Record<string, number>>({ op, times, options: one })
        for (const [outcome, count] of Object.entries(counts)) seen[outcome] = (seen[outcome] ?? 0) + count
      }
      return seen
    }
    await round(2)
    const after10 = await settled(child)
    const seen = await round(198)
    const after1000 = await settled(child, after10)
    console.log(`1,000 failing checks ${_situation}: descriptors ${after10.files} -> ${after1000.files}, threads ${after10.threads} -> ${after1000.threads}, resident ${mb(after10.residentBytes)} -> ${mb(after1000.residentBytes)}; ${JSON.stringify(seen)}`)
    expect(Object.keys(seen).filter((outcome) => outcome.endsWith(' ok'))).toEqual([])
    expect(Object.values(seen).reduce((sum, count) => sum + count, 0)).toBe(198 * 5 * 3)
    expect(after1000.files, difference(after10, after1000)).toBeLessThanOrEqual(after10.files)
    expect(after1000.threads).toBeLessThanOrEqual(after10.threads)
    expect(after1000.residentBytes - after10.residentBytes).toBeLessThan(48 * MB)
    await stop()
    // Nor has Postgres or Redis been left with a client of it.
    await expect.poll(() => postgres.admin("SELECT count(*) FROM pg_stat_activity WHERE usename = 'ros'"), { timeout: 10_000, interval: 200 }).toBe('0\n')
  }, 180_000)
})

describe('10,000 good checks', () => {
  it('grow no memory after the first 1,000', async () => {
    const worker = await startWorker()
    // A second one may be kept: a check opened it because the first was not yet back from the check
    // before. And this worker ends one that it is not asked on for five seconds.
    const toWorker = (): number => established(worker.port)
    const child = await startChild({ ROS_MODE: 'LIVE', DATABASE_URL: postgres.url(), REDIS_URL: redis.url, WORKER_CALLBACK_URL: worker.url })
    await child.ask({ op: 'create', options: { cacheMs: 0, timeoutMs: 5_000 } })
    const start = performance.now()
    expect(await child.ask({ op: 'repeat', times: 1_000 })).toEqual({ 'db ok': 1_000, 'redis ok': 1_000, 'worker ok': 1_000 })
    const first = await settled(child, undefined, toWorker)
    expect([postgres, redis].map(({ port }) => established(port))).toEqual([1, 1])
    expect(await child.ask({ op: 'repeat', times: 9_000 })).toEqual({ 'db ok': 9_000, 'redis ok': 9_000, 'worker ok': 9_000 })
    const took = performance.now() - start
    const last = await settled(child, first, toWorker)
    const growth = last.residentBytes - first.residentBytes
    console.log(`10,000 good checks in ${(took / 1000).toFixed(1)} s: resident ${mb(first.residentBytes)} after 1,000, ${mb(last.residentBytes)} after 10,000 (${growth} bytes), descriptors ${first.files} -> ${last.files}, threads ${first.threads} -> ${last.threads}`)
    // A leak of one small string a check would show: 9,000 × 1 KB are 9 MB.
    expect(growth).toBeLessThan(8 * MB)
    expect(toWorker()).toBeLessThanOrEqual(2)
    expect([postgres, redis].map(({ port }) => established(port))).toEqual([1, 1])
    expect(last.files, difference(first, last)).toBeLessThanOrEqual(first.files)
    expect(last.threads).toBeLessThanOrEqual(first.threads)
    expect(worker.connections()).toBeLessThanOrEqual(3)
    await worker.stop()
  }, 180_000)
})

describe('what nobody holds any more', () => {
  it.each([
    ['the checks of 500 calls of checkOnce', true],
    ['500 readinesses that nobody closed', false],
  ])('is collected: %s', async (_what, close) => {
    const child = await startChild({ ROS_MODE: 'LIVE' })
    const gone = await child.ask<number>({ op: 'garbage', times: 500, close })
    console.log(`${gone} of 500 collected`)
    // The last ones may still lie on a stack.
    expect(gone).toBeGreaterThanOrEqual(490)
  })
})

describe('threads that are terminated with checks and listeners under way', () => {
  const THREADS = Number(process.env.RF_WORKERS || 100)

  it(`leave no descriptor, no thread and no connection: ${THREADS} of them`, async () => {
    const [mute, junk] = await Promise.all([startRawServer(silent), startRawServer(answerOnce(Buffer.alloc(64 << 10, 'j')))])
    const child = await startChild({ ROS_MODE: 'LIVE', DATABASE_URL: postgres.url(), REDIS_URL: redis.url })
    const mixtures = [
      { redis: `redis://127.0.0.1:${mute.port}`, worker: `http://127.0.0.1:${mute.port}`, timeoutMs: 600_000 },
      { db: `postgres://u:p@127.0.0.1:${mute.port}/x`, worker: `http://127.0.0.1:${junk.port}`, timeoutMs: 5, cacheMs: 0 },
      { worker: false, timeoutMs: 20, cacheMs: 0 },
    ]
    // Two at once on each side of the count, so that what the first ones bring to stay is there.
    const round = async (times: number): Promise<void> => {
      for (const options of mixtures) await child.ask({ op: 'threads', times: Math.ceil(times / mixtures.length), atOnce: 2, options })
    }
    await round(12)
    const first = await settled(child)
    await round(THREADS)
    const last = await settled(child, first)
    console.log(`${THREADS} threads: descriptors ${first.files} -> ${last.files}, threads ${first.threads} -> ${last.threads}, resident ${mb(first.residentBytes)} -> ${mb(last.residentBytes)}`)
    expect(last.files, difference(first, last)).toBeLessThanOrEqual(first.files)
    expect(last.threads).toBeLessThanOrEqual(first.threads)
    await expect.poll(() => [mute.port, junk.port, redis.port].map(established), { timeout: 10_000 }).toEqual([0, 0, 0])
    await Promise.all([mute.stop(), junk.stop()])
  }, 60_000 + THREADS * 1_000)
})
