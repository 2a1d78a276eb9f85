/**
 * Counting, the gate and a scrape: this package against prom-client doing the same, and against
 * reading the environment. In one process, and the contenders take turns.
 *
 * By itself: `node bench/telemetry.mjs`.
 */
import client from 'prom-client'
import core from '../index.js'
import { isMain, ratioRow, show } from './table.mjs'

const ROUNDS = 21
const GOAL = 0.5
const PROVIDERS = Array.from({ length: 64 }, (_, at) => `provider-${at}`)
const STATUSES = ['success', 'failure']
const SECONDS = [0.02, 0.3, 0.8, 4]
const BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]
const MODE = { ROS_MODE: 'LIVE', GOVERNANCE_MODE: 'LIVE', NO_NETWORK: 'false', MOCK_ONLY: 'false' }

const own = core.getTelemetry()

export const telemetry = {
  name: 'telemetry',
  title: 'Telemetry and the egress gate',
  async measure() {
    const rows = []
    for (const comparison of [countingACall, countingATimedCall, checkingTheGate, scraping]) {
      rows.push(await comparison())
    }
    return {
      peers: 'prom-client 15.1.3 with label objects; for the gate, four reads of process.env',
      note: `${ROUNDS} rounds, in turns`,
      rows,
    }
  },
}

function countingACall() {
  const { calls } = promClient()
  return compare({
    name: 'count a call',
    unit: 'ns',
    times: 100_000,
    core(times) {
      for (let at = 0; at < times; at += 1) own.recordExternalCall('openai', 'success')
    },
    peer(times) {
      for (let at = 0; at < times; at += 1) calls.inc({ provider: 'openai', status: 'success' })
    },
  })
}

function countingATimedCall() {
  const { calls, durations } = promClient()
  return compare({
    name: 'count a call and its duration',
    unit: 'ns',
    times: 50_000,
    core(times) {
      for (let at = 0; at < times; at += 1) {
        own.recordExternalCall(PROVIDERS[at & 3], 'success', SECONDS[at & 3])
      }
    },
    peer(times) {
      for (let at = 0; at < times; at += 1) {
        const provider = PROVIDERS[at & 3]
        calls.inc({ provider, status: 'success' })
        durations.observe({ provider }, SECONDS[at & 3])
      }
    },
  })
}

async function checkingTheGate() {
  const before = Object.keys(MODE).map((name) => [name, process.env[name]])
  Object.assign(process.env, MODE)
  let allowed = true
  try {
    return await compare({
      name: 'check the gate',
      unit: 'ns',
      times: 50_000,
      core(times) {
        for (let at = 0; at < times; at += 1) allowed &&= core.checkExternalCall('openai').allowed
        if (!allowed) throw new Error('the gate was closed while it was measured')
      },
      peer(times) {
        for (let at = 0; at < times; at += 1) allowed &&= checkByEnvironment().allowed
      },
    })
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

/** What the gate decides, decided by reading the four variables each time. */
function checkByEnvironment() {
  const mode = process.env.ROS_MODE || process.env.GOVERNANCE_MODE
  const governanceMode = process.env.GOVERNANCE_MODE
  if (mode === 'STANDBY' || governanceMode === 'STANDBY') return { allowed: false, reason: 'standby_mode' }
  if (process.env.NO_NETWORK === 'true') return { allowed: false, reason: 'no_network' }
  if (process.env.MOCK_ONLY === 'true') return { allowed: false, reason: 'mock_only' }
  return { allowed: true }
}

/** After the same calls on both sides, so that both show the same series. */
async function scraping() {
  const { registry, calls, failed, durations } = promClient()
  own.reset()
  for (const provider of PROVIDERS) {
    for (const status of STATUSES) {
      for (const seconds of SECONDS) {
        own.recordExternalCall(provider, status, seconds)
        calls.inc({ provider, status })
        durations.observe({ provider }, seconds)
        if (status === 'failure') failed.inc()
      }
    }
  }
  const series = [own.toPrometheus().body, await registry.metrics()].map(count)
  // This package shows the mode and the process on top.
  if (series[1] < 1_000 || series[0] < series[1]) {
    throw new Error(`expected 1000 series on both sides, but found ${series.join(' and ')}`)
  }
  return compare({
    name: `scrape ${series[0]} series (peer: ${series[1]})`,
    unit: 'µs',
    times: 50,
    core(times) {
      for (let at = 0; at < times; at += 1) own.toPrometheus('text')
    },
    async peer(times) {
      for (let at = 0; at < times; at += 1) await registry.metrics()
    },
  })
}

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

function count(page) {
  return page.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
}

/** Runs both sides in rounds; who comes second finds warmer caches, so they take turns in that. */
async function compare({ name, unit, times, core: ours, peer }) {
  const sides = { core: ours, peer }
  for (const side of [ours, peer]) {
    for (let warm = 0; warm < 3; warm += 1) await side(times)
  }
  const taken = { core: [], peer: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const side of round % 2 === 0 ? ['core', 'peer'] : ['peer', 'core']) {
      const begun = process.hrtime.bigint()
      await sides[side](times)
      const nanoseconds = Number(process.hrtime.bigint() - begun) / times
      taken[side].push(unit === 'ns' ? nanoseconds : nanoseconds / 1e3)
    }
  }
  return ratioRow({ name, unit, goal: GOAL, ...taken })
}

if (isMain(import.meta)) console.log(await show(telemetry))
