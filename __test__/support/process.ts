import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ProgramOptions {
  args?: string[]
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Runs as this user; only root can ask for it. */
  user?: string
  /** Started when a line of its output matches. Without it, started when spawned. */
  ready?: RegExp
  readyTimeoutMs?: number
  /** Opens a pipe to its standard input. */
  stdin?: boolean
}

export interface Program {
  pid: number
  child: ChildProcess
  /** Everything it has written so far, both streams. */
  output(): string
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  hasExited(): boolean
  /** Sends the signal and waits for the end; SIGKILL follows after five seconds. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Every process below it, itself first. */
  family(): number[]
}

const running = new Set<number>()

process.once('exit', () => {
  for (const pid of running) {
    for (const member of familyOf(pid)) signal(member, 'SIGKILL')
  }
})

/** The path of a program, or an error that says how to install it. */
export function findProgram(name: string, install: string, folders: string[] = []): string {
  const path = (process.env.PATH ?? '').split(delimiter)
  for (const folder of [...folders, ...path, '/usr/sbin', '/sbin']) {
    const file = join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      continue
    }
  }
  throw new Error(`${name} is missing: ${install}`)
}

/** Runs a program to its end and gives its output; a failure carries both streams. */
export async function run(file: string, args: string[], options: { user?: string; env?: NodeJS.ProcessEnv; cwd?: string; input?: string } = {}): Promise<string> {
  const [command, ...rest] = asUser(options.user, file, args)
  return new Promise((resolve, reject) => {
    const child = execFile(
      command!,
      rest,
      { cwd: options.cwd ?? '/', env: options.env ?? process.env, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(new Error(`${file} ${args.join(' ')} failed: ${error.message}\n${stdout}${stderr}`))
      },
    )
    // A program that ends without reading its input has said why in its exit.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input ?? '')
  })
}

/**
 * Starts a server and waits for its ready line. The kernel kills it when this process dies, however
 * this process dies.
 */
export async function startProgram(file: string, options: ProgramOptions = {}): Promise<Program> {
  const setpriv = findProgram('setpriv', 'apt-get install -y util-linux')
  const identity = options.user === undefined ? [] : ['--reuid', options.user, '--regid', options.user, '--init-groups']
  const child = spawn(setpriv, [...identity, '--pdeathsig', 'KILL', '--', file, ...(options.args ?? [])], {
    cwd: options.cwd ?? '/',
    env: options.env ?? process.env,
    stdio: [options.stdin === true ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const collect = (chunk: Buffer): void => {
    text += chunk.toString('utf8')
  }
  child.stdout!.on('data', collect)
  child.stderr!.on('data', collect)

  let ended = false
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    const finish = (code: number | null, by: NodeJS.Signals | null): void => {
      ended = true
      if (child.pid !== undefined) running.delete(child.pid)
      resolve({ code, signal: by })
    }
    child.once('exit', finish)
    child.once('error', (error) => {
      text += error.message
      finish(null, null)
    })
  })
  if (child.pid === undefined) {
    await exited
    throw new Error(`${file} did not start: ${text}`)
  }
  const pid = child.pid
  running.add(pid)

  const program: Program = {
    pid,
    child,
    output: () => text,
    exited,
    hasExited: () => ended,
    family: () => familyOf(pid),
    async stop(by = 'SIGTERM') {
      if (ended) return
      signal(pid, by)
      const late = sleep(5_000, 'late' as const, { ref: false })
      if ((await Promise.race([exited, late])) === 'late') {
        for (const member of familyOf(pid)) signal(member, 'SIGKILL')
        await exited
      }
    },
  }

  if (options.ready !== undefined) {
    const deadline = Date.now() + (options.readyTimeoutMs ?? 15_000)
    while (!options.ready.test(text)) {
      if (ended) throw new Error(`${file} ended before it was ready:\n${text}`)
      if (Date.now() > deadline) {
        await program.stop('SIGKILL')
        throw new Error(`${file} was not ready in time; expected ${String(options.ready)} in:\n${text}`)
      }
      await sleep(5)
    }
  }
  return program
}

/** Stops the process and all below it from running, the parent first so that it starts no more. */
export function freeze(pid: number): void {
  signal(pid, 'SIGSTOP')
  for (const member of familyOf(pid)) signal(member, 'SIGSTOP')
}

export function thaw(pid: number): void {
  for (const member of familyOf(pid).reverse()) signal(member, 'SIGCONT')
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function familyOf(pid: number): number[] {
  let below: number[] = []
  try {
    below = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return [pid]
  }
  return [pid, ...below.flatMap(familyOf)]
}

function asUser(user: string | undefined, file: string, args: string[]): string[] {
  if (user === undefined) return [file, ...args]
  return [findProgram('setpriv', 'apt-get install -y util-linux'), '--reuid', user, '--regid', user, '--init-groups', '--', file, ...args]
}
