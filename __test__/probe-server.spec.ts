import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createReadiness, getTelemetry, startProbeServer } from '../index.js'
import { get } from './support/http.ts'
import { freePort } from './support/ports.ts'
import { type ProbeChild, startProbe } from './support/probe.ts'
import { setEnvironment } from './support/readiness.ts'
import { startWorker, status } from './support/worker.ts'

const NOTHING = { db: false, redis: false, worker: false } as const
const closing: (() => Promise<unknown>)[] = []

beforeEach(() => {
  setEnvironment({ ROS_MODE: 'LIVE' })
  delete process.env.PROBE_PORT
  delete process.env.PROBE_HOST
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function serve(options: Parameters<typeof createReadiness>[0] = {}, probe: Parameters<typeof startProbeServer>[0] = {}) {
  const readiness = createReadiness({ ...NOTHING, cacheMs: 0, ...options })
  const server = await startProbeServer({ port: 0, readiness, ...probe })
  closing.push(() => readiness.close(), () => server.close())
  return { readiness, server, get: (path: string, how?: Parameters<typeof get>[2]) => get(server.port, path, how) }
}

async function child(...args: Parameters<typeof startProbe>): Promise<ProbeChild> {
  const started = await startProbe(...args)
  closing.push(() => started.stop())
  return started
}

describe('a probe server', () => {
  it('answers GET /health without touching a dependency', async () => {
    const { get } = await serve({ service: 'orchestrator', version: '2.3.4' })
    const { status, headers, body } = await get('/health?verbose')
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'application/json; charset=utf-8', 'no-store'])
    expect(headers.date).toBeDefined()
    expect(JSON.parse(body)).toEqual({
      status: 'healthy',
      service: 'orchestrator',
      version: '2.3.4',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      governanceMode: 'LIVE',
      mode: { ros_mode: 'LIVE', no_network: false, mock_only: false },
    })
  })

  it('answers GET /health/ready with the report: 200, and 503 when a check fails or the process drains', async () => {
    const answers = [status(200), status(503)]
    const worker = await startWorker((request, response) => answers[0]!(request, response))
    closing.push(() => worker.stop())
    const { get, readiness } = await serve({ worker: worker.url })
    const mode = { ros_mode: 'LIVE', no_network: false, mock_only: false }
    const ready = async () => {
      const answer = await get('/health/ready')
      return [answer.status, JSON.parse(answer.body)]
    }
    expect(await ready()).toEqual([200, { status: 'ready', checks: { worker: 'ok' }, mode }])
    answers.shift()
    expect(await ready()).toEqual([503, { status: 'not_ready', checks: { worker: 'failed: http_503' }, mode }])
    readiness.drain()
    expect(await ready()).toEqual([503, { status: 'draining', checks: { worker: 'failed: http_503' }, mode }])
  })

  it('drains at once, also what it has cached', async () => {
    const { get, readiness } = await serve({ cacheMs: 60_000 })
    expect((await get('/health/ready')).status).toBe(200)
    readiness.drain()
    expect((await get('/health/ready')).status).toBe(503)
  })

  it('serves what it has cached to GET and HEAD alike, and nothing of it once the mode is another', async () => {
    const { get } = await serve({ cacheMs: 60_000 })
    const first = await get('/health/ready')
    const head = await get('/health/ready', { method: 'HEAD' })
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', `${first.body.length}`])
    const again = await get('/health/ready')
    expect([again.status, again.body, again.headers['cache-control']]).toEqual([200, first.body, 'no-store'])
    process.env.ROS_MODE = 'STANDBY'
    await expect.poll(async () => JSON.parse((await get('/health/ready')).body).status, { timeout: 1_000 }).toBe('standby')
  })

  it('answers 200 standby in STANDBY', async () => {
    const { get } = await serve()
    process.env.ROS_MODE = 'STANDBY'
    await expect.poll(async () => JSON.parse((await get('/health/ready')).body).status, { timeout: 1_000 }).toBe('standby')
    expect((await get('/health/ready')).status).toBe(200)
  })

  it('follows a URL that changes in the environment', async () => {
    const worker = await startWorker()
    closing.push(() => worker.stop())
    const readiness = createReadiness({ db: false, redis: false, cacheMs: 0 })
    const server = await startProbeServer({ port: 0, readiness })
    closing.push(() => readiness.close(), () => server.close())
    const outcome = async () => JSON.parse((await get(server.port, '/health/ready')).body).checks.worker
    expect(await outcome()).toBe('failed: not_configured')
    process.env.WORKER_CALLBACK_URL = worker.url
    await expect.poll(outcome, { timeout: 1_000 }).toBe('ok')
  })

  it.each([
    [undefined, 'text/plain; version=0.0.4; charset=utf-8'],
    ['*/*', 'text/plain; version=0.0.4; charset=utf-8'],
    ['application/openmetrics-text;version=1.0.0,text/plain;q=0.5', 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
    ['application/json', 'application/json; charset=utf-8'],
  ])('answers GET /metrics that accepts %s with %s', async (accept, type) => {
    const { get } = await serve()
    const { status, headers, body } = await get('/metrics', accept === undefined ? {} : { headers: { accept } })
    expect([status, headers['content-type'], headers.vary, headers['cache-control']]).toEqual([200, type, 'Accept', 'no-store'])
    if (type.includes('json')) {
      const { telemetry, ...rest } = getTelemetry().getMetrics()
      expect(JSON.parse(body)).toEqual({ ...rest, telemetry: { ...telemetry, collected_at: expect.any(String), uptime_seconds: expect.any(Number) } })
    } else {
      expect(body).toContain('researchflow_mode{mode="LIVE"} 1\n')
    }
  })

  it('takes ?format= and refuses one that there is not', async () => {
    const { get } = await serve()
    expect((await get('/metrics?format=openmetrics')).body).toMatch(/# EOF\n$/)
    const refused = await get('/metrics?format=xml')
    expect([refused.status, refused.body]).toEqual([400, '{"error":"format: expected json, prometheus or openmetrics"}'])
  })

  it.each(['/health', '/health/ready', '/metrics', '/status'])('answers HEAD %s as GET, without the body', async (path) => {
    const { get } = await serve()
    const head = await get(path, { method: 'HEAD' })
    const full = await get(path)
    expect([head.status, head.body]).toEqual([full.status, ''])
    expect(head.headers['content-type']).toBe(full.headers['content-type'])
    expect(Number(head.headers['content-length'])).toBeGreaterThan(0)
  })

  it.each(['/', '/healthz', '/health/', '/api/health', '/Health', '/metrics/x', '/%68ealth', '/health/../status', '//status'])('answers 404 to %s', async (path) => {
    const { get } = await serve()
    const { status, headers } = await get(path)
    expect([status, headers['cache-control']]).toEqual([404, 'no-store'])
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])('answers 405 to %s', async (method) => {
    const { get } = await serve()
    for (const path of ['/health', '/health/ready', '/metrics', '/status']) {
      const { status, headers } = await get(path, { method })
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD'])
    }
  })

  it('keeps a connection between requests', async () => {
    const { server } = await serve()
    const { headers } = await fetch(`http://127.0.0.1:${server.port}/health`)
    expect(headers.get('connection')).not.toBe('close')
  })
})

describe('options of a probe server', () => {
  it.each([
    ['a port of another kind', { port: '9464' }, TypeError, 'RF_CONFIG_PORT'],
    ['a port that is null', { port: null }, TypeError, 'RF_CONFIG_PORT'],
    ['a port out of range', { port: 65_536 }, RangeError, 'RF_CONFIG_PORT'],
    ['a host that is a name', { host: 'secret.example.org' }, TypeError, 'RF_CONFIG_HOST'],
    ['a host with a zone', { host: 'fe80::1%eth0' }, TypeError, 'RF_CONFIG_HOST'],
    ['a readiness that is none', { readiness: {} }, TypeError, 'RF_CONFIG_READINESS'],
    ['a lag of nothing', { maxLoopLagMs: 0 }, RangeError, 'RF_CONFIG_MAX_LOOP_LAG_MS'],
    ['an unknown key', { prot: 1 }, TypeError, 'RF_CONFIG_UNKNOWN_OPTION'],
    ['no object', 9464, TypeError, 'RF_CONFIG_OPTIONS'],
  ])('are refused: %s', async (_name, options, kind, code) => {
    const error = await startProbeServer(options as never).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(kind)
    expect(error).toMatchObject({ code })
    expect((error as Error).message).not.toMatch(/secret|9464|65536/)
  })

  it.each([['PROBE_PORT', 'http'], ['PROBE_PORT', '70000'], ['PROBE_PORT', '-1'], ['PROBE_HOST', 'secret.example.org']])('of the environment are refused: %s=%s', async (name, value) => {
    process.env[name] = value
    const error = await startProbeServer({ readiness: createReadiness(NOTHING) }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: `RF_CONFIG_${name}` })
    expect((error as Error).message).not.toContain(value)
  })

  it('come from PROBE_PORT and PROBE_HOST where they are left out', async () => {
    const port = await freePort()
    process.env.PROBE_PORT = String(port)
    process.env.PROBE_HOST = '::1'
    const { server } = await serve({}, { port: undefined })
    expect(server.port).toBe(port)
    expect((await fetch(`http://[::1]:${port}/health`)).status).toBe(200)
    await expect(get(port, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

it('of a worker thread watches the main loop once the main thread loads the package', () => {
  const script = join(import.meta.dirname, 'fixtures', 'probe-in-worker.mjs')
  const { stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8', env: { PATH: process.env.PATH, ROS_MODE: 'LIVE', LOG_LEVEL: 'silent' }, timeout: 30_000 })
  expect(stdout).toBe('200 503\n')
})

describe('a port that cannot be listened on', () => {
  it('is told by the system’s code, with what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    const error = await startProbeServer({ port, readiness: createReadiness(NOTHING) }).catch((reason: unknown) => reason as Error)
    taken.close()
    expect(error).toMatchObject({ code: 'EADDRINUSE', syscall: 'listen', message: 'startProbeServer: cannot listen: the port is taken; choose another by `port` or PROBE_PORT (EADDRINUSE)' })
    await expect(startProbeServer({ port: 0, host: '192.0.2.1', readiness: createReadiness(NOTHING) })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
  })

  it('is told when no more files may be open, and a later start succeeds', async () => {
    const code = `
      const { createReadiness, startProbeServer } = require(${JSON.stringify(join(import.meta.dirname, '..', 'index.js'))})
      const { openSync, closeSync } = require('node:fs')
      const nothing = { db: false, redis: false, worker: false }
      const open = []
      const fill = () => {
        try {
          for (;;) open.push(openSync('/dev/null'))
        } catch {}
      }
      const free = () => open.splice(0).forEach((descriptor) => closeSync(descriptor))
      async function main() {
        fill()
        try {
          createReadiness(nothing)
        } catch (error) {
          console.log(error.message)
        }
        free()
        const readiness = createReadiness(nothing)
        fill()
        await startProbeServer({ port: 0, readiness }).catch(({ code, message }) => console.log(code, message))
        free()
        const { port } = await startProbeServer({ port: 0, readiness })
        console.log((await fetch('http://127.0.0.1:' + port + '/health/ready')).status)
        process.exit()
      }
      main()`
    const { stdout } = spawnSync('sh', ['-c', 'ulimit -n 64; exec "$0" -e "$1"', process.execPath, code], { encoding: 'utf8', env: { PATH: process.env.PATH, ROS_MODE: 'LIVE', LOG_LEVEL: 'silent' }, timeout: 10_000 })
    expect(stdout.split('\n')).toEqual([
      'the checks cannot run: the system refused it (EMFILE)',
      'EMFILE startProbeServer: cannot listen: the process has as many files and sockets open as it may; raise its limit (ulimit -n), or find what does not close them (EMFILE)',
      '200',
      '',
    ])
  })

  it('is free again when the start fails after it was taken', async () => {
    // What another version of the package, loaded beside this one, may have left there.
    const code = `
      globalThis[Symbol.for('researchflow.egress-guard')] = null
      const { startProbeServer } = require(${JSON.stringify(join(import.meta.dirname, '..', 'index.js'))})
      const { readFileSync } = require('node:fs')
      const taken = () => readFileSync('/proc/net/tcp', 'utf8').includes(':' + Number(process.env.PROBE_PORT).toString(16).toUpperCase().padStart(4, '0') + ' 00000000:0000 0A')
      startProbeServer().catch((error) => console.log(error.name, taken()))`
    const { stdout } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', env: { PATH: process.env.PATH, PROBE_PORT: String(await freePort()), LOG_LEVEL: 'silent' }, timeout: 10_000 })
    expect(stdout).toBe('TypeError false\n')
  })

  it('is free again when the server has closed, and closing twice is closing once', async () => {
    const { server } = await serve()
    const again = server.close()
    expect(server.close()).toBe(again)
    await again
    await expect(get(server.port, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    const { server: next } = await serve({}, { port: server.port })
    expect(next.port).toBe(server.port)
  })
})

describe('the life of a probe server', () => {
  const index = join(import.meta.dirname, '..', 'index.js')

  it('keeps no process alive', () => {
    const code = `require(${JSON.stringify(index)}).startProbeServer({ port: 0 }).then(() => console.log('up'))`
    const { status, stdout, signal } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', timeout: 10_000 })
    expect({ status, stdout, signal }).toEqual({ status: 0, stdout: 'up\n', signal: null })
  })

  it('goes on though nobody keeps what was returned', async () => {
    const { ask, port } = await child()
    await ask({ op: 'crawl', ms: 300, turnMs: 20 })
    expect((await get(port, '/health')).status).toBe(200)
  })

  it('ends with the worker thread that started it, and the others go on', async () => {
    const { ask, port } = await child()
    expect(await ask({ op: 'thread' })).toEqual({ status: 200, after: 'refused' })
    expect((await get(port, '/health')).status).toBe(200)
  })

  it('answers under both levels of the egress guard, and the page says which', async () => {
    for (const enforce of ['process', 'kernel']) {
      const { ask, get } = await child({ env: { ROS_MODE: 'STANDBY' } })
      expect(await ask({ op: 'guard', options: { enforce } })).toBe(enforce)
      for (const path of ['/health', '/health/ready', '/metrics']) expect((await get(path)).status).toBe(200)
      await expect.poll(async () => (await get('/status')).body, { timeout: 2_000 }).toContain(`level ${enforce}`)
    }
  })

  it('does not end by exiting while requests are open', async () => {
    const { ask, port, program, get } = await child({ options: { checks: {}, timeoutMs: 5_000, cacheMs: 0 } })
    await get('/health/ready')
    await ask({ op: 'queue', state: 'slow' })
    const open = Array.from({ length: 8 }, () => get('/health/ready').catch((error: NodeJS.ErrnoException) => error.code))
    await sleep(200)
    program.child.stdin!.end()
    expect(await program.exited).toEqual({ code: 0, signal: null })
    expect(new Set(await Promise.all(open))).toEqual(new Set(['ECONNRESET']))
    await expect(get(`/health?${port}`)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
