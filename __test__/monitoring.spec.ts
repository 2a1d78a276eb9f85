import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { run } from './support/process.ts'
import { type ProbeChild, startProbe } from './support/probe.ts'
import { type Prometheus, promtool, startPrometheus } from './support/prometheus.ts'
import { startRedis } from './support/redis.ts'
import { tempDirectory } from './support/temp.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'stack', 'infrastructure', 'monitoring')
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
const alerts = [...read('researchflow-alerts.yml').matchAll(/alert: (\w+)/g)].map(([, name]) => name!)
const stopping: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const stop of stopping.splice(0).reverse()) await stop()
})

/** A Prometheus with the files of the stack, but for the target and the patience. */
async function watch(child: ProbeChild): Promise<Prometheus> {
  const directory = tempDirectory('rules')
  for (const name of ['researchflow-rules.yml', 'researchflow-alerts.yml']) {
    writeFileSync(join(directory, name), read(name).replace(/for: \d+m/g, 'for: 1s'))
  }
  const configuration = read('prometheus.yml')
    .replaceAll('15s', '500ms')
    .replaceAll('researchflow-rules.yml', `${directory}/researchflow-rules.yml`)
    .replaceAll('researchflow-alerts.yml', `${directory}/researchflow-alerts.yml`)
    .replace('orchestrator:9464', `127.0.0.1:${child.port}`)
  const prometheus = await startPrometheus(configuration)
  stopping.push(() => prometheus.stop())
  return prometheus
}

async function probed(...args: Parameters<typeof startProbe>): Promise<ProbeChild> {
  const child = await startProbe(...args)
  stopping.push(() => child.stop())
  return child
}

describe('the rules of Prometheus', () => {
  it('pass promtool, and each alert has a case in which it fires and a line in the runbook', async () => {
    const check = await run(promtool(), ['check', 'rules', 'researchflow-rules.yml', 'researchflow-alerts.yml'], { cwd: folder })
    expect(check).toMatch(/SUCCESS: 5 rules found.*SUCCESS: 8 rules found/s)
    expect(await run(promtool(), ['test', 'rules', 'researchflow-alerts.test.yml'], { cwd: folder })).toContain('SUCCESS')
    expect(await run(promtool(), ['check', 'config', '--syntax-only', 'prometheus.yml'], { cwd: folder })).toContain('SUCCESS')
    const cases = read('researchflow-alerts.test.yml')
    const runbook = readFileSync(join(root, 'docs', 'operations', 'alerts.md'), 'utf8')
    for (const alert of alerts) {
      expect(cases).toMatch(new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n`))
      expect(runbook).toContain(`## ${alert}\n`)
      expect(read('researchflow-alerts.yml')).toContain(`runbook: docs/operations/alerts.md#${alert.toLowerCase()}\n`)
    }
  })
})

describe('a real Prometheus on the probe port', () => {
  it('fires for a Redis that is killed, and for calls that are blocked in LIVE, and for a loop that is stuck', async () => {
    const redis = await startRedis()
    stopping.push(() => redis.stop())
    const child = await probed({ options: { redis: redis.url }, env: { NO_NETWORK: '1' } })
    const prometheus = await watch(child)
    const firing = async () => (await prometheus.firing()).map(({ alertname, check }) => [alertname, check].filter(Boolean).join(' ')).sort()
    const poll = { timeout: 25_000, interval: 250 }
    await child.get('/health/ready')
    await expect.poll(async () => (await prometheus.query('readiness_check_up{check="redis"} == 1')).length, poll).toBe(1)
    expect(await firing()).toEqual([])
    await redis.kill()
    await child.ask({ op: 'calls', provider: 'openai', blocked: 1 })
    await child.get('/health/ready')
    await expect.poll(firing, poll).toEqual(['ResearchflowCallsBlockedInLive', 'ResearchflowCheckFailing redis'])
    const blocked = child.ask({ op: 'block', ms: 8_000 })
    await expect.poll(firing, poll).toContain('ResearchflowEventLoopStuck')
    await blocked
    await redis.restart()
    await child.get('/health/ready')
    await expect.poll(firing, poll).toEqual(['ResearchflowCallsBlockedInLive'])
  })

  it('has data for every query of the dashboard', async () => {
    const redis = await startRedis()
    stopping.push(() => redis.stop())
    const child = await probed({ options: { redis: redis.url } })
    await child.ask({ op: 'guard' })
    await child.ask({ op: 'calls', provider: 'openai', success: 1, failure: 1, blocked: 1 })
    await child.get('/health/ready')
    const prometheus = await watch(child)
    const poll = { timeout: 20_000, interval: 500 }
    await expect.poll(async () => (await prometheus.query('count_over_time(up[1m]) > 2')).length, poll).toBe(1)
    // So that rates have an increase to show.
    await child.ask({ op: 'calls', provider: 'openai', success: 5, failure: 5, blocked: 5 })
    const { panels } = JSON.parse(read('grafana-dashboard.json')) as { panels: { title: string; targets?: { expr: string }[] }[] }
    const queries = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const))
    expect(queries.length).toBeGreaterThan(12)
    for (const [title, expr] of queries) {
      const query = expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', '.*').replaceAll('$instance', '.*')
      await expect.poll(async () => (await prometheus.query(query)).filter(({ value }) => value[1] !== 'NaN').length, { ...poll, message: title }).toBeGreaterThan(0)
    }
    for (const record of read('researchflow-rules.yml').matchAll(/record: (\S+)/g)) {
      await expect.poll(async () => (await prometheus.query(record[1]!)).length, { ...poll, message: record[1] }).toBeGreaterThan(0)
    }
  })
})
