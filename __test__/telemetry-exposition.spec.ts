import { createServer, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkOnce, getTelemetry, healthRoutes } from '../index.js'
import { run } from './support/process.ts'
import { promtool, startPrometheus } from './support/prometheus.ts'
import { setEnvironment } from './support/readiness.ts'
import { startWorker } from './support/worker.ts'

const telemetry = getTelemetry()
const PYTHON = fileURLToPath(new URL('../.venv/bin/python', import.meta.url))

/** Every metric there is, with something to show. */
beforeAll(async () => {
  setEnvironment({ ROS_MODE: 'LIVE' })
  telemetry.reset()
  for (let at = 0; at < 100; at += 1) {
    telemetry.recordExternalCall(`provider-${at}` as never, at % 3 === 0 ? 'failure' : 'success', at)
    telemetry.recordExternalCall(`jo${at}@example.org\n"\\` as never, 'success', 0.1)
  }
  telemetry.recordBlockedCall('standby_mode', 'openai')
  telemetry.recordBlockedCall('phi_detected')
  const worker = await startWorker()
  await checkOnce({ db: 'postgres://u@127.0.0.1:1/d', redis: false, worker: worker.url, checks: { 'queue.depth': async () => true } })
  await worker.stop()
})

describe('Prometheus’ text', () => {
  it('says its content type', () => {
    expect(telemetry.toPrometheus().contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(telemetry.toPrometheus('text').contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  })

  it('passes promtool without a word', async () => {
    const { body } = telemetry.toPrometheus('text')
    expect(await run(promtool(), ['check', 'metrics'], { input: body })).toBe('')
  })

  it('shows how the readiness checks came out', () => {
    const { body } = telemetry.toPrometheus('text')
    expect(body).toContain('readiness_check_up{check="db"} 0\n')
    expect(body).toContain('readiness_check_up{check="worker"} 1\n')
    expect(body).toContain('readiness_check_up{check="queue.depth"} 1\n')
    expect(body).toMatch(/readiness_check_duration_seconds\{check="worker"\} 0\.\d+\n/)
    expect(body).not.toContain('check="redis"')
  })

  it('shows the process as the operating system sees it', () => {
    const { body } = telemetry.toPrometheus('text')
    const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(body)![1])
    expect(Math.abs(value('process_start_time_seconds') - (Date.now() / 1000 - process.uptime()))).toBeLessThan(3)
    const { user, system } = process.cpuUsage()
    expect(value('process_cpu_seconds_total')).toBeCloseTo((user + system) / 1e6, 0)
    expect(value('process_resident_memory_bytes') / process.memoryUsage().rss).toBeCloseTo(1, 0)
    expect(value('process_open_fds')).toBeGreaterThan(3)
    expect(value('process_open_fds')).toBeLessThan(value('process_max_fds'))
  })
})

describe('OpenMetrics', () => {
  it('says its content type and its end', () => {
    const { body, contentType } = telemetry.toPrometheus('openmetrics')
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    expect(body.endsWith('\n# EOF\n')).toBe(true)
  })

  it('is read by a strict parser, with every family and sample', async () => {
    const program = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
print(json.dumps([[f.name, f.type, f.unit, bool(f.documentation), [[s.name, s.labels, s.value] for s in f.samples]]
  for f in text_string_to_metric_families(sys.stdin.read())]))
`
    // The event loop is watched from the first reading on.
    await expect.poll(() => telemetry.toPrometheus().body).toContain('nodejs_eventloop_delay_seconds_count')
    const { body } = telemetry.toPrometheus('openmetrics')
    const families = JSON.parse(await run(PYTHON, ['-c', program], { input: body })) as [string, string, string, boolean, [string, Record<string, string>, number][]][]
    expect(families.map(([name, type, unit, documented]) => [name, type, unit, documented])).toEqual([
      ['external_calls', 'counter', '', true],
      ['external_calls_blocked', 'counter', '', true],
      ['external_calls_failed', 'counter', '', true],
      ['external_call_duration_seconds', 'histogram', 'seconds', true],
      ['researchflow_mode', 'gauge', '', true],
      ['researchflow_network_allowed', 'gauge', '', true],
      ['readiness_check_up', 'gauge', '', true],
      ['readiness_check_duration_seconds', 'gauge', 'seconds', true],
      ['nodejs_eventloop_lag_seconds', 'gauge', 'seconds', true],
      ['nodejs_eventloop_delay_seconds', 'histogram', 'seconds', true],
      ['log_lines', 'counter', '', true],
      ['log_lines_dropped', 'counter', '', true],
      ['phi_redactions', 'counter', '', true],
      ['process_cpu_seconds', 'counter', 'seconds', true],
      ['process_resident_memory_bytes', 'gauge', 'bytes', true],
      ['process_open_fds', 'gauge', '', true],
      ['process_max_fds', 'gauge', '', true],
      ['process_start_time_seconds', 'gauge', 'seconds', true],
    ])
    const samples = families.flatMap(([, , , , each]) => each)
    const calls = samples.filter(([name]) => name === 'external_calls_total')
    expect(calls.reduce((total, [, , value]) => total + value, 0)).toBe(202)
    expect(new Set(calls.map(([, labels]) => labels.provider)).size).toBeLessThanOrEqual(65)
    expect(calls).toContainEqual(['external_calls_total', { provider: 'provider-0', status: 'failure' }, 1])
    expect(samples).toContainEqual(['external_calls_blocked_total', { reason: 'phi_detected' }, 1])
    expect(samples).toContainEqual(['external_calls_failed_total', {}, 34])
    expect(samples).toContainEqual(['researchflow_mode', { mode: 'LIVE' }, 1])
  })
})

describe('a real Prometheus', () => {
  let server: Server
  const answered: string[] = []

  beforeAll(async () => {
    const listener = healthRoutes({ db: false, redis: false, worker: false })
    server = createServer((request, response) => {
      response.on('finish', () => answered.push(String(response.getHeader('content-type'))))
      listener(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it('scrapes the route in both formats and answers queries', async () => {
    const { port } = server.address() as { port: number }
    const job = (name: string, format: string): string => `
  - job_name: ${name}
    metrics_path: /api/metrics
    ${format}
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]`
    const prometheus = await startPrometheus(
      `global: { scrape_interval: 200ms, scrape_timeout: 200ms }\nscrape_configs:${job('negotiated', '')}${job('text', 'params: { format: [prometheus] }')}\n`,
    )
    const { query } = prometheus
    const numbers = async (expression: string): Promise<Record<string, number>> =>
      Object.fromEntries((await query(expression)).map(({ metric, value }) => [metric.job, Number(value[1])]))
    try {
      const deadline = Date.now() + 15_000
      while (Object.keys(await numbers('up == 1')).length < 2 && Date.now() < deadline) await sleep(100)
      expect(await numbers('up')).toEqual({ negotiated: 1, text: 1 })
      expect(await numbers('sum by (job) (external_calls_total)')).toEqual({ negotiated: 202, text: 202 })
      expect(await numbers('external_calls_failed_total')).toEqual({ negotiated: 34, text: 34 })
      expect(await numbers('researchflow_mode{mode="LIVE"}')).toEqual({ negotiated: 1, text: 1 })
      expect(await numbers('external_call_duration_seconds_bucket{provider="provider-2",le="2.5"}')).toEqual({ negotiated: 1, text: 1 })
      expect(await numbers('readiness_check_up{check="db"}')).toEqual({ negotiated: 0, text: 0 })
      const shown = await query('external_calls_total')
      expect(JSON.stringify(shown)).not.toContain('example')
      expect(new Set(answered)).toEqual(new Set(['application/openmetrics-text; version=1.0.0; charset=utf-8', 'text/plain; version=0.0.4; charset=utf-8']))
    } finally {
      await prometheus.stop()
    }
  })
})
