import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkOnce, createReadiness } from '../index.js'
import { type Certificate, type Certificates, makeCertificates } from './support/certificates.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { answerOnce, closeAtOnce, silent, startRawServer } from './support/raw-server.ts'
import { outcomes, type ReadinessOptions, setEnvironment } from './support/readiness.ts'
import { startReadinessChild } from './support/readiness-child.ts'
import { startRedis } from './support/redis.ts'
import { tempDirectory } from './support/temp.ts'
import { healthy, startWorker } from './support/worker.ts'

let pki: Certificates
beforeAll(async () => {
  pki = await makeCertificates()
})
beforeEach(() => setEnvironment({ ROS_MODE: 'LIVE' }))

describe('Postgres over TLS', () => {
  const db = async (url: string): Promise<string | undefined> => (await outcomes({ db: url })).db

  describe('with a certificate for its host', () => {
    let server: Postgres
    beforeAll(async () => {
      server = await startPostgres({ tls: pki.good, settings: ['log_connections = on'] })
    })
    afterAll(() => server.stop())

    it.each(['prefer', 'require'])('is ok under sslmode=%s without a CA: it encrypts and verifies nothing', async (sslmode) => {
      const before = server.log().length
      expect(await db(server.url({ sslmode }))).toBe('ok')
      expect(server.log().slice(before)).toMatch(/connection authorized: user=ros .*SSL enabled/)
    })

    it('is ok without TLS under sslmode=disable', async () => {
      const before = server.log().length
      expect(await db(server.url({ sslmode: 'disable' }))).toBe('ok')
      expect(server.log().slice(before)).not.toContain('SSL enabled')
    })

    it.each(['require', 'verify-ca', 'verify-full'])('is ok under sslmode=%s with its CA in sslrootcert', async (sslmode) => {
      expect(await db(server.url({ sslmode, sslrootcert: pki.ca }))).toBe('ok')
    })

    it('is ok under sslmode=verify-full with the name localhost', async () => {
      expect(await db(server.url({ sslmode: 'verify-full', sslrootcert: pki.ca }).replace('127.0.0.1', 'localhost'))).toBe('ok')
    })

    it.each(['require', 'verify-ca', 'verify-full'])('is failed: tls_error under sslmode=%s with another CA in sslrootcert', async (sslmode) => {
      expect(await db(server.url({ sslmode, sslrootcert: pki.otherCa }))).toBe('failed: tls_error')
    })

    it('is failed: tls_error under sslmode=verify-full when no CA it knows signed it', async () => {
      expect(await db(server.url({ sslmode: 'verify-full' }))).toBe('failed: tls_error')
      expect(await db(server.url({ sslmode: 'verify-full', sslrootcert: 'system' }))).toBe('failed: tls_error')
    })

    it('is ok under sslmode=verify-ca with its CA in caFile, or in the file that NODE_EXTRA_CA_CERTS names', async () => {
      const url = server.url({ sslmode: 'verify-ca' })
      expect(await outcomes({ db: url, caFile: pki.ca })).toEqual({ db: 'ok' })
      setEnvironment({ ROS_MODE: 'LIVE', DATABASE_URL: url, NODE_EXTRA_CA_CERTS: pki.ca })
      expect(await outcomes({ db: undefined })).toEqual({ db: 'ok' })
    })

    it('trusts the CA in sslrootcert alone, whatever caFile holds', async () => {
      for (const sslmode of ['verify-ca', 'verify-full']) {
        expect(await outcomes({ db: server.url({ sslmode, sslrootcert: pki.otherCa }), caFile: pki.ca })).toEqual({ db: 'failed: tls_error' })
        expect(await outcomes({ db: server.url({ sslmode, sslrootcert: pki.ca }), caFile: pki.otherCa })).toEqual({ db: 'ok' })
      }
    })

    it.each<[string, Record<string, string>]>([
      ['sslmode=verify-ca and nobody to trust', { sslmode: 'verify-ca' }],
      ['sslrootcert=system and less than verify-full', { sslmode: 'verify-ca', sslrootcert: 'system' }],
      ['sslrootcert=system and sslmode=require', { sslmode: 'require', sslrootcert: 'system' }],
    ])('is no usable URL with %s: an option throws, a variable is failed: invalid_config', async (_situation, params) => {
      const url = server.url(params)
      await expect(checkOnce({ db: url, redis: false, worker: false })).rejects.toSatisfy((error) => error instanceof TypeError && (error as { code?: string }).code === 'RF_CONFIG_DB' && !error.message.includes(server.password))
      setEnvironment({ ROS_MODE: 'LIVE', DATABASE_URL: url })
      expect(await outcomes({ db: undefined })).toEqual({ db: 'failed: invalid_config' })
    })

    it('is failed: invalid_config with an sslrootcert that is not there', async () => {
      expect(await db(server.url({ sslmode: 'verify-full', sslrootcert: '/nonexistent/ca.pem' }))).toBe('failed: invalid_config')
    })

    it('is failed: auth_failed for a wrong password, as without TLS', async () => {
      expect(await db(server.url({ sslmode: 'verify-full', sslrootcert: pki.ca }).replace(/:[^:@]+@/, ':wrong@'))).toBe('failed: auth_failed')
    })
  })

  it.each([
    ['expired', 'require', 'ok'],
    ['expired', 'verify-ca', 'failed: tls_error'],
    ['expired', 'verify-full', 'failed: tls_error'],
    ['otherHost', 'require', 'ok'],
    ['otherHost', 'verify-full', 'failed: tls_error'],
    ['stranger', 'verify-full', 'failed: tls_error'],
  ] as const)('with the certificate %s under sslmode=%s is %s', async (name, sslmode, outcome) => {
    const server = await startPostgres({ tls: pki[name] })
    expect(await db(server.url({ sslmode, ...(sslmode === 'require' ? {} : { sslrootcert: pki.ca }) }))).toBe(outcome)
    await server.stop()
  })

  it('is ok under sslmode=verify-ca with the certificate of another host', async () => {
    const server = await startPostgres({ tls: pki.otherHost })
    expect(await db(server.url({ sslmode: 'verify-ca', sslrootcert: pki.ca }))).toBe('ok')
    await server.stop()
  })

  it('is failed: tls_error under sslmode=require, and ok under prefer, where the server has no TLS', async () => {
    const server = await startPostgres()
    for (const sslmode of ['require', 'verify-ca', 'verify-full']) {
      expect(await db(server.url({ sslmode, sslrootcert: pki.ca }))).toBe('failed: tls_error')
    }
    expect(await db(server.url({ sslmode: 'prefer' }))).toBe('ok')
    await server.stop()
  })

  it('is failed: timeout when the server agrees to TLS and then is mute', async () => {
    const raw = await startRawServer(answerOnce('S'))
    expect(await db(`postgres://ros:secret@127.0.0.1:${raw.port}/ros?sslmode=require`)).toBe('failed: timeout')
    await raw.stop()
  })
})

describe('Redis over rediss', () => {
  const redis = async (url: string, caFile?: string): Promise<string | undefined> => (await outcomes({ redis: url, ...(caFile === undefined ? {} : { caFile }) })).redis

  it('is ok with its CA in caFile, with a password and a database number', async () => {
    const server = await startRedis({ tls: pki.good, password: 'secret' })
    expect(await redis(server.url, pki.ca)).toBe('ok')
    expect(await redis(`${server.url.replace('127.0.0.1', 'localhost')}/3`, pki.ca)).toBe('ok')
    expect(await redis(server.url.replace('secret', 'wrong'), pki.ca)).toBe('failed: auth_failed')
    await server.stop()
  })

  it('is ok with its CA in the file that NODE_EXTRA_CA_CERTS names', async () => {
    const server = await startRedis({ tls: pki.good })
    setEnvironment({ ROS_MODE: 'LIVE', NODE_EXTRA_CA_CERTS: pki.ca })
    expect(await redis(server.url)).toBe('ok')
    await server.stop()
  })

  it('is failed: tls_error when no CA it knows signed it', async () => {
    const server = await startRedis({ tls: pki.good })
    expect(await redis(server.url)).toBe('failed: tls_error')
    expect(await redis(server.url, pki.otherCa)).toBe('failed: tls_error')
    await server.stop()
  })

  it.each(['expired', 'otherHost', 'stranger'] as const)('is failed: tls_error with the certificate %s', async (name) => {
    const server = await startRedis({ tls: pki[name] })
    expect(await redis(server.url, pki.ca)).toBe('failed: tls_error')
    await server.stop()
  })

  it('is not ok where one side speaks TLS and the other does not', async () => {
    const plain = await startRedis()
    // A Redis reads the greeting of TLS as a command and may wait for its line to end.
    expect(await redis(plain.url.replace('redis:', 'rediss:'), pki.ca)).toMatch(/^failed: (tls_error|timeout)$/)
    await plain.stop()
    const secure = await startRedis({ tls: pki.good })
    expect(await redis(secure.url.replace('rediss:', 'redis:'), pki.ca)).toMatch(/^failed: (unexpected_reply|tls_error)$/)
    await secure.stop()
  })
})

describe('the worker over https', () => {
  const worker = async (certificate: Certificate, options: ReadinessOptions = {}): Promise<string | undefined> => {
    const server = await startWorker(healthy, { tls: certificate })
    try {
      return (await outcomes({ worker: server.url, ...options })).worker
    } finally {
      await server.stop()
    }
  }

  it('is ok with its CA in caFile, or in the file that NODE_EXTRA_CA_CERTS names', async () => {
    expect(await worker(pki.good, { caFile: pki.ca })).toBe('ok')
    setEnvironment({ ROS_MODE: 'LIVE', NODE_EXTRA_CA_CERTS: pki.ca })
    expect(await worker(pki.good)).toBe('ok')
  })

  it('is failed: tls_error when no CA it knows signed it', async () => {
    expect(await worker(pki.good)).toBe('failed: tls_error')
    expect(await worker(pki.good, { caFile: pki.otherCa })).toBe('failed: tls_error')
  })

  it.each(['expired', 'otherHost', 'stranger'] as const)('is failed: tls_error with the certificate %s', async (name) => {
    expect(await worker(pki[name], { caFile: pki.ca })).toBe('failed: tls_error')
  })

  it('is failed: tls_error where the server speaks plain http', async () => {
    const server = await startWorker()
    expect((await outcomes({ worker: server.url.replace('http:', 'https:'), caFile: pki.ca })).worker).toBe('failed: tls_error')
    await server.stop()
  })

  it.each([
    ['closes at once', /^failed: (tls_error|unexpected_reply)$/, closeAtOnce],
    ['is mute', /^failed: timeout$/, silent],
  ] as const)('of a server that %s during the handshake is %s', async (_situation, outcome, behaviour) => {
    const raw = await startRawServer(behaviour)
    expect((await outcomes({ worker: `https://127.0.0.1:${raw.port}`, caFile: pki.ca, timeoutMs: 500 })).worker).toMatch(outcome)
    await raw.stop()
  })

  it('is verified even where NODE_TLS_REJECT_UNAUTHORIZED says not to', async () => {
    const server = await startWorker(healthy, { tls: pki.expired })
    const child = await startReadinessChild({ ROS_MODE: 'LIVE', NODE_TLS_REJECT_UNAUTHORIZED: '0' })
    const report = await child.ask<{ checks: object }>({ op: 'once', options: { db: false, redis: false, worker: server.url, caFile: pki.ca } })
    expect(report.checks).toEqual({ worker: 'failed: tls_error' })
    await child.stop()
    await server.stop()
  })
})

describe('caFile', () => {
  it.each([
    ['that is not there', () => '/nonexistent/ca.pem'],
    ['that holds no certificate', () => '/etc/hostname'],
  ])('%s makes what needs it failed: invalid_config, and says nothing of its path', async (_situation, file) => {
    const server = await startWorker(healthy, { tls: pki.good })
    let outcome: string | undefined
    try {
      outcome = (await outcomes({ worker: server.url, caFile: file() })).worker
    } catch (error) {
      // Or it is refused as an option, where it is known at once.
      expect((error as { code?: string }).code).toMatch(/^RF_CONFIG_/)
      expect((error as Error).message).not.toContain(file())
      outcome = 'failed: invalid_config'
    }
    expect(outcome).toBe('failed: invalid_config')
    await server.stop()
  })

  it('that is a FIFO makes what needs it failed: invalid_config at once, and holds nobody else up', async () => {
    const fifo = join(tempDirectory('fifo'), 'ca.pem')
    execFileSync('mkfifo', [fifo])
    const server = await startWorker(healthy, { tls: pki.good })
    const other = createReadiness({ db: false, redis: false, worker: server.url, caFile: pki.ca, cacheMs: 0 })
    for (let at = 0; at < 10; at += 1) {
      const start = performance.now()
      const [stuck, well] = await Promise.all([outcomes({ worker: server.url, caFile: fifo, timeoutMs: 5_000 }), other.check()])
      expect([stuck, well.checks]).toEqual([{ worker: 'failed: invalid_config' }, { worker: 'ok' }])
      expect(performance.now() - start).toBeLessThan(1_000)
    }
    await other.close()
    await server.stop()
  })

  it('that is not there does not disturb what needs none', async () => {
    const server = await startWorker()
    const redis = await startRedis()
    expect(await outcomes({ worker: server.url, redis: redis.url, caFile: '/nonexistent/ca.pem' })).toEqual({ redis: 'ok', worker: 'ok' })
    setEnvironment({ ROS_MODE: 'LIVE', NODE_EXTRA_CA_CERTS: '/nonexistent/ca.pem' })
    expect(await outcomes({ worker: server.url })).toEqual({ worker: 'ok' })
    await redis.stop()
    await server.stop()
  })
})
