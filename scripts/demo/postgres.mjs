import { execFileSync } from 'node:child_process'
import { accessSync, chownSync, constants, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { until } from './stop.mjs'

const USER = 'researchflow'

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Nothing here has to survive the machine, and shared memory goes where the data is.
  fsync: 'off',
  dynamic_shared_memory_type: 'mmap',
  max_connections: '50',
}

/** A Postgres of its own with a scram password, its cluster made anew. */
export async function startPostgres({ processes, workspace, signal }, { port, password }) {
  const home = workspace.path('postgres')
  const data = join(home, 'data')
  const passwordFile = join(home, 'password')
  const account = serverAccount()
  const env = { LC_ALL: 'C' }

  mkdirSync(home, { mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (account) for (const path of [home, passwordFile]) chownSync(path, account.uid, account.gid)

  await processes.run(
    'initdb',
    executable('initdb'),
    ['-D', data, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C', '--no-sync'],
    { user: account?.name, env },
  )
  rmSync(passwordFile)
  signal.throwIfAborted()

  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // SIGINT is its fast shutdown; SIGQUIT its immediate one, which still frees shared memory.
  const program = processes.start('postgres', executable('postgres'), ['-D', data, ...settings], {
    user: account?.name,
    env,
    stopSignal: 'SIGINT',
    hurrySignal: 'SIGQUIT',
  })
  await until(() => saysReady(data), { program, what: () => 'Postgres was not ready', timeoutMs: 30_000, signal })
  return {
    name: 'postgres',
    port,
    url: `postgres://${USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
  }
}

/** The eighth line of its pid file is the server's own word on its state. */
function saysReady(data) {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

/** Postgres refuses root: then the account that its package made runs it. */
function serverAccount() {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { name: 'postgres', uid: id('-u'), gid: id('-g') }
}

/** In PATH, or where Debian keeps it, the newest version first. */
function executable(name) {
  let versions = []
  try {
    versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a))
  } catch {
    // Another system: PATH alone.
  }
  const folders = [...process.env.PATH.split(delimiter), ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`)]
  const found = folders.map((folder) => join(folder, name)).find(isExecutable)
  if (found === undefined) throw new Error(`${name} is missing: install the package postgresql`)
  return found
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
