import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeStaleFarHosts } from './netns.ts'

/** One directory for all that a run writes: a fork is not told of its end, the runner is. */
export default function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'rf-'))
  chmodSync(directory, 0o711)
  process.env.RF_TEST_TEMP = directory
  return () => {
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    removeStaleFarHosts()
  }
}
