import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { getTelemetry } from '../index.js'
import { setEnvironment } from './support/readiness.ts'

const PACKAGE = createRequire(import.meta.url).resolve('../index.js')

/** Runs `code` with the package's `core` in a worker thread of its own, to its end. */
function inWorker(code: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads'); const core = require(${JSON.stringify(PACKAGE)}); (async () => {${code}})().then((result) => parentPort.postMessage(result))`,
      { eval: true },
    )
    let result: unknown
    worker.on('message', (message) => (result = message))
    worker.on('error', reject)
    worker.on('exit', () => resolve(result))
  })
}

it('sums 200,000 calls of 4 worker threads exactly', async () => {
  setEnvironment({ ROS_MODE: 'LIVE' })
  const telemetry = getTelemetry()
  telemetry.reset()
  await Promise.all(
    Array.from({ length: 4 }, (_, thread) =>
      inWorker(`
        const telemetry = core.getTelemetry()
        for (let at = 0; at < 50_000; at += 1) {
          telemetry.recordExternalCall(at % 2 === 0 ? 'openai' : 'own-${'abcd'[thread]}', at % 5 === 0 ? 'failure' : 'success', 0.5)
        }`),
    ),
  )
  const snapshot = telemetry.getSnapshot()
  expect(snapshot.external_calls_total).toMatchObject({
    'provider=openai,status=success': 80_000,
    'provider=openai,status=failure': 20_000,
    'provider=own-a,status=success': 20_000,
    'provider=own-d,status=failure': 5_000,
  })
  expect(Object.values(snapshot.external_calls_total).reduce((total, count) => total + count, 0)).toBe(200_000)
  expect(snapshot.external_calls_failed_total).toBe(40_000)
  const { body } = telemetry.toPrometheus()
  expect(body).toContain('external_call_duration_seconds_count{provider="openai"} 100000\n')
  expect(body).toContain('external_call_duration_seconds_sum{provider="openai"} 50000\n')
})

it('shows a worker thread what the others counted, and keeps it when the thread ends', async () => {
  setEnvironment({ ROS_MODE: 'LIVE' })
  const telemetry = getTelemetry()
  telemetry.reset()
  telemetry.recordExternalCall('openai', 'success')
  const seen = await inWorker(`
    await core.gateExternalCall('openai', () => 1)
    return core.getTelemetry().getSnapshot().external_calls_total`)
  expect(seen).toEqual({ 'provider=openai,status=success': 2 })
  expect(telemetry.getSnapshot().external_calls_total).toEqual(seen)
})
