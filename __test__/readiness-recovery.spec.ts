import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createReadiness } from '../index.js'
import { freePort } from './support/ports.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { setEnvironment } from './support/readiness.ts'
import { type Redis, startRedis } from './support/redis.ts'
import { healthy, startWorker, status } from './support/worker.ts'

let postgres: Postgres
let redis: Redis
beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis({ password: 'first' })])
})
afterAll(() => Promise.all([postgres.stop(), redis.stop()]))
beforeEach(() => setEnvironment({ ROS_MODE: 'LIVE' }))

describe('a readiness that is kept', () => {
  it('sees Postgres killed and started again, round after round', async () => {
    const readiness = createReadiness({ db: postgres.url(), redis: false, worker: false, cacheMs: 0 })
    for (let round = 0; round < 3; round += 1) {
      expect((await readiness.check()).checks).toEqual({ db: 'ok' })
      await postgres.kill()
      const report = await readiness.check()
      expect(report.checks).toEqual({ db: 'failed: connection_refused' })
      expect(report.details.db!.consecutiveFailures).toBe(1)
      await postgres.restart()
      expect((await readiness.check()).checks).toEqual({ db: 'ok' })
    }
    await readiness.close()
  })

  it('sees Redis killed and started again, round after round', async () => {
    const readiness = createReadiness({ db: false, redis: redis.url, worker: false, cacheMs: 0 })
    for (let round = 0; round < 3; round += 1) {
      expect((await readiness.check()).checks).toEqual({ redis: 'ok' })
      await redis.kill()
      expect((await readiness.check()).checks).toEqual({ redis: 'failed: connection_refused' })
      expect((await readiness.check()).checks).toEqual({ redis: 'failed: connection_refused' })
      await redis.restart()
      expect((await readiness.check()).checks).toEqual({ redis: 'ok' })
    }
    await readiness.close()
  })

  it('sees the worker stopped and started again on its port', async () => {
    const first = await startWorker(healthy, { port: await freePort() })
    const readiness = createReadiness({ db: false, redis: false, worker: first.url, cacheMs: 0 })
    expect((await readiness.check()).checks).toEqual({ worker: 'ok' })
    await first.stop()
    expect((await readiness.check()).checks).toEqual({ worker: 'failed: connection_refused' })
    const sick = await startWorker(status(503), { port: first.port })
    expect((await readiness.check()).checks).toEqual({ worker: 'failed: http_503' })
    await sick.stop()
    const well = await startWorker(status(200), { port: first.port })
    expect((await readiness.check()).checks).toEqual({ worker: 'ok' })
    await well.stop()
    await readiness.close()
  })

  it('sees Postgres and Redis frozen and thawed', async () => {
    const readiness = createReadiness({ db: postgres.url(), redis: redis.url, worker: false, cacheMs: 0, timeoutMs: 300 })
    const checks = async (): Promise<unknown> => (await readiness.check()).checks
    // A server that was just thawed may take its time for a login.
    const isWell = (): Promise<void> => expect.poll(checks, { timeout: 10_000 }).toEqual({ db: 'ok', redis: 'ok' })
    for (let round = 0; round < 3; round += 1) {
      await isWell()
      postgres.freeze()
      redis.freeze()
      try {
        for (let at = 0; at < 2; at += 1) expect(await checks()).toEqual({ db: 'failed: timeout', redis: 'failed: timeout' })
      } finally {
        postgres.thaw()
        redis.thaw()
      }
    }
    await isWell()
    await readiness.close()
  })

  it('leaves no connection behind in a Postgres that it has timed out on', async () => {
    const readiness = createReadiness({ db: postgres.url(), redis: false, worker: false, cacheMs: 0, timeoutMs: 100 })
    postgres.freeze()
    try {
      for (let at = 0; at < 10; at += 1) expect((await readiness.check()).checks).toEqual({ db: 'failed: timeout' })
    } finally {
      postgres.thaw()
    }
    await readiness.close()
    await expect.poll(() => postgres.admin("SELECT count(*) FROM pg_stat_activity WHERE usename = 'ros'"), { timeout: 10_000, interval: 200 }).toBe('0\n')
  })
})

describe('a password that is rotated in the environment', () => {
  it('is used from the next run on, for Postgres', async () => {
    setEnvironment({ ROS_MODE: 'LIVE', DATABASE_URL: postgres.url() })
    const readiness = createReadiness({ redis: false, worker: false, cacheMs: 0 })
    expect((await readiness.check()).checks).toEqual({ db: 'ok' })

    // The connection that is kept would still do: the new URL is what counts.
    process.env.DATABASE_URL = postgres.url().replace(/:[^:@]+@/, ':wrong@')
    expect((await readiness.check()).checks).toEqual({ db: 'failed: auth_failed' })

    await postgres.setPassword('rotated')
    process.env.DATABASE_URL = postgres.url()
    expect((await readiness.check()).checks).toEqual({ db: 'ok' })
    await readiness.close()
  })

  it('is used from the next run on, for Redis', async () => {
    setEnvironment({ ROS_MODE: 'LIVE', REDIS_URL: redis.url })
    const readiness = createReadiness({ db: false, worker: false, cacheMs: 0 })
    expect((await readiness.check()).checks).toEqual({ redis: 'ok' })
    process.env.REDIS_URL = redis.url.replace('first', 'second')
    expect((await readiness.check()).checks).toEqual({ redis: 'failed: auth_failed' })
    expect(await redis.command('CONFIG SET requirepass second')).toBe('+OK\r\n')
    expect((await readiness.check()).checks).toEqual({ redis: 'ok' })
    await readiness.close()
  })

  it('that was wrong at the server first is used when the server changes', async () => {
    const waiting = postgres.url().replace(/:[^:@]+@/, ':next@')
    const readiness = createReadiness({ db: waiting, redis: false, worker: false, cacheMs: 0 })
    expect((await readiness.check()).checks).toEqual({ db: 'failed: auth_failed' })
    await postgres.setPassword('next')
    expect((await readiness.check()).checks).toEqual({ db: 'ok' })
    await readiness.close()
  })

  it('is not used where the option names the URL', async () => {
    const readiness = createReadiness({ db: postgres.url(), redis: false, worker: false, cacheMs: 0 })
    process.env.DATABASE_URL = 'postgres://u:p@127.0.0.1:1/x'
    expect((await readiness.check()).checks).toEqual({ db: 'ok' })
    await readiness.close()
  })

  it('goes on as the environment does: unset, malformed, right, and to another server', async () => {
    const one = await startWorker()
    const other = await startWorker()
    const readiness = createReadiness({ db: false, redis: false, cacheMs: 0 })
    const worker = async (): Promise<unknown> => (await readiness.check()).checks.worker
    expect(await worker()).toBe('failed: not_configured')
    process.env.WORKER_CALLBACK_URL = 'nonsense'
    expect(await worker()).toBe('failed: invalid_config')
    process.env.WORKER_CALLBACK_URL = one.url
    expect(await worker()).toBe('ok')
    process.env.WORKER_CALLBACK_URL = other.url
    expect(await worker()).toBe('ok')
    delete process.env.WORKER_CALLBACK_URL
    expect(await worker()).toBe('failed: not_configured')
    expect([one.requests.length, other.requests.length]).toEqual([1, 1])
    await readiness.close()
    await one.stop()
    await other.stop()
  })
})

describe('a connection that was kept for a server at the old URL', () => {
  it('is closed once the URL is another', async () => {
    const old = await startRedis()
    setEnvironment({ ROS_MODE: 'LIVE', REDIS_URL: old.url })
    const readiness = createReadiness({ db: false, worker: false, cacheMs: 0 })
    await readiness.check()
    const fresh = await startRedis()
    process.env.REDIS_URL = fresh.url
    expect((await readiness.check()).checks).toEqual({ redis: 'ok' })
    // The question is asked over one itself.
    await expect.poll(() => old.command('INFO clients'), { timeout: 10_000 }).toContain('connected_clients:1\r\n')
    await readiness.close()
    await old.stop()
    await fresh.stop()
  })
})
