import { chownSync, chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made = new Set<string>()

process.once('exit', () => {
  for (const directory of made) removeTempDirectory(directory)
})

/**
 * A fresh directory that is gone when the test process ends. The name stays short: the path of a
 * Unix socket inside it may not pass 107 bytes.
 */
export function tempDirectory(label: string, owner?: { uid: number; gid: number }): string {
  const directory = mkdtempSync(join(process.env.RF_TEST_TEMP ?? tmpdir(), `${label}-`))
  made.add(directory)
  if (owner !== undefined) {
    chownSync(directory, owner.uid, owner.gid)
    chmodSync(directory, 0o700)
  }
  return directory
}

export function removeTempDirectory(directory: string): void {
  made.delete(directory)
  // A server that was just killed may still be writing: try a few times.
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
}
