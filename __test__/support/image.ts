import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './ports.ts'
import { type Program, startProgram } from './process.ts'
import { ROOT, STACK } from './stack.ts'

export interface Running {
  port: number
  /** By the names that the manifests give them. */
  ports: Record<string, number>
  program: Program
}

/** The command that a Dockerfile ends with. */
export function commandOf(dockerfile: string): string[] {
  const text = readFileSync(join(STACK, dockerfile), 'utf8')
  return JSON.parse(/^CMD (\[.*\])$/m.exec(text)![1]!) as string[]
}

/** Bundles the orchestrator as the image's build does. */
export function buildOrchestrator(): void {
  const cwd = join(STACK, 'services', 'orchestrator')
  // Another spec may start the bundle meanwhile: it finds the old one or the new one, in full.
  const fresh = `dist/index-${process.pid}.js`
  execFileSync('npm', ['run', '--silent', 'build', '--', `--outfile=${fresh}`], { cwd, stdio: 'pipe' })
  renameSync(join(cwd, fresh), join(cwd, 'dist', 'index.js'))
}

/** Runs what the image runs, here: the same command over the same bundle and the same packages. */
export async function startOrchestratorImage(env: Record<string, string>): Promise<Running> {
  const [, ...args] = commandOf('services/orchestrator/Dockerfile')
  const [port, probes] = [await freePort(), await freePort()]
  const program = await startProgram(process.execPath, {
    args,
    cwd: join(STACK, 'services', 'orchestrator'),
    env: { PATH: process.env.PATH, ...env, PORT: String(port), HOST: '127.0.0.1', PROBE_PORT: String(probes), PROBE_HOST: '127.0.0.1', LOG_FORMAT: 'json', LOG_LEVEL: 'info' },
    ready: /"message":"listening"/,
    readyTimeoutMs: 30_000,
  })
  return { port, ports: { http: port, probes }, program }
}

export async function startWorkerImage(env: Record<string, string>): Promise<Running> {
  const [, ...args] = commandOf('services/worker/Dockerfile')
  const port = await freePort()
  const program = await startProgram(join(ROOT, '.venv', 'bin', 'python'), {
    args,
    cwd: join(STACK, 'services', 'worker'),
    env: { PATH: process.env.PATH, PYTHONUNBUFFERED: '1', ...env, PORT: String(port), HOST: '127.0.0.1', UVICORN_WORKERS: '1' },
    ready: /running on http|startup complete/i,
    readyTimeoutMs: 30_000,
  })
  return { port, ports: { http: port }, program }
}
