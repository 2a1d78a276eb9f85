import Redis from 'ioredis'
import { connect } from 'node:tls'
import { readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Certificates, makeCertificates } from './support/certificates.ts'
import { startConversation } from './support/conversation.ts'
import { startFarHost } from './support/netns.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { answerOnce, drip, endlessJunk, silent, startRawServer } from './support/raw-server.ts'
import { startRedis } from './support/redis.ts'
import { dripBody, startWorker, status } from './support/worker.ts'

async function select(url: string, options: pg.ClientConfig = {}): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000, ...options })
  try {
    await client.connect()
    return (await client.query('SELECT 1 AS one')).rows
  } catch (error) {
    return (error as { code?: string; message: string }).code ?? (error as Error).message
  } finally {
    // A client of a frozen server would wait for its goodbye to be read.
    void client.end().catch(() => undefined)
  }
}

async function ping(url: string, options: object = {}): Promise<string> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0, connectTimeout: 1_000, commandTimeout: 1_000, enableReadyCheck: false, ...options })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await client.ping()
  } catch (error) {
    return (error as Error).message
  } finally {
    client.disconnect()
  }
}

let certificates: Certificates
beforeAll(async () => {
  certificates = await makeCertificates()
})

describe('the Postgres that tests start', () => {
  let server: Postgres
  beforeAll(async () => {
    server = await startPostgres({ tls: certificates.good, maxConnections: 8 })
  })
  afterAll(() => server.stop())

  it('answers over TCP, over TLS and over its socket, and refuses a wrong password', async () => {
    expect(await select(server.url())).toEqual([{ one: 1 }])
    expect(await select(server.url(), { ssl: { ca: readFileSync(certificates.ca, 'utf8'), servername: 'localhost' } })).toEqual([{ one: 1 }])
    expect(await select(server.url(), { ssl: { ca: readFileSync(certificates.otherCa, 'utf8') } })).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    expect(await select('', { connectionString: undefined, host: server.socketDir, port: server.port, user: server.user, password: server.password, database: server.database })).toEqual([{ one: 1 }])
    expect(await select(server.url().replace('ros:', 'ros:not-'))).toBe('28P01')
  })

  it('says nothing while frozen, goes on when thawed, and comes back after a kill', async () => {
    server.freeze()
    expect(await select(server.url())).toMatch(/timeout/)
    server.thaw()
    expect(await select(server.url())).toEqual([{ one: 1 }])
    await server.kill()
    expect(await select(server.url())).toBe('ECONNREFUSED')
    await server.restart()
    expect(await select(server.url())).toEqual([{ one: 1 }])
  })

  it('takes a new password at once', async () => {
    const before = server.url()
    await server.setPassword("it's new")
    expect(await select(before)).toBe('28P01')
    expect(await select(server.url())).toEqual([{ one: 1 }])
  })

  it('has a replica that answers and cannot be written to', async () => {
    const replica = await startPostgres({ standbyOf: server })
    expect(await select(replica.url())).toEqual([{ one: 1 }])
    expect(await replica.admin('SHOW transaction_read_only')).toBe('on\n')
    await replica.stop()
  })

  it.each(['recovering', 'no-hot-standby'] as const)('answers 57P03 for as long as it is %s', async (startingUp) => {
    const held = await startPostgres({ startingUp })
    expect(await select(held.url())).toBe('57P03')
    await sleep(300)
    expect(await select(held.url())).toBe('57P03')
    await held.stop()
  })
})

describe('the Redis that tests start', () => {
  it('knows its password and its users', async () => {
    const server = await startRedis({ password: 'p@ss w"rd', aclUser: { name: 'probe', password: 'x', rules: '+ping' }, unixsocket: true })
    expect(await ping(server.url)).toBe('PONG')
    expect(await ping(`redis://probe:x@127.0.0.1:${server.port}`)).toBe('PONG')
    expect(await ping(`redis://127.0.0.1:${server.port}`)).toMatch(/^NOAUTH/)
    expect(await ping(server.socket, { password: 'p@ss w"rd' })).toBe('PONG')
    await server.stop()
  })

  it('serves TLS', async () => {
    const server = await startRedis({ tls: certificates.good })
    expect(await ping(server.url, { tls: { ca: readFileSync(certificates.ca, 'utf8') } })).toBe('PONG')
    await server.stop()
  })

  it('answers LOADING until it is told to be done', async () => {
    const server = await startRedis({ password: 'secret' })
    await server.startLoading()
    expect(await ping(server.url)).toMatch(/^LOADING/)
    await sleep(500)
    expect(await ping(server.url)).toMatch(/^LOADING/)
    await server.loaded()
    expect(await ping(server.url)).toBe('PONG')
    await server.stop()
  })

  it('answers MISCONF when it cannot save, and nothing when frozen', async () => {
    const server = await startRedis()
    server.freeze()
    expect(await ping(server.url)).toMatch(/timed out/)
    server.thaw()
    expect(await ping(server.url)).toBe('PONG')
    await server.breakSaving()
    expect(await ping(server.url)).toMatch(/^MISCONF/)
    await server.stop()
  })
})

describe('the certificates that tests make', () => {
  it.each([
    ['good', 'ok'],
    ['expired', 'CERT_HAS_EXPIRED'],
    ['otherHost', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['stranger', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ] as const)('%s: %s', async (name, outcome) => {
    const server = await startWorker(status(200), { tls: certificates[name] })
    const seen = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: server.port, ca: readFileSync(certificates.ca) }, () => resolve('ok'))
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
      socket.on('secureConnect', () => socket.end())
    })
    expect(seen).toBe(outcome)
    await server.stop()
  })
})

describe('the raw servers that tests start', () => {
  it.each([
    ['silent', silent, 0, 0],
    ['answering once', answerOnce('+PO'), 3, 3],
    ['dripping', drip('+PONG\r\n', 50), 3, 12],
    ['endless', endlessJunk, 1 << 20, Infinity],
  ] as const)('%s', async (_name, behaviour, least, most) => {
    const server = await startRawServer(behaviour)
    const socket = createConnection({ host: '127.0.0.1', port: server.port })
    let bytes = 0
    socket.on('data', (chunk) => (bytes += chunk.length))
    socket.write('PING\r\n')
    await sleep(400)
    expect(bytes).toBeGreaterThanOrEqual(least)
    expect(bytes).toBeLessThanOrEqual(most)
    expect([server.connections(), server.open(), server.received()]).toEqual([1, 1, 'PING\r\n'])
    socket.destroy()
    await server.stop()
    expect(server.open()).toBe(0)
  })

  it('drips a body', async () => {
    const server = await startWorker(dripBody)
    const answer = await fetch(server.url)
    expect(answer.status).toBe(200)
    expect(server.requests).toEqual(['GET /'])
    await answer.body?.cancel()
    await server.stop()
  })
})

describe('the far host', () => {
  it('counts every frame, connection and DNS question that leaves the near side', async () => {
    const far = await startFarHost()
    await far.reset()
    expect(await far.arrivals()).toEqual({ packets: 0, tcp: 0, udp: 0, dns: 0, names: [] })

    const script = `
      import('node:readline').then(async () => {
        const { lookup } = await import('node:dns/promises')
        const found = await lookup('redis.internal.example', 4)
        const body = await fetch('http://' + found.address + ':8000/health').then((a) => a.text())
        const refused = await fetch('http://${far.unreachable}:8000/').catch((e) => e.cause.code)
        console.log(JSON.stringify({ ready: true, pid: [found.address, body, refused] }))
        process.stdin.resume()
      })`
    const near = await startConversation([...far.near, process.execPath, '-e', script])
    expect(near.pid).toEqual([far.address, '{"status":"healthy"}', 'EHOSTUNREACH'])
    await near.stop()
    const seen = await far.arrivals()
    expect(seen).toEqual({ packets: expect.any(Number), tcp: 1, udp: 1, dns: 1, names: ['redis.internal.example'] })
    expect(seen.packets).toBeGreaterThan(5)
    await far.stop()
  })
})
