import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createReadiness } from '../index.js'
import { freePort } from './support/ports.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { outcomes, setEnvironment } from './support/readiness.ts'

let server: Postgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())
beforeEach(() => setEnvironment({ ROS_MODE: 'LIVE' }))

async function withPool<T>(config: pg.PoolConfig, use: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = new pg.Pool(config)
  pool.on('error', () => undefined)
  try {
    return await use(pool)
  } finally {
    await pool.end()
  }
}

describe('a pg Pool given as db', () => {
  it('is ok, is asked SELECT 1, and is not ended by close', async () => {
    await withPool({ connectionString: server.url() }, async (pool) => {
      const asked: unknown[][] = []
      const query = pool.query.bind(pool) as (...args: unknown[]) => unknown
      Object.assign(pool, {
        query: (...args: unknown[]) => {
          asked.push(args)
          return query(...args)
        },
      })
      const readiness = createReadiness({ db: pool, redis: false, worker: false, cacheMs: 0 })
      expect((await readiness.check()).checks).toEqual({ db: 'ok' })
      expect((await readiness.check()).checks).toEqual({ db: 'ok' })
      expect(asked).toEqual([['SELECT 1'], ['SELECT 1']])
      await readiness.close()
      expect(pool.ended).toBe(false)
      expect((await pool.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }])
    })
  })

  it.each([
    ['auth_failed', 'a wrong password', () => server.url().replace(/:[^:@]+@/, ':wrong@')],
    ['auth_failed', 'a role it does not know', () => server.url().replace('ros:', 'nobody:')],
    ['invalid_config', 'a database that is not there', () => server.url().replace(/ros$/, 'elsewhere')],
  ] as const)('is failed: %s for %s', async (code, _situation, url) => {
    await withPool({ connectionString: url() }, async (pool) => {
      expect(await outcomes({ db: pool })).toEqual({ db: `failed: ${code}` })
    })
  })

  it('is failed: connection_refused where nobody listens', async () => {
    await withPool({ host: '127.0.0.1', port: await freePort() }, async (pool) => {
      expect(await outcomes({ db: pool })).toEqual({ db: 'failed: connection_refused' })
    })
  })

  it('is failed: timeout when all its clients are taken, piles up no queries, and is ok once one is free', async () => {
    await withPool({ connectionString: server.url(), max: 1 }, async (pool) => {
      const taken = await pool.connect()
      const readiness = createReadiness({ db: pool, redis: false, worker: false, cacheMs: 0, timeoutMs: 100 })
      try {
        for (let at = 0; at < 5; at += 1) expect((await readiness.check()).checks).toEqual({ db: 'failed: timeout' })
        // A query in a pool can't be taken back: the next run waits for the one that is there.
        expect(pool.waitingCount).toBeLessThanOrEqual(1)
      } finally {
        taken.release()
      }
      await expect.poll(async () => (await readiness.check()).checks, { timeout: 10_000 }).toEqual({ db: 'ok' })
      await readiness.close()
    })
  })

  it('is failed: timeout while the server is frozen, and ok when thawed', async () => {
    await withPool({ connectionString: server.url() }, async (pool) => {
      const readiness = createReadiness({ db: pool, redis: false, worker: false, cacheMs: 0, timeoutMs: 200 })
      server.freeze()
      try {
        for (let at = 0; at < 5; at += 1) expect((await readiness.check()).checks).toEqual({ db: 'failed: timeout' })
        expect(pool.totalCount).toBeLessThanOrEqual(2)
      } finally {
        server.thaw()
      }
      await expect.poll(async () => (await readiness.check()).checks, { timeout: 10_000 }).toEqual({ db: 'ok' })
      await readiness.close()
    })
  })
})

describe('anything with a query given as db', () => {
  const rejecting = (error: unknown) => ({ query: () => Promise.reject(error) })
  const coded = (code: string) => Object.assign(new Error('secret text of the driver'), { code })

  it.each([
    ['28P01', 'auth_failed'],
    ['28000', 'auth_failed'],
    ['53300', 'too_many_connections'],
    ['57P03', 'starting_up'],
    ['3D000', 'invalid_config'],
    ['25006', 'read_only'],
    ['ECONNREFUSED', 'connection_refused'],
    ['ENOTFOUND', 'dns_failure'],
    ['EAI_AGAIN', 'dns_failure'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['ETIMEDOUT', 'timeout'],
    ['CERT_HAS_EXPIRED', 'tls_error'],
    ['42P01', 'error'],
  ])('that rejects with the code %s is failed: %s', async (code, outcome) => {
    expect(await outcomes({ db: rejecting(coded(code)) })).toEqual({ db: `failed: ${outcome}` })
  })

  it.each([
    ['an Error without a code', new Error('postgres://user:secret@host')],
    ['a string', 'postgres://user:secret@host'],
    ['undefined', undefined],
    ['null', null],
    ['an object whose code throws', Object.defineProperty({}, 'code', { get: () => { throw new Error('no') } })],
    ['an object whose code is an object', { code: { toString: () => '28P01' } }],
  ])('that rejects with %s is failed: error', async (_situation, reason) => {
    expect(await outcomes({ db: rejecting(reason) })).toEqual({ db: 'failed: error' })
  })

  it('that throws at once is failed: error', async () => {
    const db = {
      query(): Promise<unknown> {
        throw new Error('at once')
      },
    }
    expect(await outcomes({ db })).toEqual({ db: 'failed: error' })
  })

  it('that never settles is failed: timeout, and what it says too late changes nothing', async () => {
    let settle: ((reason: Error) => void) | undefined
    let asked = 0
    const db = {
      query: () => {
        asked += 1
        return new Promise<never>((_resolve, reject) => (settle = reject))
      },
    }
    const readiness = createReadiness({ db, redis: false, worker: false, cacheMs: 0, timeoutMs: 100 })
    expect((await readiness.check()).checks).toEqual({ db: 'failed: timeout' })
    settle!(new Error('too late'))
    expect((await readiness.check()).checks).toEqual({ db: 'failed: timeout' })
    expect(asked).toBe(2)
    await readiness.close()
  })

  it('whose first query never settles is asked again after a while, and is ok', async () => {
    let asked = 0
    const db = { query: () => ((asked += 1) === 1 ? new Promise<never>(() => undefined) : Promise.resolve()) }
    const readiness = createReadiness({ db, redis: false, worker: false, cacheMs: 0, timeoutMs: 500 })
    const start = performance.now()
    expect((await readiness.check()).checks).toEqual({ db: 'failed: timeout' })
    expect((await readiness.check()).checks).toEqual({ db: 'failed: timeout' })
    expect(asked).toBe(1)
    await expect.poll(async () => (await readiness.check()).checks, { timeout: 30_000 }).toEqual({ db: 'ok' })
    expect(performance.now() - start).toBeGreaterThan(15_000)
    expect(asked).toBe(2)
    expect((await readiness.check()).checks).toEqual({ db: 'ok' })
    await readiness.close()
  })
})
