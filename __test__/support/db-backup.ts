import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, run } from './process.ts'
import type { Postgres } from './postgres.ts'
import { tempDirectory } from './temp.ts'

export const SCRIPT = join(import.meta.dirname, '..', '..', 'stack', 'scripts', 'db-backup.sh')

export interface Outcome {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Run {
  pid: number
  ended: Promise<Outcome>
}

/** BusyBox's own programs before those of this system, as in the image that the script runs in. */
export function busyboxPath(): string {
  const busybox = findProgram('busybox', 'apt-get install -y busybox-static')
  const folder = tempDirectory('busybox')
  for (const applet of ['sh', 'awk', 'basename', 'cat', 'cmp', 'cp', 'cut', 'date', 'du', 'grep', 'mkfifo', 'mktemp', 'mv', 'rm', 'sed', 'sha256sum', 'sort', 'sync', 'tail', 'tr', 'uniq']) {
    symlinkSync(busybox, join(folder, applet))
  }
  return `${folder}:${process.env.PATH}`
}

export function startBackup(command: string[], env: NodeJS.ProcessEnv, wrapper: string[] = []): Run {
  const [file, ...args] = [...wrapper, 'sh', SCRIPT, ...command]
  const child = spawn(file!, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { pid: child.pid!, ended }
}

/** The files of a backup directory, without the lock and the tools' words. */
export function files(directory: string): string[] {
  return readdirSync(directory).filter((name) => name !== '.lock' && name !== '.last-error.txt').sort()
}

/** Puts a copy of a backup under the name of another time. */
export function copyBackup(directory: string, from: string, to: string): void {
  mkdirSync(directory, { recursive: true })
  const name = to.split('/').at(-1)!
  copyFileSync(from, join(directory, name))
  copyFileSync(`${from}.counts`, join(directory, `${name}.counts`))
  seal(join(directory, name))
}

/** Writes the checksum of a file as it is now. */
export function seal(file: string): void {
  const sum = createHash('sha256').update(readFileSync(file)).digest('hex')
  writeFileSync(`${file}.sha256`, `${sum}  ${file.split('/').at(-1)}\n`)
}

/** SQL in one database, as the superuser. */
export async function sql(postgres: Postgres, database: string, text: string): Promise<string> {
  const psql = findProgram('psql', 'apt-get install -y postgresql')
  return run(psql, ['-X', '-At', '-v', 'ON_ERROR_STOP=1', '-h', postgres.socketDir, '-p', String(postgres.port), '-U', 'postgres', '-d', database], { input: text })
}
