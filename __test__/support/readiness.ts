import { expect } from 'vitest'
import { checkOnce } from '../../index.js'

export type ReadinessOptions = NonNullable<Parameters<typeof checkOnce>[0]>
export type ReadinessReport = Awaited<ReturnType<typeof checkOnce>>

/**
 * The package promises 100 ms over the time-out. The rest is what two busy cores may keep a
 * process waiting, with servers and other specs beside it.
 */
export const SLACK_MS = 250

/** Every code a check may fail with. */
export const CODE =
  /^failed: (not_configured|invalid_config|dns_failure|connection_refused|unreachable|timeout|auth_failed|tls_error|too_many_connections|starting_up|read_only|unexpected_reply|http_[1-5]\d\d|cancelled|error)$/

const NAMES = ['ROS_MODE', 'GOVERNANCE_MODE', 'NO_NETWORK', 'MOCK_ONLY', 'ALLOW_UPLOADS', 'STRICT_PHI_ON_UPLOAD', 'ROS_MODE_FILE', 'EGRESS_ALLOW', 'DATABASE_URL', 'REDIS_URL', 'WORKER_CALLBACK_URL', 'NODE_EXTRA_CA_CERTS']

/** Makes the environment of this process one of `env` and nothing else that the package reads. */
export function setEnvironment(env: Record<string, string>): void {
  for (const name of NAMES) delete process.env[name]
  Object.assign(process.env, env)
}

/**
 * Checks what `options` name and nothing else, and gives the outcome of each. Fails where the
 * report is later than promised, or of another shape.
 */
export async function outcomes(options: ReadinessOptions): Promise<Record<string, string>> {
  return (await timelyReport(options)).checks
}

export async function timelyReport(options: ReadinessOptions): Promise<ReadinessReport> {
  const timeoutMs = options.timeoutMs ?? 1_000
  const start = performance.now()
  const report = await checkOnce({ db: false, redis: false, worker: false, ...options, timeoutMs })
  expect(performance.now() - start).toBeLessThan(timeoutMs + SLACK_MS)
  for (const outcome of Object.values(report.checks)) {
    if (outcome !== 'ok' && outcome !== 'blocked') expect(outcome).toMatch(CODE)
  }
  return report
}
