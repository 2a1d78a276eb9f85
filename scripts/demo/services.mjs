import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './stop.mjs'

const ROOT = join(import.meta.dirname, '..', '..')

/** The FastAPI worker, in the virtual environment that `make setup` made. */
export async function startWorker({ processes, workspace, signal }, { port, mode }) {
  const artifacts = workspace.path('artifacts')
  mkdirSync(artifacts)
  const program = processes.start('worker', join(ROOT, '.venv', 'bin', 'python'), ['api_server.py'], {
    cwd: join(ROOT, 'stack', 'services', 'worker'),
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      ROS_MODE: mode,
      ARTIFACT_PATH: artifacts,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONUNBUFFERED: '1',
    },
  })
  const url = `http://127.0.0.1:${port}`
  await until(async () => (await get(`${url}/health`))?.status === 200, {
    program,
    what: () => 'the worker did not answer GET /health',
    timeoutMs: 30_000,
    signal,
  })
  return { name: 'worker', port, url }
}

/** The orchestrator, run as ResearchFlow runs it. */
export async function startOrchestrator({ processes, signal }, { port, probePort, mode, drainMs, dependencies }) {
  const program = processes.start('orchestrator', process.execPath, ['--import', 'tsx', 'index.ts'], {
    cwd: join(ROOT, 'stack', 'services', 'orchestrator'),
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      PROBE_PORT: String(probePort),
      ROS_MODE: mode,
      DRAIN_MS: String(drainMs),
      DATABASE_URL: dependencies.postgres.url,
      REDIS_URL: dependencies.redis.url,
      WORKER_CALLBACK_URL: dependencies.worker.url,
    },
  })
  const url = `http://127.0.0.1:${port}`
  let latest
  const readiness = async () => (latest = await get(`${url}/health/ready`))
  await until(async () => (await get(`${url}/health`))?.status === 200, {
    program,
    what: () => 'the orchestrator did not answer GET /health',
    timeoutMs: 30_000,
    signal,
  })
  return {
    name: 'orchestrator',
    port,
    url,
    probes: `http://127.0.0.1:${probePort}`,
    program,
    readiness,
    /** The first readiness in which every check is ok. */
    untilReady: () =>
      until(async () => allOk(await readiness()), {
        program,
        what: () => `the orchestrator was not ready (it answers ${latest?.body ?? 'nothing'})`,
        timeoutMs: 15_000,
        signal,
      }),
  }
}

function allOk(answer) {
  const checks = answer?.json?.checks
  return checks && Object.values(checks).every((result) => result === 'ok') ? answer : undefined
}

/** Status and body of a GET, or undefined when nobody answers. */
async function get(url) {
  try {
    const response = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5_000) })
    const body = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, body, json: isJson ? JSON.parse(body) : undefined }
  } catch {
    return undefined
  }
}
