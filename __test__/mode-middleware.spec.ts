import { createServer, type Server } from 'node:http'
import express from 'express'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  addModeInfo,
  blockAIInDemo,
  blockDataUploadInDemo,
  blockExportInDemo,
  blockWritesInStandby,
  enforceStandbyMode,
  requireLiveAuth,
} from '../index.js'
import { get } from './support/http.ts'
import { clearMode } from './support/mode.ts'

const ALLOWED = ['/status', '/health', '/api/status', '/api/health', '/api/config', '/api/governance/mode', '/api/governance/config']

let server: Server

beforeAll(async () => {
  const app = express()
  app.use('/mounted/api', enforceStandbyMode)
  app.use('/writes', blockWritesInStandby)
  app.use('/ai', blockAIInDemo)
  app.use('/upload', blockDataUploadInDemo)
  app.use('/export', blockExportInDemo)
  app.use('/auth', requireLiveAuth)
  app.use('/meta', addModeInfo)
  app.get('/meta/array', (_request, response) => void response.json([1, 2]))
  app.get('/meta/object', (_request, response) => void response.json({ of: 'mine' }))
  app.get('/meta/document', (_request, response) => void response.json({ secret: 'hidden', toJSON: () => ({ of: 'mine' }) }))
  app.get('/meta/date', (_request, response) => void response.json(new Date(0)))
  app.get('/meta/nothing', (_request, response) => void response.json(null))
  app.use((request, response, next) => (request.path.startsWith('/meta') || /^\/(writes|ai|upload|export|auth)/.test(request.path) ? next() : enforceStandbyMode(request, response, next)))
  app.use((_request, response) => void response.send('through'))
  server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => server.close())
beforeEach(clearMode)
afterEach(clearMode)

describe('enforceStandbyMode', () => {
  it('lets everything through outside STANDBY', async () => {
    for (const mode of ['LIVE', 'DEMO', '']) {
      process.env.ROS_MODE = mode
      expect((await get(server, '/api/projects', { method: 'POST' })).body).toBe('through')
    }
  })

  it.each(ALLOWED.flatMap((path) => [path, `${path}/`, `${path}/below`, `${path}?query=/x`]))('lets GET and HEAD of %s through in STANDBY', async (path) => {
    process.env.ROS_MODE = 'STANDBY'
    expect(await get(server, path)).toMatchObject({ status: 200, body: 'through' })
    expect(await get(server, path, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('answers 503 to %s of an allowed path in STANDBY', async (method) => {
    process.env.ROS_MODE = 'STANDBY'
    expect((await get(server, '/api/health', { method })).status).toBe(503)
  })

  it.each([
    '/',
    '/api',
    '/api/projects',
    '/healthy',
    '/api/healthz',
    '/api/metrics',
    '/statusx/y',
    '/api/governance',
    '//health',
    '/health/../api/projects',
    '/health/./x',
    '/health//x',
    '/health/%2e%2e/api/projects',
    '/health%2f..%2fapi',
    '/%68ealth',
    '/health\\..\\api',
    '/health;/x',
    'http://elsewhere/health',
    '/mounted/api/health',
    '/mounted/api/status',
  ])('answers 503 to GET of %s in STANDBY', async (path) => {
    process.env.ROS_MODE = 'STANDBY'
    const answer = await get(server, path)
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.body)).toEqual({
      error: 'System in STANDBY mode',
      mode: 'STANDBY',
      message: 'Only status and configuration may be read in STANDBY mode.',
      allowedOperations: ALLOWED.map((path) => `GET ${path}`),
    })
  })
})

describe('the other middlewares', () => {
  const through = { status: 200, body: 'through' }
  const status = async (path: string, method = 'POST', headers = {}) => (await get(server, path, { method, headers })).status

  it('block writes, and only writes, in STANDBY', async () => {
    process.env.ROS_MODE = 'STANDBY'
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await get(server, '/writes', { method })
      expect(answer.status).toBe(503)
      expect(JSON.parse(answer.body)).toMatchObject({ mode: 'STANDBY', blockedOperation: method })
    }
    expect(await get(server, '/writes')).toMatchObject(through)
    process.env.ROS_MODE = 'DEMO'
    expect(await get(server, '/writes', { method: 'POST' })).toMatchObject(through)
  })

  it('let AI, uploads and exports through in LIVE only', async () => {
    process.env.ROS_MODE = 'LIVE'
    expect([await status('/ai'), await status('/upload'), await status('/export')]).toEqual([200, 200, 200])
    process.env.ROS_MODE = 'STANDBY'
    expect([await status('/ai'), await status('/upload'), await status('/export')]).toEqual([503, 503, 503])
    process.env.ROS_MODE = 'DEMO'
    expect([await status('/upload'), await status('/export')]).toEqual([403, 403])
    expect(JSON.parse((await get(server, '/ai/generate?prompt=marker', { method: 'POST' })).body)).toMatchObject({ mode: 'DEMO', mockResponse: true })
    expect((await get(server, '/ai/generate?prompt=marker', { method: 'POST' })).body).not.toContain('marker')
  })

  it('ask for credentials in LIVE only', async () => {
    process.env.ROS_MODE = 'LIVE'
    expect(await status('/auth')).toBe(401)
    expect(await status('/auth', 'GET', { authorization: 'Bearer x' })).toBe(200)
    process.env.ROS_MODE = 'DEMO'
    expect(await status('/auth')).toBe(200)
  })

  it('add the mode to objects and leave the rest as it is', async () => {
    process.env.ROS_MODE = 'DEMO'
    const json = async (path: string) => JSON.parse((await get(server, path)).body)
    expect(await json('/meta/object')).toEqual({
      of: 'mine',
      _meta: { mode: 'DEMO', requiresAuth: false, allowsRealAI: false, timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) },
    })
    expect(Object.keys(await json('/meta/document'))).toEqual(['of', '_meta'])
    expect(await json('/meta/date')).toBe('1970-01-01T00:00:00.000Z')
    expect(await json('/meta/array')).toEqual([1, 2])
    expect(await json('/meta/nothing')).toBeNull()
  })

  it('refuse in a plain server too, also behind the one that adds the mode', async () => {
    process.env.ROS_MODE = 'STANDBY'
    const plain = createServer((request, response) => {
      addModeInfo(request, response, () => enforceStandbyMode(request, response, () => response.end('through')))
    })
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    expect((await get(plain, '/x', { method: 'POST' })).status).toBe(503)
    expect(await get(plain, '/health')).toMatchObject(through)
    plain.close()
  })
})
