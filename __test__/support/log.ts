import { spawn } from 'node:child_process'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const PREAMBLE = "import core from '@researchflow/core';\nimport { setTimeout as pause } from 'node:timers/promises';\n"

export interface Ended {
  out: string
  err: string
  code: number | null
  signal: NodeJS.Signals | null
}

export interface Line {
  timestamp: string
  level: string
  message: string
  module: string
  requestId?: string
  context?: Record<string, unknown>
}

/** Runs a program to its end, with nothing in its environment but what is given. */
export function end(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const text = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ ...text, code, signal }))
  })
}

/** Runs `code`, which finds the package as `core`, with the JSON format unless the environment says otherwise. */
export function log(code: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return end(['--input-type=module', '-e', PREAMBLE + code], { LOG_FORMAT: 'json', ...env })
}

/** The lines of a stream; each has to be one whole object. */
export function lines(text: string): Line[] {
  if (text === '') return []
  if (!text.endsWith('\n')) throw new Error('expected the last line to be whole')
  return text.slice(0, -1).split('\n').map((line) => JSON.parse(line) as Line)
}
