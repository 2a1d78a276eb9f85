import express from 'express'
import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { enforceStandbyMode, getTelemetry, healthRoutes } from '../index.js'
import { get } from './support/http.ts'
import { setEnvironment } from './support/readiness.ts'

const NOTHING = { db: false, redis: false, worker: false } as const
const JSON_TYPE = 'application/json; charset=utf-8'
const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

const servers: Server[] = []

async function serve(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return server
}

function routes(options: object = {}): RequestListener {
  return healthRoutes({ ...NOTHING, ...options }) as RequestListener
}

beforeEach(() => {
  setEnvironment({ ROS_MODE: 'LIVE' })
  getTelemetry().reset()
})
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

describe('GET /api/metrics', () => {
  it('answers JSON of getMetrics, with the version of the routes', async () => {
    const server = await serve(routes({ version: '2.3.4' }))
    getTelemetry().recordExternalCall('openai', 'success')
    const answer = await get(server, '/api/metrics')
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe(JSON_TYPE)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers.vary).toBe('Accept')
    expect(JSON.parse(answer.body)).toEqual({
      telemetry: {
        external_calls_total: { 'provider=openai,status=success': 1 },
        external_calls_blocked_total: {},
        external_calls_failed_total: 0,
        uptime_seconds: expect.any(Number),
        collected_at: expect.any(String),
      },
      mode: { ros_mode: 'LIVE', governance_mode: 'LIVE', no_network: false, mock_only: false },
      version: '2.3.4',
    })
  })

  it.each<[string, string | undefined, string]>([
    ['nothing', undefined, JSON_TYPE],
    ['fetch and curl', '*/*', JSON_TYPE],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8', JSON_TYPE],
    ['axios', 'application/json, text/plain, */*', JSON_TYPE],
    ['JSON', 'application/json', JSON_TYPE],
    ['JSON in capitals', 'Application/JSON', JSON_TYPE],
    ['any application type', 'application/*', JSON_TYPE],
    ['Prometheus 3', 'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2', OPENMETRICS_TYPE],
    ['Prometheus 3 with protobuf first', 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1', OPENMETRICS_TYPE],
    ['Prometheus 3 set to text', 'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4,application/openmetrics-text;version=1.0.0;q=0.3,*/*;q=0.2', TEXT_TYPE],
    ['Prometheus 2.42', 'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', OPENMETRICS_TYPE],
    ['Prometheus 1', 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain;version=0.0.4;q=0.3,*/*;q=0.1', TEXT_TYPE],
    ['plain text', 'text/plain', TEXT_TYPE],
    ['plain text as we write it', TEXT_TYPE, TEXT_TYPE],
    ['any text', 'text/*', TEXT_TYPE],
    ['text rather than anything', 'text/plain, */*;q=0.1', TEXT_TYPE],
    ['JSON and text alike', 'text/plain, application/json', JSON_TYPE],
    ['text rather than JSON', 'application/json;q=0.5, text/plain;q=0.501', TEXT_TYPE],
    ['anything but JSON', 'application/json;q=0, */*', TEXT_TYPE],
    ['OpenMetrics without a version', 'application/openmetrics-text', OPENMETRICS_TYPE],
    ['an OpenMetrics of another version', 'application/openmetrics-text; version=0.0.1', JSON_TYPE],
    ['a version in quotes', 'application/openmetrics-text; version="1.0.0"', OPENMETRICS_TYPE],
    ['a quoted comma', 'text/plain;note="a,b;c\\"d";q=0.9, application/json;q=0.8', TEXT_TYPE],
    ['another character set', 'text/plain;charset=utf-16', JSON_TYPE],
    ['what there is not', 'image/png', JSON_TYPE],
    ['a malformed quality', 'text/plain;q=high, application/json;q=0.1', JSON_TYPE],
    ['a quality above one', 'text/plain;q=2', JSON_TYPE],
    ['noise', ';;,,=/"', JSON_TYPE],
    ['many ranges', `${'text/plain;q=0.001,'.repeat(500)}application/openmetrics-text;q=0.002`, OPENMETRICS_TYPE],
  ])('gives %s what it likes best', async (_who, accept, type) => {
    const server = await serve(routes())
    const answer = await get(server, '/api/metrics', accept === undefined ? {} : { headers: { accept } })
    expect([answer.status, answer.headers['content-type']]).toEqual([200, type])
    if (type === JSON_TYPE) expect(Object.keys(JSON.parse(answer.body))).toEqual(['telemetry', 'mode', 'version'])
    else expect(answer.body.endsWith('\n# EOF\n')).toBe(type === OPENMETRICS_TYPE)
  })

  it.each([
    ['json', JSON_TYPE],
    ['prometheus', TEXT_TYPE],
    ['openmetrics', OPENMETRICS_TYPE],
  ])('gives ?format=%s whatever Accept says', async (format, type) => {
    const server = await serve(routes())
    for (const accept of ['*/*', 'application/json', 'text/plain', 'application/openmetrics-text']) {
      const answer = await get(server, `/api/metrics?x=1&format=${format}`, { headers: { accept } })
      expect([answer.status, answer.headers['content-type']]).toEqual([200, type])
    }
  })

  it.each(['xml', '', 'jo%40example.org', 'PROMETHEUS'])('refuses ?format=%s without repeating it', async (format) => {
    const server = await serve(routes())
    const answer = await get(server, `/api/metrics?format=${format}`)
    expect([answer.status, answer.headers['cache-control']]).toEqual([400, 'no-store'])
    expect(JSON.parse(answer.body)).toEqual({ error: 'format: expected json, prometheus or openmetrics' })
  })

  it.each(['*/*', 'text/plain', 'application/openmetrics-text'])('answers HEAD as GET, without the body, for %s', async (accept) => {
    const server = await serve(routes())
    const head = await get(server, '/api/metrics', { method: 'HEAD', headers: { accept } })
    const full = await get(server, '/api/metrics', { headers: { accept } })
    expect([head.status, head.body]).toEqual([200, ''])
    for (const header of ['content-type', 'cache-control', 'vary']) expect(head.headers[header]).toBe(full.headers[header])
    expect(Number(head.headers['content-length'])).toBeGreaterThan(0)
  })

  it('leaves other methods and paths to what comes after', async () => {
    const app = express()
    app.use(healthRoutes(NOTHING))
    app.use((_request, response) => void response.status(418).json({ next: true }))
    const server = await serve(app)
    expect((await get(server, '/api/metrics', { method: 'POST' })).status).toBe(418)
    for (const path of ['/metrics', '/api/metrics/', '/api/metrics/x', '/API/metrics']) expect((await get(server, path)).status).toBe(418)
    const plain = await serve(routes())
    const refused = await get(plain, '/api/metrics', { method: 'POST' })
    expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD'])
  })

  it('answers in STANDBY where it is mounted before the mode’s middleware, and not after it', async () => {
    setEnvironment({ ROS_MODE: 'STANDBY' })
    const before = express()
    before.use(healthRoutes(NOTHING), enforceStandbyMode)
    const answer = await get(await serve(before), '/api/metrics')
    expect([answer.status, JSON.parse(answer.body).mode.ros_mode]).toEqual([200, 'STANDBY'])
    const after = express()
    after.use(enforceStandbyMode, healthRoutes(NOTHING))
    expect((await get(await serve(after), '/api/metrics')).status).toBe(503)
  })
})
