import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

// Reads its standard input to the end, that is: until the demo is gone, however it went. Then it
// gives Postgres the time to leave its data directory, and removes the whole directory.
const CLEANER = `
trap '' INT TERM HUP
cat >/dev/null
n=0
while [ -e "$1/postgres/data/postmaster.pid" ] && [ "$n" -lt 100 ]; do sleep 0.05; n=$((n + 1)); done
n=0
while [ -e "$1" ] && [ "$n" -lt 100 ]; do
  rm -rf -- "$1" 2>/dev/null
  [ ! -e "$1" ] || sleep 0.05
  n=$((n + 1))
done`

/**
 * A directory for everything the demo writes. A process of its own watches over it, so that it
 * disappears with the demo even when the demo is killed.
 */
export function createWorkspace() {
  const directory = mkdtempSync(join(traversableTemp(), 'researchflow-demo-'))
  // Postgres runs as another user when root starts the demo: it may pass through, not look.
  chmodSync(directory, 0o711)
  const cleaner = spawn('/bin/sh', ['-c', CLEANER, 'researchflow-demo-cleaner', directory], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const gone = new Promise((resolve) => {
    cleaner.once('exit', resolve)
    cleaner.once('error', resolve)
  })
  cleaner.stdin.on('error', () => {})

  return {
    directory,
    path: (...parts) => join(directory, ...parts),
    async remove() {
      await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
      cleaner.stdin.end()
      await gone
    },
  }
}

/** TMPDIR, unless root's own is closed to the user that Postgres runs as. */
function traversableTemp() {
  const temp = tmpdir()
  if (process.getuid?.() !== 0) return temp
  for (let folder = temp; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return '/tmp'
    if (folder === dirname(folder)) return temp
  }
}
