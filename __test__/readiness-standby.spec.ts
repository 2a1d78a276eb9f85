import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createReadiness, healthRoutes } from '../index.js'
import type { Conversation } from './support/conversation.ts'
import { get } from './support/http.ts'
import { type FarHost, startFarHost } from './support/netns.ts'
import { freePort } from './support/ports.ts'
import { outcomes, setEnvironment, timelyReport } from './support/readiness.ts'
import { startReadinessChild } from './support/readiness-child.ts'
import { type Redis, startRedis } from './support/redis.ts'
import { startWorker } from './support/worker.ts'

const NOTHING_ARRIVED = { packets: 0, tcp: 0, udp: 0, dns: 0, names: [] }

describe('dependencies off this machine', () => {
  let far: FarHost
  beforeAll(async () => {
    far = await startFarHost()
  })
  afterAll(() => far.stop())

  interface HttpAnswer {
    status: number
    body: string
  }
  const urls = (): Record<string, string> => ({
    DATABASE_URL: `postgres://ros:secret@${far.address}:5432/ros`,
    REDIS_URL: 'redis://redis.internal.example:6379',
    WORKER_CALLBACK_URL: 'http://worker.internal.example:8000',
  })

  /** Asks /health/ready of a process on the near side whose environment is `env` and the URLs. */
  async function ready(env: Record<string, string>, also?: (child: Conversation) => Promise<unknown>): Promise<HttpAnswer> {
    const child = await startReadinessChild({ ...urls(), ...env }, { prefix: far.near })
    try {
      await also?.(child)
      await far.reset()
      return await child.ask<HttpAnswer>({ op: 'get', path: '/health/ready', options: { timeoutMs: 2_000 } })
    } finally {
      await child.stop()
    }
  }

  it('are reached in LIVE: the counters at the far end see packets, connections and questions', async () => {
    const { status, body } = await ready({ ROS_MODE: 'LIVE' })
    expect(JSON.parse(body)).toEqual({
      status: 'not_ready',
      checks: { db: 'failed: timeout', redis: 'ok', worker: 'ok' },
      mode: { ros_mode: 'LIVE', no_network: false, mock_only: false },
    })
    expect(status).toBe(503)
    const seen = await far.arrivals()
    expect(seen.packets).toBeGreaterThan(10)
    expect(seen.tcp).toBe(3)
    expect([...new Set(seen.names)].sort()).toEqual(['redis.internal.example', 'worker.internal.example'])
  })

  it('are blocked in STANDBY, with 200 standby, no packet and no DNS question', async () => {
    const { status, body } = await ready({ ROS_MODE: 'STANDBY' })
    expect(body).toBe('{"status":"standby","checks":{"db":"blocked","redis":"blocked","worker":"blocked"},"mode":{"ros_mode":"STANDBY","no_network":false,"mock_only":false}}')
    expect(status).toBe(200)
    expect(await far.arrivals()).toEqual(NOTHING_ARRIVED)
  })

  describe('that a process has reached before it enters STANDBY', () => {
    let child: Conversation
    beforeEach(async () => {
      child = await startReadinessChild({ ...urls(), DATABASE_URL: `postgres://ros@${far.address}:5433/ros`, ROS_MODE: 'LIVE' }, { prefix: far.near })
      await child.ask({ op: 'create', options: { timeoutMs: 2_000, cacheMs: 0 } })
      expect(await child.ask({ op: 'check' })).toMatchObject({ status: 'ready', checks: { db: 'ok', redis: 'ok', worker: 'ok' } })
    })
    afterEach(() => child.stop())
    const blocked = { status: 'standby', checks: { db: 'blocked', redis: 'blocked', worker: 'blocked' } }

    it('lose the connections that were kept to them, with no check asked', async () => {
      // They stay by themselves: what ends them below is the mode.
      await sleep(2_000)
      expect(await far.open()).toEqual({ db: 1, redis: 1, worker: 1 })
      await child.ask({ op: 'standby', reason: 'an incident' })
      await expect.poll(() => far.open(), { timeout: 2_000 }).toEqual({ db: 0, redis: 0, worker: 0 })
    })

    it('are blocked, with no packet', async () => {
      await child.ask({ op: 'standby', reason: 'an incident' })
      expect(await child.ask({ op: 'check' })).toMatchObject(blocked)
      await far.reset()
      for (let at = 0; at < 5; at += 1) expect(await child.ask({ op: 'check' })).toMatchObject(blocked)
      expect(await far.arrivals()).toEqual(NOTHING_ARRIVED)
    })
  })

  it.each([
    ['NO_NETWORK', { ROS_MODE: 'LIVE', NO_NETWORK: 'true' }, { ros_mode: 'LIVE', no_network: true, mock_only: false }],
    ['MOCK_ONLY', { ROS_MODE: 'LIVE', MOCK_ONLY: '1' }, { ros_mode: 'LIVE', no_network: false, mock_only: true }],
    ['no mode that was set', {}, { ros_mode: 'DEMO', no_network: false, mock_only: false }],
  ])('are blocked under %s, which is 503 not_ready, with no packet', async (_situation, env, mode) => {
    const { status, body } = await ready(env as Record<string, string>)
    expect(JSON.parse(body)).toEqual({ status: 'not_ready', checks: { db: 'blocked', redis: 'blocked', worker: 'blocked' }, mode })
    expect(status).toBe(503)
    expect(await far.arrivals()).toEqual(NOTHING_ARRIVED)
  })

  it('are reached in DEMO that was asked for: the network is open', async () => {
    const { body } = await ready({ ROS_MODE: 'DEMO' })
    expect(JSON.parse(body).checks).toEqual({ db: 'failed: timeout', redis: 'ok', worker: 'ok' })
  })

  it('are checked in STANDBY where EGRESS_ALLOW names them, and only those are resolved', async () => {
    const { status, body } = await ready({ ROS_MODE: 'STANDBY', EGRESS_ALLOW: 'redis.internal.example:6379' })
    expect(JSON.parse(body)).toMatchObject({ status: 'standby', checks: { db: 'blocked', redis: 'ok', worker: 'blocked' } })
    expect(status).toBe(200)
    const seen = await far.arrivals()
    expect([seen.tcp, [...new Set(seen.names)]]).toEqual([1, ['redis.internal.example']])
  })

  it('are ready under NO_NETWORK where EGRESS_ALLOW names every one', async () => {
    const { status, body } = await ready({
      ROS_MODE: 'LIVE',
      NO_NETWORK: '1',
      EGRESS_ALLOW: 'redis.internal.example, worker.internal.example:8000',
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x',
    })
    expect(JSON.parse(body).checks).toEqual({ db: 'failed: connection_refused', redis: 'ok', worker: 'ok' })
    expect(status).toBe(503)
  })

  it.each([
    ['an address', '10.77.0.2', ['db']],
    ['an address and its port', '10.77.0.2:5432', ['db']],
    ['a range', '10.77.0.0/24', ['db']],
    ['a range and a port', '10.77.0.0/24:5432', ['db']],
    ['another port', '10.77.0.2:5433,redis.internal.example:6380', []],
    ['another address', '10.77.0.3', []],
    ['a name that only ends alike', 'internal.example', []],
    ['a malformed entry', '*,10.77.0.2/,10.77.0.0/99,:5432,redis.internal.example:x', []],
    ['nothing', '', []],
  ] as const)('are checked under NO_NETWORK where EGRESS_ALLOW holds them: %s', async (_situation, allow, open) => {
    const { body } = await ready({ ROS_MODE: 'LIVE', NO_NETWORK: '1', EGRESS_ALLOW: allow })
    const checked = Object.entries(JSON.parse(body).checks as Record<string, string>).filter(([, outcome]) => outcome !== 'blocked')
    expect(checked.map(([name]) => name)).toEqual(open)
    const seen = await far.arrivals()
    // A name is not on a list of addresses, so it is not looked up.
    expect(seen.names).toEqual([])
    if (open.length === 0) expect(seen).toEqual(NOTHING_ARRIVED)
    else expect(seen.packets).toBeGreaterThan(0)
  })

  it.each([
    ['a number', 'http://172818434:8000'],
    ['hexadecimal', 'http://0x0a4d0002:8000'],
    ['octal', 'http://012.0115.0.02:8000'],
    ['a short form', 'http://10.77.2:8000'],
    ['version 6', 'http://[::ffff:10.77.0.2]:8000'],
    ['an address with a dot behind it', 'http://10.77.0.2.:8000'],
    ['the name localhost as a user', 'http://localhost@10.77.0.2:8000'],
    ['a name that begins as loopback does', 'http://127.0.0.1.internal.example:8000'],
    ['a name that ends in localhost', 'http://evil-localhost:8000'],
  ])('are blocked in STANDBY however they are written: as %s', async (_situation, worker) => {
    const { body } = await ready({ ROS_MODE: 'STANDBY', WORKER_CALLBACK_URL: worker })
    expect(JSON.parse(body).checks.worker).toMatch(/^(blocked|failed: invalid_config)$/)
    expect(await far.arrivals()).toEqual(NOTHING_ARRIVED)
  })

  it.each([
    ['host', 'postgres://ros:secret@127.0.0.1:1/ros?host=10.77.0.2&port=5432'],
    ['hostaddr', 'postgres://ros:secret@127.0.0.1:1/ros?hostaddr=10.77.0.2&port=5432'],
    ['a second host', 'postgres://ros:secret@127.0.0.1:1,10.77.0.2:5432/ros'],
  ])('are blocked in STANDBY where a Postgres URL hides them: in %s', async (_situation, url) => {
    const { body } = await ready({ ROS_MODE: 'STANDBY', DATABASE_URL: url })
    expect(JSON.parse(body).checks.db).not.toBe('ok')
    expect(await far.arrivals()).toEqual(NOTHING_ARRIVED)
  })

  describe('where a pg Pool given as db leads', () => {
    interface PoolAnswer {
      db: string
      queries: number
      clients: number
    }
    async function asked(env: Record<string, string>, config: object, bare = false): Promise<PoolAnswer> {
      const child = await startReadinessChild(env, { prefix: far.near })
      try {
        await far.reset()
        return await child.ask<PoolAnswer>({ op: 'pool', config, bare })
      } finally {
        await child.stop()
      }
    }
    const PGHOST = 'db.far.example'

    it('are reached in LIVE, by a host of its environment too', async () => {
      expect((await asked({ ROS_MODE: 'LIVE', PGHOST }, { user: 'u' })).db).toMatch(/^failed: /)
      const seen = await far.arrivals()
      expect([seen.tcp, [...new Set(seen.names)]]).toEqual([1, [PGHOST]])
    })

    it.each<[string, object, object, boolean?]>([
      ['by PGHOST', { PGHOST }, { user: 'u' }],
      ['by PGHOST behind a URL without a host', { PGHOST }, { connectionString: 'postgres:///db?user=u' }],
      ['by PGHOST behind a URL with a user and no host', { PGHOST }, { connectionString: 'postgres://u@/db' }],
      ['by PGHOST behind a URL without a host, beside a host that the URL takes away', { PGHOST }, { host: '127.0.0.1', connectionString: 'postgres://u@/db' }],
      ['by a parameter', {}, { connectionString: 'postgres://u@localhost/db?host=db.far.example' }],
      ['by the last of two parameters', {}, { connectionString: 'postgres://u@localhost/db?host=127.0.0.1&host=db.far.example' }],
      ['by a URL whose hostaddr means nothing to pg', {}, { connectionString: 'postgres://u@db.far.example/db?hostaddr=127.0.0.1' }],
      ['by the second of two hosts', {}, { connectionString: 'postgres://u@localhost,db.far.example/db' }],
      ['by a URL beside a host', {}, { host: '127.0.0.1', connectionString: 'postgres://u@db.far.example/db' }],
      ['by nothing that it says', {}, {}, true],
    ])('are blocked in STANDBY, with no packet: %s', async (_how, env, config, bare) => {
      expect(await asked({ ROS_MODE: 'STANDBY', ...env }, config, bare)).toEqual({ db: 'blocked', queries: 0, clients: 0 })
      expect(await far.arrivals()).toEqual(NOTHING_ARRIVED)
    })

    it.each([
      ['host', { host: '127.0.0.1', user: 'u' }],
      ['a URL', { connectionString: 'postgres://u@127.0.0.1/db' }],
      ['a parameter of a URL', { connectionString: 'postgres://u@db.far.example/db?host=127.0.0.1' }],
    ])('is this machine, and asked in STANDBY, by %s', async (_how, config) => {
      expect((await asked({ ROS_MODE: 'STANDBY', PGHOST }, config)).db).toBe('failed: connection_refused')
      expect(await far.arrivals()).toEqual(NOTHING_ARRIVED)
    })
  })

  it('that redirect from loopback are not followed in STANDBY', async () => {
    const script = `require('http').createServer((q, s) => s.writeHead(302, { location: 'http://${far.address}:8000/health' }).end()).listen(8123, '127.0.0.1')`
    const child = await startReadinessChild({ ...urls(), ROS_MODE: 'STANDBY', WORKER_CALLBACK_URL: 'http://127.0.0.1:8123' }, { prefix: far.near, nodeArgs: ['--import', `data:text/javascript,import { createRequire } from 'node:module'; const require = createRequire('/'); ${script}`] })
    await far.reset()
    const { body } = await child.ask<HttpAnswer>({ op: 'get', path: '/health/ready', options: {} })
    expect(JSON.parse(body).checks.worker).toBe('failed: http_302')
    expect(await far.arrivals()).toEqual(NOTHING_ARRIVED)
    await child.stop()
  })

  it('are failed: unreachable where there is no route', async () => {
    const { body } = await ready({ ROS_MODE: 'LIVE', DATABASE_URL: `postgres://ros:secret@${far.unreachable}/ros`, REDIS_URL: `redis://${far.unreachable}`, WORKER_CALLBACK_URL: `http://${far.unreachable}` })
    expect(JSON.parse(body).checks).toEqual({ db: 'failed: unreachable', redis: 'failed: unreachable', worker: 'failed: unreachable' })
  })

  it('are failed: dns_failure where the name server knows no such name', async () => {
    const { body } = await ready({ ROS_MODE: 'LIVE', DATABASE_URL: 'postgres://ros:secret@db.invalid/ros', REDIS_URL: 'redis://redis.invalid', WORKER_CALLBACK_URL: 'http://worker.invalid' })
    expect(JSON.parse(body).checks).toEqual({ db: 'failed: dns_failure', redis: 'failed: dns_failure', worker: 'failed: dns_failure' })
    expect([...new Set((await far.arrivals()).names)].sort()).toEqual(['db.invalid', 'redis.invalid', 'worker.invalid'])
  })

  it('are failed: timeout where the name server is mute, and questions do not pile up', async () => {
    const child = await startReadinessChild({ ROS_MODE: 'LIVE', DATABASE_URL: 'postgres://ros:secret@mute.example/ros', REDIS_URL: 'redis://mute.example', WORKER_CALLBACK_URL: 'http://mute.example' }, { prefix: far.near })
    await child.ask({ op: 'create', options: { timeoutMs: 100, cacheMs: 0 } })
    await child.ask({ op: 'check' })
    const first = await child.ask<{ threads: number; files: number }>({ op: 'usage' })
    const start = performance.now()
    // Now and then a check joins a question that the resolver is about to give up.
    const seen = Object.keys(await child.ask<object>({ op: 'repeat', times: 50 }))
    expect(seen).toEqual(expect.arrayContaining(['db failed: timeout', 'redis failed: timeout', 'worker failed: timeout']))
    expect(seen.filter((outcome) => !/ failed: (timeout|dns_failure)$/.test(outcome))).toEqual([])
    expect(performance.now() - start).toBeLessThan(50 * 200)
    const last = await child.ask<{ threads: number; files: number }>({ op: 'usage' })
    console.log(`50 checks behind a mute name server: threads ${first.threads} -> ${last.threads}, descriptors ${first.files} -> ${last.files}`)
    expect(last.threads).toBeLessThanOrEqual(first.threads + 6)
    expect(last.files).toBeLessThanOrEqual(first.files + 6)
    await child.stop()
  })
})

describe('dependencies on this machine, in STANDBY', () => {
  let redis: Redis
  beforeAll(async () => {
    redis = await startRedis({ password: 'secret', unixsocket: true })
  })
  afterAll(() => redis.stop())
  beforeEach(() => setEnvironment({ ROS_MODE: 'STANDBY' }))

  it.each([
    ['127.0.0.1', () => redis.url],
    ['localhost', () => redis.url.replace('127.0.0.1', 'localhost')],
    ['a Unix socket', () => `unix://${redis.socket}?pass=secret`],
  ])('are checked: %s', async (_situation, url) => {
    const report = await timelyReport({ redis: url() })
    expect([report.status, report.checks, report.mode]).toEqual(['standby', { redis: 'ok' }, { ros_mode: 'STANDBY', no_network: false, mock_only: false }])
  })

  it('that fail leave the status standby and the answer 200', async () => {
    const readiness = createReadiness({ db: false, redis: `redis://127.0.0.1:${await freePort()}`, worker: false })
    const web = createServer(healthRoutes({ readiness }))
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
    const answer = await get(web, '/health/ready')
    expect([answer.status, JSON.parse(answer.body).status, JSON.parse(answer.body).checks]).toEqual([200, 'standby', { redis: 'failed: connection_refused' }])
    web.closeAllConnections()
    web.close()
    await readiness.close()
  })

  it('that are not configured are failed: not_configured, and the status is standby', async () => {
    const report = await timelyReport({ db: undefined, redis: undefined, worker: undefined })
    expect(report.status).toBe('standby')
    expect(report.checks).toEqual({ db: 'failed: not_configured', redis: 'failed: not_configured', worker: 'failed: not_configured' })
  })
})

describe('a pool given as db, in STANDBY', () => {
  beforeEach(() => setEnvironment({ ROS_MODE: 'STANDBY' }))

  it('is blocked and not asked when its host is off this machine', async () => {
    for (const config of [{ host: '10.77.0.2' }, { connectionString: 'postgres://ros:secret@10.77.0.2/ros' }, { host: 'db.internal.example' }]) {
      const pool = new pg.Pool(config)
      expect(await outcomes({ db: pool })).toEqual({ db: 'blocked' })
      expect(pool.totalCount).toBe(0)
      await pool.end()
    }
  })

  it('is blocked and not asked when it does not say where it leads', async () => {
    let asked = 0
    expect(await outcomes({ db: { query: async () => (asked += 1) } })).toEqual({ db: 'blocked' })
    expect(asked).toBe(0)
  })

  it('is asked when its host is this machine', async () => {
    const pool = new pg.Pool({ host: '127.0.0.1', port: await freePort() })
    expect(await outcomes({ db: pool })).toEqual({ db: 'failed: connection_refused' })
    await pool.end()
  })
})

describe('a mode that changes under a readiness that is kept', () => {
  it('shows in the next report, even one that is served again', async () => {
    setEnvironment({ ROS_MODE: 'LIVE' })
    const worker = await startWorker()
    const readiness = createReadiness({ db: false, redis: false, worker: worker.url, cacheMs: 60_000 })
    const seen = async (): Promise<unknown[]> => {
      const { status, mode } = await readiness.check()
      return [status, mode.ros_mode, mode.no_network]
    }
    expect(await seen()).toEqual(['ready', 'LIVE', false])
    process.env.ROS_MODE = 'STANDBY'
    expect(await seen()).toEqual(['standby', 'STANDBY', false])
    process.env.ROS_MODE = 'LIVE'
    process.env.NO_NETWORK = '1'
    expect(await seen()).toEqual(['ready', 'LIVE', true])
    process.env.ROS_MODE = 'live'
    expect(await seen()).toEqual(['standby', 'STANDBY', true])
    await readiness.close()
    await worker.stop()
  })
})
