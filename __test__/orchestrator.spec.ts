import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { get } from './support/http.ts'
import { bearer, JWT_SECRET } from './support/identity.ts'
import { freePort } from './support/ports.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { type Program, startProgram } from './support/process.ts'
import { type Redis, startRedis } from './support/redis.ts'
import { tempDirectory } from './support/temp.ts'
import { startFastApiWorker } from './support/worker.ts'

const FOLDER = join(import.meta.dirname, '..', 'stack', 'services', 'orchestrator')
const READY = '{"status":"ready","checks":{"db":"ok","redis":"ok","worker":"ok"},"mode":{"ros_mode":"LIVE","no_network":false,"mock_only":false}}'
const STANDBY = '{"status":"standby","checks":{"db":"ok","redis":"ok","worker":"ok"},"mode":{"ros_mode":"STANDBY","no_network":false,"mock_only":false}}'

let postgres: Postgres
let redis: Redis
let worker: { url: string; stop(): Promise<void> }
const programs: Program[] = []

beforeAll(async () => {
  ;[postgres, redis, worker] = await Promise.all([startPostgres(), startRedis({ password: 'redis-secret' }), startFastApiWorker()])
})

afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.stop('SIGKILL')))
})

afterAll(async () => {
  await Promise.all([postgres?.stop(), redis?.stop(), worker?.stop()])
})

describe('the orchestrator in LIVE', () => {
  it('answers /health/ready and its alias with the three checks and the mode, byte for byte', async () => {
    const { url } = await startOrchestrator()
    for (const path of ['/health/ready', '/api/health/ready']) {
      const answer = await fetch(url + path)
      expect(await answer.text()).toBe(READY)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
  })

  it('answers /health and its alias without a look at its dependencies', async () => {
    const { url } = await startOrchestrator({ DATABASE_URL: '', REDIS_URL: '', WORKER_CALLBACK_URL: '' })
    for (const path of ['/health', '/api/health']) {
      const answer = await fetch(url + path)
      expect(answer.status).toBe(200)
      expect(await answer.json()).toEqual({
        status: 'healthy',
        service: 'orchestrator',
        version: '0.1.0',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        governanceMode: 'LIVE',
        mode: { ros_mode: 'LIVE', no_network: false, mock_only: false },
      })
    }
    expect(await json(url, '/health/ready')).toEqual({
      status: 503,
      body: {
        status: 'not_ready',
        checks: { db: 'failed: not_configured', redis: 'failed: not_configured', worker: 'failed: not_configured' },
        mode: { ros_mode: 'LIVE', no_network: false, mock_only: false },
      },
    })
  })

  it('turns to 503 while Redis is gone and back to 200 by itself', async () => {
    const { url } = await startOrchestrator()
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    await redis.kill()
    try {
      await eventually(3_000, async () => {
        const { status, body } = await json(url, '/health/ready')
        expect(status).toBe(503)
        expect(body).toMatchObject({ status: 'not_ready', checks: { db: 'ok', redis: 'failed: connection_refused', worker: 'ok' } })
      })
    } finally {
      await redis.restart()
    }
    await eventually(3_000, async () => expect(await (await fetch(`${url}/health/ready`)).text()).toBe(READY))
  })

  it('says its status, configuration and governance mode', async () => {
    const { url } = await startOrchestrator()
    expect((await json(url, '/api/status')).body).toMatchObject({ service: 'orchestrator', status: 'running', mode: 'LIVE', networkAllowed: true, blockReason: null })
    expect((await json(url, '/api/governance/mode')).body).toEqual({ mode: 'LIVE' })
    expect((await json(url, '/api/config')).body).toEqual({
      mode: 'LIVE',
      requiresAuth: true,
      allowsRealAI: true,
      allowsRealData: true,
      allowsExport: true,
      noNetwork: false,
      mockOnly: false,
      allowUploads: false,
      strictPhiOnUpload: true,
    })
    expect((await json(url, '/api/governance/config')).body).toMatchObject({ mode: 'LIVE', source: 'ROS_MODE', networkAllowed: true, blockReason: null, warnings: [] })
  })

  it('keeps projects in Postgres for callers who come with an identity', async () => {
    const { url } = await startOrchestrator()
    expect((await json(url, '/api/projects')).status).toBe(401)
    expect((await json(url, '/api/projects', post({ name: 'Cohort' }, {}))).status).toBe(401)

    const created = await json(url, '/api/projects', post({ name: 'Cohort', description: 'retrospective' }))
    expect(created.status).toBe(201)
    expect(created.body).toEqual({
      project: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: 'Cohort',
        description: 'retrospective',
        status: 'active',
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
    })
    const listed = await json(url, '/api/projects', { headers: bearer() })
    expect(listed.body.projects).toContainEqual(created.body.project)
  })

  it('refuses a project whose name or description is none', async () => {
    const { url } = await startOrchestrator()
    const wrong = [{ description: 'x' }, { name: '' }, { name: 'x'.repeat(256) }, { name: 'a\0b' }, { name: 1 }, { name: 'x', description: 1 }, null, []]
    for (const body of wrong) {
      expect([body, await json(url, '/api/projects', post(body))]).toMatchObject([body, { status: 400, body: { code: expect.stringMatching(/^INVALID_(PROJECT|REQUEST)$/) } }])
    }
  })

  it('says that no AI provider is configured, where DEMO answers with a sample', async () => {
    const live = await startOrchestrator()
    expect(await json(live.url, '/api/ros/ai/generate', post({}))).toMatchObject({ status: 501, body: { code: 'AI_PROVIDER_NOT_CONFIGURED', _meta: { mode: 'LIVE' } } })
    const demo = await startOrchestrator({ ROS_MODE: 'DEMO' })
    expect(await json(demo.url, '/api/ros/ai/generate', post({}))).toMatchObject({ status: 200, body: { mode: 'DEMO', mockResponse: true } })
  })

  it('answers junk with a code and none of its text', async () => {
    const { url } = await startOrchestrator()
    const answer = await json(url, '/api/projects', { ...post({}), body: '{"ssn":"078-05-1120"' })
    expect(answer).toEqual({ status: 400, body: { error: 'Invalid request', code: 'INVALID_REQUEST' } })
    expect(await json(url, '/nowhere')).toEqual({ status: 404, body: { error: 'Not found', code: 'NOT_FOUND' } })
  })
})

describe('the orchestrator in STANDBY', () => {
  it('reads status and configuration, and refuses all else with 503', async () => {
    const { url } = await startOrchestrator({ ROS_MODE: 'STANDBY' })
    const allowed = ['/health', '/api/health', '/health/ready', '/api/health/ready', '/status', '/api/status', '/api/config', '/api/governance/mode', '/api/governance/config']
    for (const method of ['GET', 'HEAD']) {
      for (const path of allowed) {
        expect([method, path, (await fetch(url + path, { method })).status]).toEqual([method, path, 200])
      }
    }
    expect(await (await fetch(`${url}/health/ready`)).text()).toBe(STANDBY)

    const refused = [
      ...['/', '/api/projects', '/api/ros/ai/generate', '/api', '/healthz', '/api/statuses', '/nowhere'].map((path) => ['GET', path]),
      ...['/api/projects', '/api/ros/ai/generate', ...allowed].map((path) => ['POST', path]),
      ...['PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [method, '/api/config']),
    ]
    for (const [method, path] of refused) {
      const answer = await json(url, path!, { method: method!, headers: bearer() })
      expect([method, path, answer.status]).toEqual([method, path, 503])
      expect(answer.body).toMatchObject({ error: 'System in STANDBY mode', mode: 'STANDBY' })
    }
  })

  it('says what is wrong with a mode that is no word, and not what it was', async () => {
    const { url } = await startOrchestrator({ ROS_MODE: 'zebra' })
    const { body } = await json(url, '/api/governance/config')
    expect(body).toMatchObject({ mode: 'STANDBY', warnings: [expect.stringContaining('ROS_MODE: expected DEMO, LIVE or STANDBY')] })
    expect(JSON.stringify(body)).not.toContain('zebra')
  })

  it('hands out no projects under another spelling of their path', async () => {
    const { port } = await startOrchestrator({ ROS_MODE: 'STANDBY' })
    for (const path of ['/api/status/../projects', '/api/status/..%2fprojects', '//api/projects', '/api//projects', '/API/Projects', '/api/projects/']) {
      expect([path, (await get(port, path)).status]).toEqual([path, 503])
    }
  })

  it('follows ROS_MODE_FILE within a second, both ways, and stays ready', async () => {
    const folder = tempDirectory('mode')
    const file = join(folder, 'ROS_MODE')
    const put = (mode: string): void => {
      writeFileSync(`${file}.next`, mode)
      renameSync(`${file}.next`, file)
    }
    put('LIVE\n')
    const { url, program } = await startOrchestrator({ ROS_MODE: 'LIVE', ROS_MODE_FILE: file })
    expect(await (await fetch(`${url}/health/ready`)).text()).toBe(READY)
    expect((await json(url, '/api/projects', post({ name: 'before' }))).status).toBe(201)

    put('STANDBY\n')
    await eventually(1_000, async () => expect((await json(url, '/api/projects', post({ name: 'after' }))).status).toBe(503))
    const standby = await fetch(`${url}/health/ready`)
    expect([standby.status, await standby.text()]).toEqual([200, STANDBY])
    await eventually(1_000, async () => expect(program.output()).toContain('"message":"mode changed","module":"orchestrator","context":{"from":"LIVE","to":"STANDBY","source":"file"}'))

    put('LIVE\n')
    await eventually(1_000, async () => expect((await json(url, '/api/governance/mode')).body).toEqual({ mode: 'LIVE' }))
    expect(await (await fetch(`${url}/health/ready`)).text()).toBe(READY)
    expect(program.hasExited()).toBe(false)
  })
})

describe('the end of the orchestrator', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('on %s it drains: readiness is 503 at once, the open request is answered, it exits with 0', async (signal) => {
    const { url, port, program } = await startOrchestrator({ DRAIN_MS: '1500' })
    await fetch(`${url}/health/ready`)
    const open = await slowProject(port, 'finished while draining')

    process.kill(program.pid, signal)
    await eventually(1_000, async () => expect(await json(url, '/health/ready')).toMatchObject({ status: 503, body: { status: 'draining' } }))
    expect((await json(url, '/health')).status).toBe(200)
    expect((await json(url, '/api/status')).body.status).toBe('draining')

    await eventually(4_000, () => expect(fetch(`${url}/health`, { headers: { connection: 'close' } })).rejects.toThrow('fetch failed'))
    expect(program.hasExited()).toBe(false)
    expect((await open.finish()).status).toBe(201)
    expect(await program.exited).toEqual({ code: 0, signal: null })
  })

  it.each([
    ['outside Kubernetes it does not wait', {}, 0],
    ['in a pod it serves on for five seconds', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, 5_000],
    ['in a pod too DRAIN_MS decides', { KUBERNETES_SERVICE_HOST: '10.0.0.1', DRAIN_MS: '0' }, 0],
  ])('%s after SIGTERM', async (_what, env, drainMs) => {
    const { program } = await startOrchestrator(env)
    expect(program.output()).toContain(`"drainMs":${drainMs}}}`)
  })

  it('is not held up by idle keep-alive connections', async () => {
    const { url, program } = await startOrchestrator()
    await Promise.all(Array.from({ length: 5 }, async () => (await fetch(`${url}/health`)).text()))
    const began = performance.now()
    process.kill(program.pid, 'SIGTERM')
    expect(await program.exited).toEqual({ code: 0, signal: null })
    expect(performance.now() - began).toBeLessThan(3_000)
  })

  it('cuts off a request that never ends after ten seconds, with exit code 1', async () => {
    const { port, program } = await startOrchestrator()
    const open = await slowProject(port, 'never finished')
    const began = performance.now()
    process.kill(program.pid, 'SIGTERM')
    expect(await program.exited).toEqual({ code: 1, signal: null })
    expect(performance.now() - began).toBeGreaterThan(9_500)
    expect(performance.now() - began).toBeLessThan(11_500)
    await expect(open.finish()).rejects.toThrow(/ECONNRESET|EPIPE|hang up/)
  })

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '65536'],
    ['DRAIN_MS', '-777'],
  ])('does not start with %s=%s and says which setting, not its value', async (name, value) => {
    const program = await orchestrator({ [name]: value })
    expect(await program.exited).toEqual({ code: 1, signal: null })
    expect(program.output()).toContain(`"reason":"${name} must be a whole number from 0 to`)
    expect(program.output()).not.toContain(value)
  })

  it('does not start on a port that is taken', async () => {
    const port = await freePort()
    const holder = createServer().listen(port, '127.0.0.1')
    try {
      const program = await orchestrator({ PORT: String(port) })
      expect(await program.exited).toEqual({ code: 1, signal: null })
      expect(program.output()).toContain('"code":"EADDRINUSE"')
    } finally {
      holder.close()
    }
  })
})

it('writes one JSON object a line and no part of a URL, whatever fails', async () => {
  const { url, program } = await startOrchestrator({
    DATABASE_URL: `postgres://dbuser:dbpassword@127.0.0.1:${postgres.port}/dbname`,
    REDIS_URL: `redis://redisuser:redispassword@127.0.0.1:${redis.port}`,
    WORKER_CALLBACK_URL: `http://workeruser:workerpassword@127.0.0.1:${await freePort()}`,
  })
  const answers = [
    await json(url, '/health/ready'),
    await json(url, '/api/projects', { headers: bearer() }),
    await json(url, '/api/projects', post({ name: 'someproject' }, bearer())),
  ]
  expect(answers[0]!.body.checks).toEqual({ db: 'failed: auth_failed', redis: 'failed: auth_failed', worker: 'failed: connection_refused' })
  expect(answers.slice(1).map(({ status, body }) => [status, body.code])).toEqual([
    [503, 'DATABASE_UNAVAILABLE'],
    [503, 'DATABASE_UNAVAILABLE'],
  ])
  await program.stop('SIGTERM')

  const lines = program.output().trim().split('\n').map((line) => JSON.parse(line))
  expect(lines.filter(({ module }) => module === 'orchestrator').map(({ message }) => message)).toEqual(['listening', 'database query failed', 'database query failed', 'draining', 'stopped'])
  const everything = program.output() + JSON.stringify(answers)
  for (const secret of ['dbuser', 'dbpassword', 'dbname', 'redisuser', 'redispassword', 'workeruser', 'workerpassword', JWT_SECRET, 'eyJ', 'user-1', 'someproject', String(postgres.port), String(redis.port)]) {
    expect(everything).not.toContain(secret)
  }
})

/** Runs index.ts as ResearchFlow does; an empty value takes the variable away. */
async function orchestrator(env: Record<string, string> = {}, ready?: RegExp): Promise<Program> {
  const defaults = { LOG_FORMAT: 'json', PORT: '0', HOST: '127.0.0.1', ROS_MODE: 'LIVE', JWT_SECRET, DATABASE_URL: postgres.url(), REDIS_URL: redis.url, WORKER_CALLBACK_URL: worker.url }
  const wanted = Object.entries({ PATH: process.env.PATH, TSX_DISABLE_CACHE: '1', ...defaults, ...env }).filter(([, value]) => value !== '')
  const program = await startProgram(process.execPath, {
    args: ['--import', 'tsx', 'index.ts'],
    cwd: FOLDER,
    env: Object.fromEntries(wanted),
    ...(ready === undefined ? {} : { ready }),
  })
  programs.push(program)
  return program
}

async function startOrchestrator(env?: Record<string, string>): Promise<{ url: string; port: number; program: Program }> {
  const program = await orchestrator(env, /"message":"listening".*\n/)
  const port: number = JSON.parse(program.output().split('\n').find((line) => line.includes('"listening"'))!).context.port
  return { url: `http://127.0.0.1:${port}`, port, program }
}

/** A request on a connection of its own, so that none is kept alive behind a test's back. */
async function json(url: string, path: string, init: RequestInit = {}): Promise<{ status: number; body: any }> {
  const answer = await fetch(url + path, { ...init, headers: { connection: 'close', ...(init.headers as Record<string, string>) } })
  return { status: answer.status, body: await answer.json() }
}

function post(body: unknown, headers: Partial<Record<string, string>> = bearer()): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

/** A POST that has reached its handler's body parser, and waits there for its last bytes. */
async function slowProject(port: number, name: string): Promise<{ finish(): Promise<{ status: number | undefined }> }> {
  const body = JSON.stringify({ name })
  const asking = request({ host: '127.0.0.1', port, path: '/api/projects', method: 'POST', agent: false, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...bearer(), expect: '100-continue' } })
  const answer = new Promise<{ status: number | undefined }>((resolve, reject) => {
    asking.on('error', reject)
    asking.on('response', (response) => {
      response.resume()
      resolve({ status: response.statusCode })
    })
  })
  answer.catch(() => {})
  asking.flushHeaders()
  // Node says it as it hands the request to its handlers.
  await once(asking, 'continue')
  asking.write(body.slice(0, 3))
  return {
    finish() {
      asking.end(body.slice(3))
      return answer
    },
  }
}

async function eventually(withinMs: number, check: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + withinMs
  for (;;) {
    try {
      await check()
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
      await sleep(20)
    }
  }
}
