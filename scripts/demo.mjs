// The whole ResearchFlow stack on this machine, on free ports of 127.0.0.1, until Ctrl-C:
// Postgres, Redis, the FastAPI worker and the orchestrator. `make demo` runs it.
//
//   node scripts/demo.mjs [--mode LIVE|DEMO|STANDBY] [--once]
//
// --once shows a dependency dying and coming back and the orchestrator draining, and ends.
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { showFailureAndRecovery, showShutdown } from './demo/once.mjs'
import { createOutput } from './demo/output.mjs'
import { freePorts } from './demo/ports.mjs'
import { startPostgres } from './demo/postgres.mjs'
import { Processes, ServiceFailure } from './demo/processes.mjs'
import { startRedis } from './demo/redis.mjs'
import { startOrchestrator, startWorker } from './demo/services.mjs'
import { Stopped, stopOnRequest } from './demo/stop.mjs'
import { createWorkspace } from './demo/workspace.mjs'

const MODES = ['LIVE', 'DEMO', 'STANDBY']

const { values: options } = parseArgs({
  options: { mode: { type: 'string', default: 'LIVE' }, once: { type: 'boolean', default: false } },
})
const output = createOutput()
if (!MODES.includes(options.mode)) {
  output.failure(`MODE must be one of ${MODES.join(', ')}, written exactly so`)
  process.exit(2)
}
process.exit(await main(options))

async function main({ mode, once }) {
  const stop = new AbortController()
  const workspace = createWorkspace()
  const secrets = { postgres: password(), redis: password() }
  const processes = new Processes({
    secrets: Object.values(secrets),
    temp: workspace.directory,
    onDeath: (failure) => stop.abort(failure),
  })
  stopOnRequest(stop, output, () => processes.stopAll({ graceMs: 0 }))

  let code = 0
  try {
    await run({ mode, once, secrets, processes, workspace, output, signal: stop.signal })
  } catch (error) {
    const reason = stop.signal.aborted ? stop.signal.reason : error
    code = reason instanceof Stopped ? 0 : 1
    if (code !== 0) output.failure(describe(reason))
  }
  if (!stop.signal.aborted) stop.abort(new Stopped())
  await processes.stopAll({ graceMs: 5_000 })
  await workspace.remove()
  output.step('demo', 'stopped; no process and no file is left')
  return code
}

async function run({ mode, once, secrets, processes, workspace, output, signal }) {
  output.title(`ResearchFlow in ${mode} mode`)
  const [postgresPort, redisPort, workerPort, orchestratorPort, probePort] = await freePorts(5)
  const context = { processes, workspace, signal }
  const started = (service) => {
    output.step(service.name, `ready on 127.0.0.1:${service.port}`)
    return service
  }

  output.step('demo', 'starting Postgres, Redis and the worker')
  const [postgres, redis, worker] = await Promise.all([
    startPostgres(context, { port: postgresPort, password: secrets.postgres }).then(started),
    startRedis(context, { port: redisPort, password: secrets.redis }).then(started),
    startWorker(context, { port: workerPort, mode }).then(started),
  ])
  const orchestrator = await startOrchestrator(context, {
    port: orchestratorPort,
    probePort,
    mode,
    drainMs: once ? 1_000 : 0,
    dependencies: { postgres, redis, worker },
  }).then(started)

  const report = await orchestrator.untilReady()
  output.answer(`${orchestrator.url}/health/ready`, report)

  if (once) {
    await showFailureAndRecovery({ mode, orchestrator, redis, output, signal })
    await showShutdown({ orchestrator, output, signal })
    return
  }
  output.links([
    ['status page', `${orchestrator.probes}/status`],
    ['readiness', `${orchestrator.url}/health/ready`],
    ['health', `${orchestrator.url}/health`],
    ['status', `${orchestrator.url}/api/status`],
    ['mode', `${orchestrator.url}/api/governance/mode`],
    ['worker', `${worker.url}/health/ready`],
  ])
  output.step('demo', 'up until Ctrl-C')
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function password() {
  return randomBytes(24).toString('base64url')
}

/** A failed service speaks through its own last lines, anything else through its message. */
function describe(error) {
  if (error instanceof ServiceFailure) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : 'the demo failed'
}
