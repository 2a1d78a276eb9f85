// Counting, the gate and a scrape, beside prom-client and beside reading the environment.
// Run by itself: node bench/telemetry.mjs

import { pathToFileURL } from 'node:url'
import client from 'prom-client'
import core from '../index.js'
import { compare, table } from './measure.mjs'

const PROVIDERS = Array.from({ length: 64 }, (_, at) => `provider-${at}`)
const STATUSES = ['success', 'failure']
const BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]
const SECONDS = [0.02, 0.3, 0.8, 4]

const telemetry = core.getTelemetry()

function promClient() {
  const registry = new client.Registry()
  const registers = [registry]
  return {
    registry,
    calls: new client.Counter({
      name: 'external_calls_total',
      help: 'Calls to external providers, by how they came out.',
      labelNames: ['provider', 'status'],
      registers,
    }),
    failed: new client.Counter({
      name: 'external_calls_failed_total',
      help: 'Calls to external providers that were attempted and failed.',
      registers,
    }),
    durations: new client.Histogram({
      name: 'external_call_duration_seconds',
      help: 'How long attempted calls to external providers took.',
      labelNames: ['provider'],
      buckets: BUCKETS,
      registers,
    }),
  }
}

export function countingACall() {
  const { calls } = promClient()
  return compare({
    name: 'count a call (beside prom-client, label objects)',
    limit: 0.5,
    times: 100_000,
    ours(times) {
      for (let at = 0; at < times; at += 1) telemetry.recordExternalCall('openai', 'success')
    },
    theirs(times) {
      for (let at = 0; at < times; at += 1) calls.inc({ provider: 'openai', status: 'success' })
    },
  })
}

export function countingATimedCall() {
  const { calls, durations } = promClient()
  return compare({
    name: 'count a call and its duration (beside prom-client)',
    limit: 0.5,
    times: 50_000,
    ours(times) {
      for (let at = 0; at < times; at += 1) {
        telemetry.recordExternalCall(PROVIDERS[at & 3], 'success', SECONDS[at & 3])
      }
    },
    theirs(times) {
      for (let at = 0; at < times; at += 1) {
        const provider = PROVIDERS[at & 3]
        calls.inc({ provider, status: 'success' })
        durations.observe({ provider }, SECONDS[at & 3])
      }
    },
  })
}

/** What the gate decides, decided by reading the four variables each time. */
function checkByEnvironment() {
  const rosMode = process.env.ROS_MODE
  const governanceMode = process.env.GOVERNANCE_MODE
  if (rosMode === 'STANDBY' || governanceMode === 'STANDBY') return { allowed: false, reason: 'standby_mode' }
  if (process.env.NO_NETWORK === 'true') return { allowed: false, reason: 'no_network' }
  if (process.env.MOCK_ONLY === 'true') return { allowed: false, reason: 'mock_only' }
  return { allowed: true }
}

export async function checkingTheGate() {
  const before = { ...process.env }
  Object.assign(process.env, { ROS_MODE: 'LIVE', GOVERNANCE_MODE: 'LIVE', NO_NETWORK: 'false', MOCK_ONLY: 'false' })
  let allowed = true
  const result = await compare({
    name: 'check the gate (beside four process.env reads)',
    limit: 0.5,
    times: 50_000,
    ours(times) {
      for (let at = 0; at < times; at += 1) allowed &&= core.checkExternalCall('openai').allowed
    },
    theirs(times) {
      for (let at = 0; at < times; at += 1) allowed &&= checkByEnvironment().allowed
    },
  })
  for (const name of ['ROS_MODE', 'GOVERNANCE_MODE', 'NO_NETWORK', 'MOCK_ONLY']) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
  if (!allowed) throw new Error('the gate was closed while it was measured')
  return result
}

/** The same calls on both sides, so that both show the same series. Ours shows a few more. */
export async function scraping() {
  const { registry, calls, failed, durations } = promClient()
  telemetry.reset()
  for (const provider of PROVIDERS) {
    for (const status of STATUSES) {
      for (const seconds of SECONDS) {
        telemetry.recordExternalCall(provider, status, seconds)
        calls.inc({ provider, status })
        durations.observe({ provider }, seconds)
        if (status === 'failure') failed.inc()
      }
    }
  }
  const series = { ours: count(telemetry.toPrometheus().body), theirs: count(await registry.metrics()) }
  if (series.theirs < 1_000 || series.ours < series.theirs) {
    throw new Error(`expected 1000 series on both sides, but found ${series.ours} and ${series.theirs}`)
  }
  return compare({
    name: `scrape ${series.ours} series (beside prom-client's ${series.theirs})`,
    limit: 0.5,
    times: 50,
    ours(times) {
      for (let at = 0; at < times; at += 1) telemetry.toPrometheus('text')
    },
    async theirs(times) {
      for (let at = 0; at < times; at += 1) await registry.metrics()
    },
  })
}

function count(page) {
  return page.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
}

/** All of them, one after the other. */
export async function telemetryComparisons() {
  return [await countingACall(), await countingATimedCall(), await checkingTheGate(), await scraping()]
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const results = await telemetryComparisons()
  console.log(table(results))
  process.exitCode = results.every(({ met }) => met) ? 0 : 1
}
