import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createReadiness, healthRoutes } from '../index.js'
import { type Answer, get } from './support/http.ts'
import { freePort } from './support/ports.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { answerOnce, startRawServer } from './support/raw-server.ts'
import { CODE, setEnvironment } from './support/readiness.ts'
import { startReadinessChild } from './support/readiness-child.ts'
import { type Redis, startRedis } from './support/redis.ts'

// Words that stand nowhere in the package's own vocabulary.
const WORDS = { user: 'zaphod', password: 'h00ntr-two', host: 'magrathea', database: 'heartofgold', query: 'vogonpoem' }
const SPOKEN = /zaphod|h00ntr|magrathea|heartofgold|vogonpoem|127\.0\.0\.1|localhost|::1|invalid\b(?!_config)|\.sock|nonexistent/i
/** Words of drivers, of the operating system and of Rust's debug output. */
const DRIVER = /tokio|deadpool|hyper|reqwest|rustls|ECONN|ENOTFOUND|os error|panic|SQLSTATE|FATAL|NOAUTH|WRONGPASS|ERR |password|authentication|refused by|Some\(|Err\(|Error\b|stack| at |\//i

let postgres: Postgres
let redis: Redis
beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres({ password: WORDS.password }), startRedis({ password: WORDS.password })])
})
afterAll(() => Promise.all([postgres.stop(), redis.stop()]))

async function listening(options: Parameters<typeof healthRoutes>[0]): Promise<Server> {
  const web = createServer(healthRoutes(options))
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  return web
}

/** Fails unless the answer is made of the package's own words alone. */
function expectSpeechless(answer: Answer): void {
  const report = JSON.parse(answer.body) as { status: string; checks: Record<string, string>; mode: unknown; details?: Record<string, Record<string, unknown>> }
  expect(report.status).toMatch(/^(ready|not_ready|standby|draining)$/)
  for (const outcome of Object.values(report.checks)) expect(['ok', 'blocked'].includes(outcome) || CODE.test(outcome)).toBe(true)
  expect(report.mode).toEqual({ ros_mode: 'LIVE', no_network: false, mock_only: false })
  for (const details of Object.values(report.details ?? {})) {
    expect(Object.keys(details)).toEqual(['latencyMs', 'checkedAt', 'consecutiveFailures', 'lastOkAt'])
    for (const value of Object.values(details)) if (typeof value === 'string') expect(value).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  }
  expect(Object.keys(report).filter((key) => !['status', 'checks', 'mode', 'details'].includes(key))).toEqual([])
  const spoken = `${answer.body}\n${JSON.stringify(answer.headers)}`
  expect(spoken).not.toMatch(SPOKEN)
  // The codes of the closed set have words of their own, and headers have slashes.
  expect(answer.body.replace(/failed: [a-z0-9_]+/g, '')).not.toMatch(DRIVER)
}

const { user, password, host, database, query } = WORDS
const odd: [situation: string, env: Record<string, string>][] = [
  ['hosts that do not exist', { DATABASE_URL: `postgres://${user}:${password}@${host}.invalid/${database}`, REDIS_URL: `redis://${user}:${password}@${host}.invalid`, WORKER_CALLBACK_URL: `http://${user}:${password}@${host}.invalid/${query}` }],
  ['a password with an at sign that is not escaped', { DATABASE_URL: `postgres://${user}:${password}@x@127.0.0.1:1/${database}`, REDIS_URL: `redis://:${password}@x@127.0.0.1:1`, WORKER_CALLBACK_URL: `http://${user}:${password}@x@127.0.0.1:1` }],
  ['a password with a slash, a hash and a question mark', { DATABASE_URL: `postgres://${user}:${password}/#?@127.0.0.1:1/${database}`, REDIS_URL: `redis://:${password}/#?@127.0.0.1:1`, WORKER_CALLBACK_URL: `http://${user}:${password}/#?@127.0.0.1:1` }],
  ['a password with a broken escape', { DATABASE_URL: `postgres://${user}:${password}%zz@127.0.0.1:1/${database}`, REDIS_URL: `redis://:${password}%zz@127.0.0.1:1`, WORKER_CALLBACK_URL: `http://${user}:${password}%zz@127.0.0.1:1` }],
  ['a password with an escape that is no UTF-8', { DATABASE_URL: `postgres://${user}:${password}%ff%fe@127.0.0.1:1/${database}`, REDIS_URL: `redis://:${password}%ff@127.0.0.1:1`, WORKER_CALLBACK_URL: `http://${user}:${password}%ff@127.0.0.1:1` }],
  ['line breaks in it', { DATABASE_URL: `postgres://${user}:${password}\r\nX-${query}: 1@127.0.0.1:1/${database}`, REDIS_URL: `redis://:${password}\r\nX@127.0.0.1:1`, WORKER_CALLBACK_URL: `http://127.0.0.1:1/\r\nX-${query}: 1` }],
  ['escaped line breaks and a nul in it', { DATABASE_URL: `postgres://${user}%00:${password}%0d%0a@127.0.0.1:1/${database}`, REDIS_URL: `redis://:${password}%0d%0aFLUSHALL@127.0.0.1:1`, WORKER_CALLBACK_URL: `http://127.0.0.1:1/%0d%0aX-${query}` }],
  ['a port that is no number', { DATABASE_URL: `postgres://${user}:${password}@${host}:${query}/${database}`, REDIS_URL: `redis://:${password}@${host}:${query}`, WORKER_CALLBACK_URL: `http://${user}:${password}@${host}:${query}` }],
  ['a scheme of its own', { DATABASE_URL: `${query}://${user}:${password}@${host}/${database}`, REDIS_URL: `${query}://:${password}@${host}`, WORKER_CALLBACK_URL: `${query}://${user}:${password}@${host}` }],
  ['no scheme', { DATABASE_URL: `${user}:${password}@${host}/${database}`, REDIS_URL: `${user}:${password}@${host}`, WORKER_CALLBACK_URL: `${host}/${query}` }],
  ['key and value instead of a URL', { DATABASE_URL: `host=${host} user=${user} password=${password} dbname=${database}`, REDIS_URL: `host=${host},password=${password}`, WORKER_CALLBACK_URL: `//${host}` }],
  ['credentials in the query', { DATABASE_URL: `postgres://127.0.0.1:1/?user=${user}&password=${password}&dbname=${database}&${query}=1`, REDIS_URL: `redis://127.0.0.1:1/?user=${user}&password=${password}`, WORKER_CALLBACK_URL: `http://127.0.0.1:1/?token=${password}` }],
  ['Unix sockets that do not exist', { DATABASE_URL: `postgres://${user}:${password}@/${database}?host=/nonexistent/${host}`, REDIS_URL: `unix:///nonexistent/${host}.sock?pass=${password}`, WORKER_CALLBACK_URL: `http://127.0.0.1:1/${query}` }],
  ['several hosts', { DATABASE_URL: `postgres://${user}:${password}@127.0.0.1:1,127.0.0.1:2/${database}`, REDIS_URL: `redis://:${password}@127.0.0.1:1,127.0.0.1:2`, WORKER_CALLBACK_URL: `http://127.0.0.1:1,127.0.0.1:2` }],
  ['an address of version 6', { DATABASE_URL: `postgres://${user}:${password}@[::1]:1/${database}`, REDIS_URL: `redis://:${password}@[::1]:1`, WORKER_CALLBACK_URL: `http://${user}:${password}@[::1]:1` }],
  ['a broken address of version 6', { DATABASE_URL: `postgres://${user}:${password}@[::${host}]/${database}`, REDIS_URL: `redis://:${password}@[::${host}]`, WORKER_CALLBACK_URL: `http://[::${host}]` }],
  ['letters beyond ASCII', { DATABASE_URL: `postgres://${user}:${password}ß🦀@127.0.0.1:1/${database}é`, REDIS_URL: `redis://:${password}🦀@127.0.0.1:1`, WORKER_CALLBACK_URL: `http://127.0.0.1:1/${query}🦀` }],
  ['100 KiB', { DATABASE_URL: `postgres://${user}:${password.repeat(10_000)}@127.0.0.1:1/${database}`, REDIS_URL: `redis://:${password.repeat(10_000)}@127.0.0.1:1`, WORKER_CALLBACK_URL: `http://127.0.0.1:1/${query.repeat(10_000)}` }],
  ['a CA file that is not there', { DATABASE_URL: `postgres://${user}:${password}@127.0.0.1:1/${database}?sslmode=verify-full&sslrootcert=/nonexistent/${host}.pem`, REDIS_URL: `rediss://:${password}@127.0.0.1:1`, WORKER_CALLBACK_URL: `https://127.0.0.1:1`, NODE_EXTRA_CA_CERTS: `/nonexistent/${host}.pem` }],
]

describe('HTTP answers speak of no credential, host, database or driver', () => {
  it.each(odd)('when the URLs have %s', async (_situation, env) => {
    setEnvironment({ ROS_MODE: 'LIVE', ...env })
    for (const details of [false, true]) {
      const web = await listening({ timeoutMs: 800, details })
      const answer = await get(web, '/health/ready')
      expect(answer.status).toBe(503)
      expect(Object.keys(JSON.parse(answer.body).checks)).toEqual(['db', 'redis', 'worker'])
      expectSpeechless(answer)
      expect((await get(web, '/health')).body).not.toMatch(SPOKEN)
      web.closeAllConnections()
      web.close()
    }
  })

  it('when real servers refuse the credentials, with words of their own', async () => {
    setEnvironment({
      ROS_MODE: 'LIVE',
      DATABASE_URL: postgres.url().replace('ros:', `${user}:`),
      REDIS_URL: redis.url.replace(`:${password}@`, `${user}:${password}@`),
      WORKER_CALLBACK_URL: `http://${user}:${password}@127.0.0.1:${await freePort()}`,
    })
    const web = await listening({ details: true })
    const answer = await get(web, '/health/ready')
    expect(JSON.parse(answer.body).checks).toEqual({ db: 'failed: auth_failed', redis: 'failed: auth_failed', worker: 'failed: connection_refused' })
    expectSpeechless(answer)
    web.closeAllConnections()
    web.close()
  })

  it('when a server answers with text that holds the credentials', async () => {
    const echo = await startRawServer(answerOnce(`-ERR ${user} ${password} ${host} <script>\r\n`))
    setEnvironment({ ROS_MODE: 'LIVE', DATABASE_URL: `postgres://${user}:${password}@127.0.0.1:${echo.port}/${database}`, REDIS_URL: `redis://:${password}@127.0.0.1:${echo.port}`, WORKER_CALLBACK_URL: `http://127.0.0.1:${echo.port}/${query}` })
    const web = await listening({ details: true, timeoutMs: 500 })
    expectSpeechless(await get(web, '/health/ready'))
    web.closeAllConnections()
    web.close()
    await echo.stop()
  })

  it('when a pool and a check of the program reject with them', async () => {
    setEnvironment({ ROS_MODE: 'LIVE' })
    const rejects = (): Promise<never> => Promise.reject(Object.assign(new Error(`${user}:${password}@${host}`), { code: `E${password}` }))
    const readiness = createReadiness({ db: { query: rejects }, redis: false, worker: false, checks: { custom: rejects } })
    const web = await listening({ readiness, details: true })
    const answer = await get(web, '/health/ready')
    expect(JSON.parse(answer.body).checks).toEqual({ db: 'failed: error', custom: 'failed: error' })
    expectSpeechless(answer)
    web.closeAllConnections()
    web.close()
    await readiness.close()
  })
})

describe('what the process writes', () => {
  it('holds no password, whatever the URLs hold and however they fail', async () => {
    const child = await startReadinessChild({ ROS_MODE: 'LIVE', LOG_LEVEL: 'debug', RUST_LOG: 'trace', RUST_BACKTRACE: '1', NODE_DEBUG: '' })
    for (const [, env] of odd) {
      await child.ask({ op: 'env', set: { NODE_EXTRA_CA_CERTS: null, ...env } })
      await child.ask({ op: 'once', options: { timeoutMs: 500 } })
    }
    await child.ask({ op: 'env', set: { DATABASE_URL: postgres.url().replace('ros:', `${user}:`), REDIS_URL: redis.url.replace(`:${password}@`, `${user}:${password}@`) } })
    await child.ask({ op: 'once', options: { timeoutMs: 500 } })
    await child.stop()
    expect(child.program.output()).not.toContain(password)
  })
})
