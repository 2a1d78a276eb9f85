import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createReadiness } from '../index.js'
import { usageOf } from './support/open-files.ts'
import { freePort } from './support/ports.ts'
import { answerAndClose, answerOnce, type Behaviour, closeAtOnce, drip, endlessJunk, httpBadRequest, junk64k, onPing, redisLike, resetAtOnce, silent, startRawServer } from './support/raw-server.ts'
import { outcomes, setEnvironment } from './support/readiness.ts'
import { type Redis, startRedis } from './support/redis.ts'
import { startWorker } from './support/worker.ts'

const PASSWORD = 'p@ss:w/rd#?%'
let server: Redis
beforeAll(async () => {
  server = await startRedis({ password: PASSWORD, aclUser: { name: 'probe', password: 'of the probe', rules: '-@all +ping +select' }, unixsocket: true })
})
afterAll(() => server.stop())
beforeEach(() => setEnvironment({ ROS_MODE: 'LIVE' }))

const redis = async (url: string, timeoutMs = 1_000): Promise<string | undefined> => (await outcomes({ redis: url, timeoutMs })).redis

describe('a Redis that answers PONG', () => {
  it('is ok with a password that a URL must escape', async () => {
    expect(server.url).toContain('%40')
    expect(await redis(server.url)).toBe('ok')
    expect(await redis(server.url.replace('127.0.0.1', 'localhost'))).toBe('ok')
  })

  it('is ok for an ACL user that may do nothing but PING and SELECT', async () => {
    expect(await redis(`redis://probe:of%20the%20probe@127.0.0.1:${server.port}`)).toBe('ok')
    expect(await redis(`redis://probe:of%20the%20probe@127.0.0.1:${server.port}/2`)).toBe('ok')
  })

  it('is ok with a database number', async () => {
    expect(await redis(`${server.url}/0`)).toBe('ok')
    expect(await redis(`${server.url}/3`)).toBe('ok')
  })

  it('is ok over its Unix socket, with a password, a user and a database number', async () => {
    const pass = encodeURIComponent(PASSWORD)
    expect(await redis(`unix://${server.socket}?pass=${pass}`)).toBe('ok')
    expect(await redis(`unix://${server.socket}?user=default&pass=${pass}&db=3`)).toBe('ok')
    expect(await redis(`unix://${server.socket}?user=probe&pass=of%20the%20probe`)).toBe('ok')
    expect(await redis(`unix://${server.socket}?pass=wrong`)).toBe('failed: auth_failed')
  })

  it('is ok when REDIS_URL names it and the option is left out', async () => {
    setEnvironment({ ROS_MODE: 'LIVE', REDIS_URL: server.url })
    expect(await outcomes({ redis: undefined })).toEqual({ redis: 'ok' })
  })

  it('is ok without a password where none is needed', async () => {
    const open = await startRedis()
    expect(await redis(open.url)).toBe('ok')
    await open.stop()
  })

  it('is asked over one connection that is kept', async () => {
    const connections = async (): Promise<number> => Number(/total_connections_received:(\d+)/.exec(await server.command('INFO stats'))?.[1])
    const before = await connections()
    const readiness = createReadiness({ db: false, redis: server.url, worker: false, cacheMs: 0 })
    for (let at = 0; at < 10; at += 1) expect((await readiness.check()).checks).toEqual({ redis: 'ok' })
    // One is the readiness's, one the question's own.
    expect((await connections()) - before).toBe(2)
    await readiness.close()
    await sleep(50)
    expect(await server.command('INFO clients')).toContain('connected_clients:1\r\n')
  })

  it('is ok at the next check when it has ended the connection that was kept', async () => {
    const readiness = createReadiness({ db: false, redis: server.url, worker: false, cacheMs: 0 })
    await readiness.check()
    await server.command('CLIENT KILL TYPE normal SKIPME yes')
    await sleep(100)
    expect((await readiness.check()).checks).toEqual({ redis: 'ok' })
    await readiness.close()
  })
})

describe('a Redis that answers something else', () => {
  it.each([
    ['a wrong password', () => `redis://:wrong@127.0.0.1:${server.port}`],
    ['no password where one is needed', () => `redis://127.0.0.1:${server.port}`],
    ['a user it does not know', () => `redis://nobody:x@127.0.0.1:${server.port}`],
    ['the password of another user', () => `redis://probe:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.port}`],
  ])('is failed: auth_failed for %s', async (_situation, url) => {
    expect(await redis(url())).toBe('failed: auth_failed')
  })

  it('is failed: auth_failed for a user that may not PING', async () => {
    const strict = await startRedis({ aclUser: { name: 'mute', password: 'x', rules: '-@all +get' } })
    expect(await redis(`redis://mute:x@127.0.0.1:${strict.port}`)).toBe('failed: auth_failed')
    await strict.stop()
  })

  it('is failed: invalid_config for a database number that it does not have', async () => {
    expect(await redis(`${server.url}/99`)).toBe('failed: invalid_config')
  })

  it('is failed: starting_up while it loads its data, and ok once it has', async () => {
    const loading = await startRedis({ password: PASSWORD })
    await loading.startLoading()
    const readiness = createReadiness({ db: false, redis: loading.url, worker: false, cacheMs: 0 })
    expect((await readiness.check()).checks).toEqual({ redis: 'failed: starting_up' })
    expect((await readiness.check()).checks).toEqual({ redis: 'failed: starting_up' })
    await loading.loaded()
    expect((await readiness.check()).checks).toEqual({ redis: 'ok' })
    await readiness.close()
    await loading.stop()
  })

  it('is failed: read_only when it cannot save', async () => {
    const broken = await startRedis()
    await broken.breakSaving()
    expect(await redis(broken.url)).toBe('failed: read_only')
    await broken.stop()
  })

  it('is failed: too_many_connections at maxclients', async () => {
    const small = await startRedis({ args: ['--maxclients', '1'] })
    const holder = createReadiness({ db: false, redis: small.url, worker: false, cacheMs: 0 })
    expect((await holder.check()).checks).toEqual({ redis: 'ok' })
    expect(await redis(small.url)).toBe('failed: too_many_connections')
    await holder.close()
    await sleep(50)
    expect(await redis(small.url)).toBe('ok')
    await small.stop()
  })

  it('is not ok as a replica that has lost its master and serves nothing stale', async () => {
    const orphan = await startRedis({ args: ['--replicaof', '127.0.0.1', String(await freePort()), '--replica-serve-stale-data', 'no'] })
    expect(await orphan.command('PING')).toMatch(/^-MASTERDOWN/)
    expect(await redis(orphan.url)).toMatch(/^failed: (starting_up|unexpected_reply|unreachable|error)$/)
    await orphan.stop()
  })

  it('is ok as a replica that follows its master', async () => {
    const master = await startRedis()
    const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(master.port)] })
    expect(await redis(replica.url)).toBe('ok')
    await replica.stop()
    await master.stop()
  })

  it('is not ok while a script holds it', async () => {
    const busy = await startRedis({ args: ['--busy-reply-threshold', '10'] })
    const script = busy.command('EVAL "while true do end" 0').catch(() => '')
    await sleep(100)
    expect(await redis(busy.url)).toMatch(/^failed: (timeout|unexpected_reply|error)$/)
    await busy.command('SCRIPT KILL')
    await script
    expect(await redis(busy.url)).toBe('ok')
    await busy.stop()
  })
})

describe('a Redis that is not there', () => {
  it('is failed: connection_refused on a port that nobody listens on', async () => {
    expect(await redis(`redis://:secret@127.0.0.1:${await freePort()}`)).toBe('failed: connection_refused')
  })

  it('is failed: connection_refused over a Unix socket that does not exist', async () => {
    expect(await redis('unix:///nonexistent/redis.sock')).toBe('failed: connection_refused')
  })

  it('is failed: timeout while frozen, and ok when thawed', async () => {
    server.freeze()
    try {
      expect(await redis(server.url, 400)).toBe('failed: timeout')
      expect(await redis(`unix://${server.socket}?pass=${encodeURIComponent(PASSWORD)}`, 400)).toBe('failed: timeout')
    } finally {
      server.thaw()
    }
    expect(await redis(server.url)).toBe('ok')
  })

  it('is failed: timeout when a connection that was kept goes mute, and no late PONG is taken for a new one', async () => {
    const readiness = createReadiness({ db: false, redis: server.url, worker: false, cacheMs: 0, timeoutMs: 300 })
    expect((await readiness.check()).checks).toEqual({ redis: 'ok' })
    for (let round = 0; round < 3; round += 1) {
      server.freeze()
      try {
        expect((await readiness.check()).checks).toEqual({ redis: 'failed: timeout' })
      } finally {
        server.thaw()
      }
      await sleep(20)
      server.freeze()
      try {
        expect((await readiness.check()).checks).toEqual({ redis: 'failed: timeout' })
      } finally {
        server.thaw()
      }
    }
    expect((await readiness.check()).checks).toEqual({ redis: 'ok' })
    await readiness.close()
  })
})

describe('something else on the port of Redis', () => {
  const cases: [situation: string, outcome: RegExp, behaviour: Behaviour][] = [
    ['is mute', /^failed: timeout$/, silent],
    ['closes at once', /^failed: unexpected_reply$/, closeAtOnce],
    ['resets at once', /^failed: (unexpected_reply|connection_refused|unreachable)$/, resetAtOnce],
    ['reads and closes', /^failed: unexpected_reply$/, answerAndClose('')],
    ['drips a byte a second', /^failed: timeout$/, drip('+PONG\r\n')],
    ['holds after half a reply', /^failed: timeout$/, onPing('+PO')],
    ['closes after half a reply', /^failed: unexpected_reply$/, answerAndClose('+PO')],
    ['holds after half a bulk reply', /^failed: timeout$/, onPing('$4\r\nPO')],
    ['says OK to PING', /^failed: unexpected_reply$/, onPing('+OK\r\n')],
    ['says OK to all', /^failed: unexpected_reply$/, redisLike(() => '+OK\r\n')],
    ['says PONG in another case', /^failed: unexpected_reply$/, onPing('+pong\r\n')],
    ['says PONGO', /^failed: unexpected_reply$/, onPing('+PONGO\r\n')],
    ['says a number', /^failed: unexpected_reply$/, onPing(':1\r\n')],
    ['says nil', /^failed: unexpected_reply$/, onPing('$-1\r\n')],
    ['says an array', /^failed: unexpected_reply$/, onPing('*1\r\n+PONG\r\n')],
    ['announces a reply of 4 EiB', /^failed: (unexpected_reply|timeout)$/, onPing('$4611686018427387904\r\n')],
    ['announces an array of a thousand million', /^failed: (unexpected_reply|timeout)$/, onPing('*1000000000\r\n')],
    ['nests arrays 10,000 deep', /^failed: (unexpected_reply|timeout)$/, onPing('*1\r\n'.repeat(10_000))],
    ['says NOAUTH', /^failed: auth_failed$/, redisLike(() => '-NOAUTH Authentication required.\r\n')],
    ['says NOAUTH to PING', /^failed: auth_failed$/, onPing('-NOAUTH Authentication required.\r\n')],
    ['says LOADING', /^failed: starting_up$/, onPing('-LOADING Redis is loading the dataset in memory\r\n')],
    ['says an error of its own', /^failed: (unexpected_reply|error)$/, onPing('-WHATEVER it means\r\n')],
    ['sends 64 KiB of junk and holds', /^failed: (unexpected_reply|timeout)$/, answerOnce(junk64k)],
    ['sends 64 KiB of junk and closes', /^failed: unexpected_reply$/, answerAndClose(junk64k)],
    ['sends junk without an end', /^failed: unexpected_reply$/, endlessJunk],
    ['speaks HTTP', /^failed: unexpected_reply$/, answerAndClose(httpBadRequest)],
  ]
  it.each(cases)('that %s is %s', async (_situation, outcome, behaviour) => {
    const raw = await startRawServer(behaviour)
    const before = usageOf().residentBytes
    expect(await redis(`redis://127.0.0.1:${raw.port}`, 700)).toMatch(outcome)
    expect(raw.connections()).toBeGreaterThan(0)
    await sleep(100)
    expect(raw.open()).toBe(0)
    expect(raw.bytesOut()).toBeLessThan(16 << 20)
    expect(usageOf().residentBytes - before).toBeLessThan(64 << 20)
    await raw.stop()
  })

  it('that is a real HTTP server is failed: unexpected_reply', async () => {
    const web = await startWorker()
    expect(await redis(`redis://127.0.0.1:${web.port}`)).toBe('failed: unexpected_reply')
    await web.stop()
  })

  it('that answers PONG before it is asked, and mutes after, is not ok twice', async () => {
    let said = false
    const raw = await startRawServer((socket) => {
      socket.on('data', () => {
        if (said) return
        said = true
        socket.write('+PONG\r\n'.repeat(5))
      })
    })
    const readiness = createReadiness({ db: false, redis: `redis://127.0.0.1:${raw.port}`, worker: false, cacheMs: 0, timeoutMs: 300 })
    await readiness.check()
    expect((await readiness.check()).checks.redis).not.toBe('ok')
    await readiness.close()
    await raw.stop()
  })
})

describe('REDIS_URL', () => {
  it.each([
    ['is unset', {}, 'failed: not_configured'],
    ['is empty', { REDIS_URL: '' }, 'failed: not_configured'],
    ['is no URL', { REDIS_URL: 'not a url' }, 'failed: invalid_config'],
    ['is of another scheme', { REDIS_URL: 'http://127.0.0.1:6379' }, 'failed: invalid_config'],
    ['has a port that is no number', { REDIS_URL: 'redis://127.0.0.1:port' }, 'failed: invalid_config'],
    ['has a database that is no number', { REDIS_URL: 'redis://127.0.0.1:6379/cache' }, 'failed: invalid_config'],
  ])('that %s: %j', async (_situation, env, outcome) => {
    setEnvironment({ ROS_MODE: 'LIVE', ...env })
    expect(await outcomes({ redis: undefined })).toEqual({ redis: outcome })
  })
})
