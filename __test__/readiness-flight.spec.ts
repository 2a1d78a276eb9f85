import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createReadiness, healthRoutes } from '../index.js'
import { get } from './support/http.ts'
import { established } from './support/open-files.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { onPing, startRawServer, silent } from './support/raw-server.ts'
import { SLACK_MS, setEnvironment } from './support/readiness.ts'
import { hang, healthy, startWorker } from './support/worker.ts'

const NOTHING = { db: false, redis: false, worker: false } as const
/** For what comes at once on a machine that is not busy. */
const LONG = { timeout: 10_000 }
const never = (): Promise<never> => new Promise(() => undefined)

let server: Postgres
beforeAll(async () => {
  server = await startPostgres({ settings: ['log_connections = on', 'log_statement = all'] })
})
afterAll(() => server.stop())
beforeEach(() => setEnvironment({ ROS_MODE: 'LIVE' }))

describe('500 callers at once', () => {
  it.each([1_000, 0])('reach each dependency at most twice, with cacheMs %i', async (cacheMs) => {
    const before = server.log().length
    let pings = 0
    let runs = 0
    const redis = await startRawServer(onPing(() => ((pings += 1), '+PONG\r\n')))
    const worker = await startWorker((request, response) => void setTimeout(() => healthy(request, response), 20))
    const readiness = createReadiness({ db: server.url(), redis: `redis://127.0.0.1:${redis.port}`, worker: worker.url, cacheMs, checks: { custom: async () => (runs += 1) } })
    const reports = await Promise.all(Array.from({ length: 500 }, () => readiness.check()))
    for (const report of reports) expect(report.checks).toEqual({ db: 'ok', redis: 'ok', worker: 'ok', custom: 'ok' })
    const log = server.log().slice(before)
    const reached = [log.match(/connection authorized/g)?.length, log.match(/: SELECT 1/g)?.length, redis.connections(), pings, worker.connections(), worker.requests.length, runs]
    for (const times of reached) {
      expect(times).toBeGreaterThanOrEqual(1)
      expect(times).toBeLessThanOrEqual(2)
    }
    await readiness.close()
    await worker.stop()
    await redis.stop()
  })

  it('over HTTP reach each dependency at most twice', async () => {
    const worker = await startWorker((request, response) => void setTimeout(() => healthy(request, response), 20))
    const readiness = createReadiness({ ...NOTHING, worker: worker.url })
    const web = createServer(healthRoutes({ readiness }))
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    const answers = await Promise.all(Array.from({ length: 500 }, () => get(web, '/health/ready')))
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body}`)).size).toBe(1)
    expect(answers[0]!.status).toBe(200)
    expect(worker.requests.length).toBeLessThanOrEqual(2)
    web.closeAllConnections()
    web.close()
    await readiness.close()
    await worker.stop()
  })

  it('all get the failure of a dependency that hangs, in time', async () => {
    const worker = await startWorker(hang)
    const readiness = createReadiness({ ...NOTHING, worker: worker.url, timeoutMs: 300 })
    const start = performance.now()
    const reports = await Promise.all(Array.from({ length: 500 }, () => readiness.check()))
    expect(performance.now() - start).toBeLessThan(300 + SLACK_MS)
    for (const report of reports) expect(report.checks).toEqual({ worker: 'failed: timeout' })
    expect(worker.requests.length).toBeLessThanOrEqual(2)
    await readiness.close()
    await worker.stop()
  })
})

describe('a finished report', () => {
  it('is served again within cacheMs', async () => {
    let runs = 0
    const readiness = createReadiness({ ...NOTHING, cacheMs: 600_000, checks: { custom: async () => (runs += 1) } })
    const first = await readiness.check()
    expect(await readiness.check()).toEqual(first)
    expect(runs).toBe(1)
    await readiness.close()
  })

  it('is served no longer than cacheMs', async () => {
    let runs = 0
    const readiness = createReadiness({ ...NOTHING, cacheMs: 300, checks: { custom: async () => (runs += 1) } })
    const start = performance.now()
    const first = await readiness.check()
    const later = await vi.waitUntil(async () => {
      const report = await readiness.check()
      return runs === 2 && report
    }, { timeout: 10_000, interval: 10 })
    expect(performance.now() - start).toBeGreaterThanOrEqual(300)
    expect(later.details.custom!.checkedAt).not.toBe(first.details.custom!.checkedAt)
    await readiness.close()
  })

  it('of a failure is served again too, until the mode is another', async () => {
    let runs = 0
    const readiness = createReadiness({ ...NOTHING, cacheMs: 600_000, checks: { custom: async () => (runs += 1) > 1 } })
    expect((await readiness.check()).status).toBe('not_ready')
    expect((await readiness.check()).status).toBe('not_ready')
    expect(runs).toBe(1)
    process.env.NO_NETWORK = '1'
    expect((await readiness.check()).status).toBe('ready')
    await readiness.close()
  })

  it('is not served again when cacheMs is 0', async () => {
    let runs = 0
    const readiness = createReadiness({ ...NOTHING, cacheMs: 0, checks: { custom: async () => (runs += 1) } })
    for (let at = 0; at < 5; at += 1) await readiness.check()
    expect(runs).toBe(5)
    await readiness.close()
  })

  it('is the caller’s own: what one caller does to it, no other sees', async () => {
    const readiness = createReadiness({ ...NOTHING, cacheMs: 10_000, checks: { custom: async () => true } })
    const [first, second] = await Promise.all([readiness.check(), readiness.check()])
    try {
      Object.assign(first!.checks, { custom: 'failed: error' })
      Object.assign(first!, { status: 'not_ready' })
    } catch {
      // Frozen is as good.
    }
    for (const report of [second!, await readiness.check()]) {
      expect([report.status, report.checks]).toEqual(['ready', { custom: 'ok' }])
    }
    await readiness.close()
  })

  it('belongs to its readiness: another one runs its own checks', async () => {
    let runs = 0
    const options = { ...NOTHING, checks: { custom: async () => (runs += 1) } }
    const one = createReadiness(options)
    const other = createReadiness(options)
    await Promise.all([one.check(), other.check()])
    expect(runs).toBe(2)
    await Promise.all([one.close(), other.close()])
  })
})

describe('deadlines', () => {
  it.each([100, 500, 1_000])('of %i ms end a report within 100 ms more, when every dependency is mute', async (timeoutMs) => {
    const raw = await startRawServer(silent)
    const readiness = createReadiness({
      db: `postgres://u:p@127.0.0.1:${raw.port}/x`,
      redis: `redis://127.0.0.1:${raw.port}`,
      worker: `http://127.0.0.1:${raw.port}`,
      checks: { custom: never },
      timeoutMs,
    })
    const start = performance.now()
    const report = await readiness.check()
    const took = performance.now() - start
    expect(report.checks).toEqual({ db: 'failed: timeout', redis: 'failed: timeout', worker: 'failed: timeout', custom: 'failed: timeout' })
    expect(took).toBeGreaterThan(timeoutMs - 10)
    expect(took).toBeLessThan(timeoutMs + SLACK_MS)
    await readiness.close()
    await raw.stop()
  })

  it('leave what answered at once as it is', async () => {
    const raw = await startRawServer(silent)
    const readiness = createReadiness({ ...NOTHING, redis: `redis://127.0.0.1:${raw.port}`, db: server.url(), timeoutMs: 300 })
    const report = await readiness.check()
    expect(report.checks).toEqual({ db: 'ok', redis: 'failed: timeout' })
    expect(report.details.db!.latencyMs).toBeLessThan(250)
    expect(report.details.redis!.latencyMs).toBeGreaterThanOrEqual(290)
    await readiness.close()
    await raw.stop()
  })
})

describe('drain', () => {
  it('makes every report draining at once, a cached one included, and every HTTP answer 503', async () => {
    const readiness = createReadiness({ ...NOTHING, cacheMs: 10_000, checks: { custom: async () => true } })
    const web = createServer(healthRoutes({ readiness }))
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    expect((await get(web, '/health/ready')).status).toBe(200)
    expect(readiness.drain()).toBeUndefined()
    const report = await readiness.check()
    expect(report.status).toBe('draining')
    const answer = await get(web, '/health/ready')
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.body)).toEqual({ status: 'draining', checks: expect.any(Object), mode: { ros_mode: 'LIVE', no_network: false, mock_only: false } })
    expect((await get(web, '/health')).status).toBe(200)
    readiness.drain()
    expect((await readiness.check()).status).toBe('draining')
    web.closeAllConnections()
    web.close()
    await readiness.close()
  })

  it('counts for a check that is running', async () => {
    let finish: ((answer: boolean) => void) | undefined
    const readiness = createReadiness({ ...NOTHING, timeoutMs: 20_000, checks: { custom: () => new Promise<boolean>((resolve) => (finish = resolve)) } })
    const running = readiness.check()
    await expect.poll(() => finish !== undefined, LONG).toBe(true)
    readiness.drain()
    finish!(true)
    expect((await running).status).toBe('draining')
    await readiness.close()
  })

  it('is stronger than STANDBY', async () => {
    setEnvironment({ ROS_MODE: 'STANDBY' })
    const readiness = createReadiness({ ...NOTHING })
    expect((await readiness.check()).status).toBe('standby')
    readiness.drain()
    expect((await readiness.check()).status).toBe('draining')
    await readiness.close()
  })
})

describe('close', () => {
  it('ends a check that is running as failed: cancelled, at once, and aborts its signal', async () => {
    const raw = await startRawServer(silent)
    let signal: AbortSignal | undefined
    const readiness = createReadiness({
      ...NOTHING,
      redis: `redis://127.0.0.1:${raw.port}`,
      timeoutMs: 5_000,
      checks: {
        custom: (given) => {
          signal = given
          return never()
        },
      },
    })
    const running = readiness.check()
    // It is asked, on a connection that is open.
    await expect.poll(() => [raw.bytesIn() > 0, signal !== undefined], LONG).toEqual([true, true])
    const start = performance.now()
    await readiness.close()
    const report = await running
    expect(performance.now() - start).toBeLessThan(1_000)
    expect(report.checks).toEqual({ redis: 'failed: cancelled', custom: 'failed: cancelled' })
    expect(report.status).not.toBe('ready')
    await expect.poll(() => signal!.aborted, LONG).toBe(true)
    await expect.poll(() => raw.open(), LONG).toBe(0)
    await raw.stop()
  })

  it('resolves once every connection is closed: what was kept, and what was being opened', async () => {
    const [kept, opening] = await Promise.all([startRawServer(onPing('+PONG\r\n')), startRawServer(silent)])
    const worker = await startWorker()
    const readiness = createReadiness({ db: `postgres://u:p@127.0.0.1:${opening.port}/x`, redis: `redis://127.0.0.1:${kept.port}`, worker: worker.url, timeoutMs: 20_000 })
    const running = readiness.check()
    await expect.poll(() => [kept.open(), opening.open(), worker.requests.length], LONG).toEqual([1, 1, 1])
    const ports = [kept.port, opening.port, worker.port]
    expect(ports.map(established)).toEqual([1, 1, 1])
    await readiness.close()
    expect(ports.map(established)).toEqual([0, 0, 0])
    await running
    await Promise.all([kept.stop(), opening.stop(), worker.stop()])
  })

  it('makes every later check failed: cancelled, and touches nothing more', async () => {
    const worker = await startWorker()
    const readiness = createReadiness({ ...NOTHING, worker: worker.url, cacheMs: 10_000 })
    expect((await readiness.check()).checks).toEqual({ worker: 'ok' })
    await readiness.close()
    const report = await readiness.check()
    expect(report.checks).toEqual({ worker: 'failed: cancelled' })
    expect(report.status).not.toBe('ready')
    expect(worker.requests.length).toBe(1)
    await worker.stop()
  })

  it('may be called twice, and before any check', async () => {
    const readiness = createReadiness({ ...NOTHING })
    await expect(readiness.close()).resolves.toBeUndefined()
    await expect(readiness.close()).resolves.toBeUndefined()
  })

  it('leaves another readiness of the process alone', async () => {
    const one = createReadiness({ ...NOTHING, db: server.url(), cacheMs: 0 })
    const other = createReadiness({ ...NOTHING, db: server.url(), cacheMs: 0 })
    await Promise.all([one.check(), other.check()])
    await one.close()
    expect((await other.check()).checks).toEqual({ db: 'ok' })
    await other.close()
  })
})
