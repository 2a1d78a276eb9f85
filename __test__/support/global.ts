import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeStaleFarHosts } from './netns.ts'

/** One directory for all that a run writes: a fork is not told of its end, the runner is. */
export default function setup(): () => void {
  removeStaleDirectories()
  removeStaleFarHosts()
  const directory = mkdtempSync(join(tmpdir(), `rf-${process.pid}-`))
  // Postgres runs as a user of its own, and has to get to what is its.
  chmodSync(directory, 0o711)
  process.env.RF_TEST_TEMP = directory
  return () => {
    remove(directory)
    removeStaleFarHosts()
  }
}

/** Removes what runs that were killed have left. */
function removeStaleDirectories(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = /^rf-(\d+)-\w{6}$/.exec(name)?.[1]
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) remove(join(tmpdir(), name))
  }
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}
