import { until } from './stop.mjs'

/** Kills Redis, shows what a probe then sees, starts it again and shows the recovery. */
export async function showFailureAndRecovery({ mode, orchestrator, redis, output, signal }) {
  const url = `${orchestrator.url}/health/ready`

  await redis.kill()
  output.step('redis', 'killed')
  const failed = await readinessWhen(orchestrator, 'failed: connection_refused', signal)
  output.answer(url, failed)
  // STANDBY answers 200 whatever its dependencies do: a locked system is as it should be.
  expectStatus(failed, mode === 'STANDBY' ? 200 : 503)

  await redis.restart()
  output.step('redis', `back on 127.0.0.1:${redis.port}`)
  const recovered = await readinessWhen(orchestrator, 'ok', signal)
  output.answer(url, recovered)
  expectStatus(recovered, 200)
}

/** Asks the orchestrator to end: it says that it drains, finishes, and exits with 0. */
export async function showShutdown({ orchestrator, output, signal }) {
  const { program } = orchestrator
  program.signal('SIGTERM')
  output.step('orchestrator', 'got SIGTERM')
  const draining = await until(
    async () => {
      const answer = await orchestrator.readiness()
      return answer?.json?.status === 'draining' ? answer : undefined
    },
    { program, what: () => 'the orchestrator did not drain', timeoutMs: 2_000, signal },
  )
  output.answer(`${orchestrator.url}/health/ready`, draining)
  expectStatus(draining, 503)

  const end = await program.exited
  if (end !== 'exit code 0') throw program.failure(`orchestrator did not end well (${end})`)
  output.step('orchestrator', `ended with ${end}`)
}

function readinessWhen(orchestrator, redis, signal) {
  return until(
    async () => {
      const answer = await orchestrator.readiness()
      return answer?.json?.checks?.redis === redis ? answer : undefined
    },
    { program: orchestrator.program, what: () => `redis was not reported as "${redis}"`, timeoutMs: 10_000, signal },
  )
}

function expectStatus({ status }, expected) {
  if (status !== expected) throw new Error(`readiness answered ${status}, expected ${expected}`)
}
