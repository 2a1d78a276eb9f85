import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createReadiness } from '../index.js'
import { established } from './support/open-files.ts'
import { freePort } from './support/ports.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { answerAndClose, answerOnce, type Behaviour, closeAtOnce, drip, endlessJunk, httpBadRequest, junk64k, silent, startRawServer } from './support/raw-server.ts'
import { outcomes, setEnvironment, timelyReport } from './support/readiness.ts'

let server: Postgres
beforeAll(async () => {
  server = await startPostgres({ maxConnections: 6, superuserReserved: 2, settings: ['log_connections = on', 'log_statement = all', 'deadlock_timeout = 100ms'] })
})
afterAll(() => server.stop())
beforeEach(() => setEnvironment({ ROS_MODE: 'LIVE' }))

const db = async (url: string, timeoutMs = 1_000): Promise<string | undefined> => (await outcomes({ db: url, timeoutMs })).db

describe('a Postgres that answers', () => {
  it('is ok over TCP, with a password that a URL must escape', async () => {
    expect(server.url()).toContain('%40')
    expect(await db(server.url())).toBe('ok')
  })

  it('is ok under the scheme postgresql and the name localhost', async () => {
    expect(await db(server.url().replace('postgres:', 'postgresql:').replace('127.0.0.1', 'localhost'))).toBe('ok')
  })

  it('is ok over a Unix socket named by host', async () => {
    expect(await db(server.socketUrl())).toBe('ok')
  })

  it('is ok when DATABASE_URL names it and the option is left out', async () => {
    setEnvironment({ ROS_MODE: 'LIVE', DATABASE_URL: server.url() })
    expect(await outcomes({ db: undefined })).toEqual({ db: 'ok' })
  })

  it('is ok with parameters that ResearchFlow and libpq put in a URL', async () => {
    expect(await db(server.url({ sslmode: 'disable', connect_timeout: '5', application_name: 'orchestrator' }))).toBe('ok')
    expect(await db(server.url({ sslmode: 'prefer' }))).toBe('ok')
  })

  it('is asked SELECT 1 over one connection that is kept', async () => {
    const before = server.log().length
    const readiness = createReadiness({ db: server.url(), redis: false, worker: false, cacheMs: 0 })
    for (let at = 0; at < 10; at += 1) expect((await readiness.check()).checks).toEqual({ db: 'ok' })
    await readiness.close()
    const count = (pattern: RegExp): number => server.log().slice(before).match(pattern)?.length ?? 0
    // The log comes through a pipe of its own, a little later.
    await expect.poll(() => count(/(statement|execute [^:]*): SELECT 1/g)).toBe(10)
    expect(count(/connection authorized: user=ros/g)).toBe(1)
  })

  it('has no connection open any more when close resolves', async () => {
    for (let round = 0; round < 20; round += 1) {
      const readiness = createReadiness({ db: server.url(), redis: false, worker: false })
      expect((await readiness.check()).checks).toEqual({ db: 'ok' })
      expect([round, established(server.port)]).toEqual([round, 1])
      await readiness.close()
      expect([round, established(server.port)]).toEqual([round, 0])
    }
    const count = (): Promise<string> => server.admin("SELECT count(*) FROM pg_stat_activity WHERE usename = 'ros'")
    await expect.poll(count, { timeout: 10_000, interval: 200 }).toBe('0\n')
  })

  it('is ok at the next check when it has ended the connection that was kept', async () => {
    const readiness = createReadiness({ db: server.url(), redis: false, worker: false, cacheMs: 0 })
    await readiness.check()
    await server.admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ros'")
    await sleep(100)
    expect((await readiness.check()).checks).toEqual({ db: 'ok' })
    await readiness.close()
  })
})

describe('a Postgres that refuses', () => {
  it.each([
    ['a wrong password', () => server.url().replace(/:[^:@]+@/, ':wrong@')],
    ['no password where one is needed', () => server.url().replace(/:[^:@]+@/, '@')],
    ['an empty password', () => server.url().replace(/:[^:@]+@/, ':@')],
    ['a role it does not know', () => server.url().replace('ros:', 'nobody:')],
  ])('is failed: auth_failed for %s', async (_situation, url) => {
    expect(await db(url())).toBe('failed: auth_failed')
  })

  it('is failed: invalid_config for a database that it does not have', async () => {
    expect(await db(server.url().replace(/ros$/, 'elsewhere'))).toBe('failed: invalid_config')
  })

  it('is failed: too_many_connections at max_connections, and ok once a slot is free', async () => {
    const clients: pg.Client[] = []
    for (let at = 0; at < 4; at += 1) {
      const client = new pg.Client({ connectionString: server.url() })
      await client.connect()
      clients.push(client)
    }
    expect(await db(server.url())).toBe('failed: too_many_connections')
    await Promise.all(clients.map((client) => client.end()))
    await expect.poll(() => db(server.url()), { timeout: 10_000 }).toBe('ok')
  })

  it.each(['recovering', 'no-hot-standby'] as const)('is failed: starting_up while it is %s', async (startingUp) => {
    const held = await startPostgres({ startingUp })
    expect(await db(held.url())).toBe('failed: starting_up')
    await held.stop()
  })
})

describe('a replica', () => {
  let replica: Postgres
  beforeAll(async () => {
    replica = await startPostgres({ standbyOf: server })
  })
  afterAll(() => replica.stop())

  it('is ok: it answers, and nobody asked for a server that can be written to', async () => {
    expect(await db(replica.url())).toBe('ok')
    expect(await db(replica.url({ target_session_attrs: 'any' }))).toBe('ok')
  })

  it('is failed: read_only where the URL asks for read-write, and its primary is ok', async () => {
    expect(await db(replica.url({ target_session_attrs: 'read-write' }))).toBe('failed: read_only')
    expect(await db(server.url({ target_session_attrs: 'read-write' }))).toBe('ok')
  })

  it('stays failed: read_only at each check, and is ok after its promotion', async () => {
    const own = await startPostgres({ standbyOf: server })
    const readiness = createReadiness({ db: own.url({ target_session_attrs: 'read-write' }), redis: false, worker: false, cacheMs: 0 })
    for (let at = 0; at < 3; at += 1) expect((await readiness.check()).checks).toEqual({ db: 'failed: read_only' })
    await own.admin('SELECT pg_promote()')
    expect((await readiness.check()).checks).toEqual({ db: 'ok' })
    await readiness.close()
    await own.stop()
  })
})

describe('several hosts in a URL', () => {
  let replica: Postgres
  beforeAll(async () => {
    replica = await startPostgres({ standbyOf: server })
  })
  afterAll(() => replica.stop())

  const hosts = (ports: number[], params = ''): string => server.url().replace(/@[^/]+/, `@${ports.map((port) => `127.0.0.1:${port}`).join(',')}`) + params

  it.each<[string, Behaviour]>([
    ['is mute', silent],
    ['closes at once', closeAtOnce],
    ['speaks HTTP', answerAndClose(httpBadRequest)],
  ])('are asked in turn: the first %s, the second is ok', async (_situation, behaviour) => {
    const raw = await startRawServer(behaviour)
    expect(await db(hosts([raw.port, server.port]), 2_000)).toBe('ok')
    expect(raw.connections()).toBe(1)
    await raw.stop()
  })

  it('are asked in turn: the first refuses connections, the second is ok', async () => {
    expect(await db(hosts([await freePort(), server.port]))).toBe('ok')
  })

  it('are asked in turn: the first is starting up, the second is ok', async () => {
    const held = await startPostgres({ startingUp: 'no-hot-standby' })
    expect(await db(hosts([held.port, server.port]))).toBe('ok')
    expect(await db(hosts([held.port, await freePort()]))).toMatch(/^failed: (starting_up|connection_refused)$/)
    await held.stop()
  })

  it('are asked in turn: the first takes no writes, the second does', async () => {
    expect(await db(hosts([replica.port, server.port], '?target_session_attrs=read-write'), 2_000)).toBe('ok')
    expect(await db(hosts([replica.port, replica.port], '?target_session_attrs=read-write'), 2_000)).toBe('failed: read_only')
  })

  it('go on being asked: a kept readiness is ok at each check, and moves on when its host is gone', async () => {
    const own = await startPostgres()
    const other = await startPostgres()
    const readiness = createReadiness({ db: hosts([own.port, other.port]), redis: false, worker: false, cacheMs: 0 })
    for (let at = 0; at < 3; at += 1) expect((await readiness.check()).checks).toEqual({ db: 'ok' })
    expect([own, other].map(({ port }) => established(port))).toEqual([1, 0])
    await own.kill()
    expect((await readiness.check()).checks).toEqual({ db: 'ok' })
    expect(established(other.port)).toBe(1)
    await readiness.close()
    await Promise.all([own.stop(), other.stop()])
  })

  it('are failed: auth_failed when the first refuses the password: the others are not tried', async () => {
    const raw = await startRawServer(silent)
    expect(await db(hosts([server.port, raw.port]).replace(/:[^:@]+@/, ':wrong@'))).toBe('failed: auth_failed')
    expect(raw.connections()).toBe(0)
    await raw.stop()
  })

  it('are failed: timeout when every one is mute, in time', async () => {
    const raw = await startRawServer(silent)
    expect(await db(hosts([raw.port, raw.port, raw.port]), 400)).toBe('failed: timeout')
    expect(await db(hosts([raw.port, raw.port]), 1_500)).toBe('failed: timeout')
    await expect.poll(() => raw.open(), { timeout: 10_000 }).toBe(0)
    await raw.stop()
  })
})

describe('a Postgres that is not there', () => {
  it('is failed: connection_refused on a port that nobody listens on', async () => {
    expect(await db(`postgres://ros:secret@127.0.0.1:${await freePort()}/ros`)).toBe('failed: connection_refused')
  })

  it('is failed: connection_refused by the name localhost too, well before its time is over', async () => {
    const port = await freePort()
    const report = await timelyReport({ db: `postgres://u:p@localhost:${port}/x`, redis: `redis://localhost:${port}`, worker: `http://localhost:${port}`, timeoutMs: 200 })
    const refused = 'failed: connection_refused'
    expect(report.checks).toEqual({ db: refused, redis: refused, worker: refused })
    for (const { latencyMs } of Object.values(report.details)) expect(latencyMs).toBeLessThan(150)
  })

  it('is failed: connection_refused over a Unix socket that does not exist', async () => {
    expect(await db(server.socketUrl({ host: '/nonexistent/directory' }))).toBe('failed: connection_refused')
  })

  it('is failed: timeout while every process of it is frozen, and ok when thawed', async () => {
    server.freeze()
    try {
      expect(await db(server.url(), 400)).toBe('failed: timeout')
      expect(await db(server.socketUrl(), 400)).toBe('failed: timeout')
    } finally {
      server.thaw()
    }
    expect(await db(server.url())).toBe('ok')
  })

  it('is failed: timeout when a connection that was kept goes mute', async () => {
    const readiness = createReadiness({ db: server.url(), redis: false, worker: false, cacheMs: 0, timeoutMs: 400 })
    expect((await readiness.check()).checks).toEqual({ db: 'ok' })
    server.freeze()
    try {
      for (let at = 0; at < 3; at += 1) expect((await readiness.check()).checks).toEqual({ db: 'failed: timeout' })
    } finally {
      server.thaw()
    }
    expect((await readiness.check()).checks).toEqual({ db: 'ok' })
    await readiness.close()
  })
})

describe('something else on the port of Postgres', () => {
  const cases: [situation: string, outcome: RegExp, behaviour: Behaviour][] = [
    ['is mute', /^failed: timeout$/, silent],
    ['drips a byte a second', /^failed: timeout$/, drip('R', 1_000)],
    ['closes at once', /^failed: unexpected_reply$/, closeAtOnce],
    ['reads and closes', /^failed: unexpected_reply$/, answerAndClose('')],
    ['speaks HTTP', /^failed: unexpected_reply$/, answerAndClose(httpBadRequest)],
    ['sends 64 KiB of junk and closes', /^failed: unexpected_reply$/, answerAndClose(junk64k)],
    // Read as Postgres, these announce a message of a gigabyte: waiting for it is no mistake.
    ['speaks Redis', /^failed: (unexpected_reply|timeout)$/, answerOnce('-ERR unknown command\r\n')],
    ['sends 64 KiB of junk and holds', /^failed: (unexpected_reply|timeout)$/, answerOnce(junk64k)],
    ['sends junk without an end', /^failed: unexpected_reply$/, endlessJunk],
  ]
  it.each(cases)('that %s is %s', async (_situation, outcome, behaviour) => {
    const raw = await startRawServer(behaviour)
    expect(await db(`postgres://ros:secret@127.0.0.1:${raw.port}/ros`, 700)).toMatch(outcome)
    expect(raw.connections()).toBeGreaterThan(0)
    // Nobody goes on reading what came too late or too much.
    await expect.poll(() => raw.open(), { timeout: 10_000 }).toBe(0)
    expect(raw.bytesOut()).toBeLessThan(16 << 20)
    await raw.stop()
  })

  it('is failed: tls_error when it answers the request for TLS with neither yes nor no', async () => {
    const raw = await startRawServer(answerOnce('X'))
    expect(await db(`postgres://ros:secret@127.0.0.1:${raw.port}/ros?sslmode=require`)).toMatch(/^failed: (tls_error|unexpected_reply)$/)
    await raw.stop()
  })
})

describe('DATABASE_URL', () => {
  it.each([
    ['is unset', {}, 'failed: not_configured'],
    ['is empty', { DATABASE_URL: '' }, 'failed: not_configured'],
    ['is no URL', { DATABASE_URL: 'not a url' }, 'failed: invalid_config'],
    ['is of another scheme', { DATABASE_URL: 'mysql://u:p@127.0.0.1/x' }, 'failed: invalid_config'],
    ['has a port that is no number', { DATABASE_URL: 'postgres://u:p@127.0.0.1:port/x' }, 'failed: invalid_config'],
    ['has a port that is too large', { DATABASE_URL: 'postgres://u:p@127.0.0.1:70000/x' }, 'failed: invalid_config'],
    ['has an sslmode of no meaning', { DATABASE_URL: 'postgres://u:p@127.0.0.1/x?sslmode=sometimes' }, 'failed: invalid_config'],
  ])('that %s: %j', async (_situation, env, outcome) => {
    setEnvironment({ ROS_MODE: 'LIVE', ...env })
    expect(await outcomes({ db: undefined })).toEqual({ db: outcome })
  })
})
