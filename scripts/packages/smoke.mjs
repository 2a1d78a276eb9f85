/**
 * Uses the package that is installed in this folder, on whatever runtime runs it, and prints a line of
 * JSON. Copied into an empty project by the test of the packages; it may import nothing else.
 */

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import process from 'node:process'
import {
  checkExternalCall,
  createLogger,
  createReadiness,
  currentMode,
  enterStandby,
  gateExternalCall,
  getTelemetry,
  installEgressGuard,
  redactPhi,
  resolveMode,
  startProbeServer,
} from '@researchflow/core'

process.env.ROS_MODE = 'LIVE'
assert.equal(currentMode().mode, 'LIVE')
assert.equal(resolveMode({ ROS_MODE: 'live' }).mode, 'STANDBY')

const worker = createServer((_request, response) => response.end('{}'))
await new Promise((resolve) => worker.listen(0, '127.0.0.1', resolve))
const readiness = createReadiness({
  db: 'postgres://nobody:nothing@127.0.0.1:9/none',
  redis: 'redis://127.0.0.1:9',
  worker: `http://127.0.0.1:${worker.address().port}`,
})
assert.deepEqual((await readiness.check()).checks, {
  db: 'failed: connection_refused',
  redis: 'failed: connection_refused',
  worker: 'ok',
})

const probe = await startProbeServer({ port: 0, readiness })
const health = await fetch(`http://127.0.0.1:${probe.port}/health`)
assert.deepEqual([health.status, (await health.json()).status], [200, 'healthy'])
await probe.close()
await readiness.close()
worker.close()

assert.equal(redactPhi('SSN 536-22-8716'), 'SSN [ssn]')
createLogger('smoke').warn('one line', { patientName: 'Zebulon Quackenbush' })

assert.equal(await gateExternalCall('openai', () => 'answer'), 'answer')
const guard = guardReport()
enterStandby('smoke test')
assert.deepEqual(checkExternalCall('openai'), { allowed: false, reason: 'standby_mode' })
await assert.rejects(
  gateExternalCall('openai', () => assert.fail('it was called')),
  { code: 'RF_EGRESS_BLOCKED', reason: 'standby_mode' },
)
const metrics = getTelemetry().toPrometheus()
assert.match(metrics.body, /external_calls_total\{provider="openai",status="success"\} 1/)
assert.match(metrics.body, /external_calls_blocked_total\{reason="standby_mode",provider="openai"\} 1/)

const { deno, bun, node } = process.versions
const runtime = deno ? `Deno ${deno}` : bun ? `Bun ${bun}` : `Node.js ${node}`
process.stdout.write(`${JSON.stringify({ runtime, platform: process.platform, arch: process.arch, guard })}\n`)

/** The guard stands on Node's own handles: where there are others it says so and holds nothing. */
function guardReport() {
  try {
    const { level, verified } = installEgressGuard()
    assert(verified.every(({ held }) => held))
    return level
  } catch (error) {
    assert.equal(error.code, 'RF_GUARD_UNSUPPORTED')
    return error.code
  }
}
