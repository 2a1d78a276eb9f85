import express from 'express'
import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createReadiness, healthRoutes } from '../index.js'
import { get } from './support/http.ts'
import { setEnvironment } from './support/readiness.ts'
import { startWorker, status } from './support/worker.ts'

const NOTHING = { db: false, redis: false, worker: false } as const
const servers: Server[] = []

async function serve(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return server
}

beforeEach(() => setEnvironment({ ROS_MODE: 'LIVE' }))
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

type Options = Parameters<typeof healthRoutes>[0]

const frames: [string, (options: Options) => RequestListener][] = [
  ['a plain node http server', (options) => healthRoutes(options) as RequestListener],
  [
    'Express 4',
    (options) => {
      const app = express()
      app.use(healthRoutes(options))
      app.use((_request, response) => void response.status(418).json({ next: true }))
      return app
    },
  ],
]

describe.each(frames)('health routes in %s', (name, frame) => {
  it.each(['/health', '/api/health', '/health?verbose=1'])('answer GET %s without touching a dependency', async (path) => {
    const worker = await startWorker(status(503))
    const server = await serve(frame({ ...NOTHING, worker: worker.url, service: 'orchestrator', version: '2.3.4' }))
    const before = Date.now()
    const answer = await get(server, path)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.headers['cache-control']).toBe('no-store')
    const body = JSON.parse(answer.body)
    expect(Object.keys(body)).toEqual(['status', 'service', 'version', 'timestamp', 'governanceMode', 'mode'])
    expect(body).toEqual({
      status: 'healthy',
      service: 'orchestrator',
      version: '2.3.4',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      governanceMode: 'LIVE',
      mode: { ros_mode: 'LIVE', no_network: false, mock_only: false },
    })
    expect(Date.parse(body.timestamp)).toBeGreaterThanOrEqual(before)
    expect(worker.requests).toEqual([])
    await worker.stop()
  })

  it.each(['/health/ready', '/api/health/ready', '/health/ready?x=1'])('answer GET %s with 200 and the report when all is well', async (path) => {
    const worker = await startWorker()
    const server = await serve(frame({ ...NOTHING, worker: worker.url }))
    const answer = await get(server, path)
    expect(answer.body).toBe('{"status":"ready","checks":{"worker":"ok"},"mode":{"ros_mode":"LIVE","no_network":false,"mock_only":false}}')
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.headers['cache-control']).toBe('no-store')
    await worker.stop()
  })

  it('answer 503 and the report when a critical dependency fails', async () => {
    const worker = await startWorker(status(503))
    const server = await serve(frame({ ...NOTHING, worker: worker.url }))
    const answer = await get(server, '/health/ready')
    expect(answer.body).toBe('{"status":"not_ready","checks":{"worker":"failed: http_503"},"mode":{"ros_mode":"LIVE","no_network":false,"mock_only":false}}')
    expect([answer.status, answer.headers['cache-control']]).toEqual([503, 'no-store'])
    await worker.stop()
  })

  it('answer 200 standby in STANDBY', async () => {
    setEnvironment({ ROS_MODE: 'STANDBY' })
    const server = await serve(frame(NOTHING))
    const answer = await get(server, '/health/ready')
    expect(answer.body).toBe('{"status":"standby","checks":{},"mode":{"ros_mode":"STANDBY","no_network":false,"mock_only":false}}')
    expect(answer.status).toBe(200)
    const health = await get(server, '/health')
    expect([health.status, JSON.parse(health.body).governanceMode]).toEqual([200, 'STANDBY'])
  })

  it('add the details where they are asked for', async () => {
    const worker = await startWorker()
    const server = await serve(frame({ ...NOTHING, worker: worker.url, details: true }))
    const body = JSON.parse((await get(server, '/health/ready')).body)
    expect(Object.keys(body)).toEqual(['status', 'checks', 'mode', 'details'])
    expect(body.details).toEqual({ worker: { latencyMs: expect.any(Number), checkedAt: expect.any(String), consecutiveFailures: 0, lastOkAt: expect.any(String) } })
    await worker.stop()
  })

  it.each(['/health', '/api/health', '/health/ready', '/api/health/ready'])('answer HEAD %s as GET, without the body', async (path) => {
    const server = await serve(frame({ ...NOTHING, checks: { sick: async () => path.endsWith('ready') ? false : true } }))
    const head = await get(server, path, { method: 'HEAD' })
    const full = await get(server, path)
    expect(head.body).toBe('')
    expect(head.status).toBe(full.status)
    expect(full.status).toBe(path.endsWith('ready') ? 503 : 200)
    for (const header of ['content-type', 'cache-control', 'content-length']) expect(head.headers[header]).toBe(full.headers[header])
  })

  it('take a readiness that is there already, drained or not', async () => {
    const readiness = createReadiness({ ...NOTHING, checks: { queue: async () => true } })
    const server = await serve(frame({ readiness }))
    expect(JSON.parse((await get(server, '/health/ready')).body).checks).toEqual({ queue: 'ok' })
    readiness.drain()
    const answer = await get(server, '/health/ready')
    expect([answer.status, JSON.parse(answer.body).status]).toEqual([503, 'draining'])
    await readiness.close()
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('leave %s to what comes after', async (method) => {
    const server = await serve(frame(NOTHING))
    for (const path of ['/health', '/health/ready', '/api/health', '/api/health/ready']) {
      const answer = await get(server, path, { method })
      if (name === 'Express 4') expect(answer.status).toBe(418)
      else expect([404, 405]).toContain(answer.status)
    }
  })

  it.each(['/', '/healthz', '/health/', '/health/x', '/Health', '/api', '/api/health/ready/x', '//health', '/x?/health', '/%68ealth', '/health/../health'])('leave GET %s to what comes after', async (path) => {
    const server = await serve(frame(NOTHING))
    expect((await get(server, path)).status).toBe(name === 'Express 4' ? 418 : 404)
  })

  it('survive requests of many kinds at once', async () => {
    const server = await serve(frame({ ...NOTHING, checks: { queue: async () => true } }))
    const paths = ['/health', '/health/ready', '/api/health/ready', '/nothing']
    const answers = await Promise.all(Array.from({ length: 200 }, (_, at) => get(server, paths[at % 4]!)))
    const expected = [200, 200, 200, name === 'Express 4' ? 418 : 404]
    answers.forEach((answer, at) => expect(answer.status).toBe(expected[at % 4]))
  })
})

describe('health routes below a path', () => {
  it('answer where Express mounts them', async () => {
    const app = express()
    app.use('/internal', healthRoutes({ ...NOTHING, service: 's', version: 'v' }))
    const server = await serve(app)
    expect((await get(server, '/internal/health')).status).toBe(200)
    expect((await get(server, '/internal/health/ready')).status).toBe(200)
  })
})

describe('options of health routes', () => {
  it.each([
    ['details of another kind', { details: 'yes' }],
    ['a readiness of another kind', { readiness: { check: 1 } }],
    ['an option that is not known', { redisUrl: 'redis://:hunter2@h' }],
    ['a database that is no URL', { db: 42 }],
  ])('are refused with a code: %s', (_situation, options) => {
    let error: (Error & { code?: string }) | undefined
    try {
      healthRoutes(options as never)
    } catch (thrown) {
      error = thrown as Error
    }
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true)
    expect(error!.code).toMatch(/^RF_CONFIG_/)
    expect(error!.message).not.toContain('hunter2')
  })
})

describe('health routes after something else has answered', () => {
  it.each(['/health', '/health/ready', '/api/metrics', '/elsewhere'])('leave %s alone, and the server goes on', async (path) => {
    const routes = healthRoutes({ ...NOTHING, cacheMs: 0, checks: { slow: () => new Promise((resolve) => setTimeout(resolve, 50)) } })
    const server = await serve((request, response) => {
      // A time limit that runs out while the checks still run, or before they are begun.
      response.writeHead(504).end('late')
      void routes(request, response)
    })
    expect(await get(server, path)).toMatchObject({ status: 504, body: 'late' })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await get(server, path)).toMatchObject({ status: 504 })
  })
})
