import { appendFileSync, chmodSync, chownSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Certificate } from './certificates.ts'
import { freePort } from './ports.ts'
import { findProgram, freeze, type Program, run, signal, startProgram, thaw } from './process.ts'
import { removeTempDirectory, tempDirectory } from './temp.ts'

export interface PostgresOptions {
  /** Password of the role `ros`. Default: one with characters that a URL must escape. */
  password?: string
  /** Serves TLS with this certificate. */
  tls?: Certificate
  maxConnections?: number
  /** Slots kept for superusers, which `ros` is not. Default 2. */
  superuserReserved?: number
  /** Clones this server and follows it as a read-only replica. */
  standbyOf?: Postgres
  /**
   * Holds the server in a state in which it answers 57P03 for as long as it runs: `recovering`
   * waits for WAL that never comes, `no-hot-standby` replays and admits nobody.
   */
  startingUp?: 'recovering' | 'no-hot-standby'
  /** Lines for postgresql.conf. */
  settings?: string[]
}

export interface Postgres {
  port: number
  host: '127.0.0.1'
  user: string
  password: string
  database: string
  socketDir: string
  dataDir: string
  /** The URL over TCP; `params` become its query. */
  url(params?: Record<string, string>): string
  /** The URL over the Unix socket. */
  socketUrl(params?: Record<string, string>): string
  stop(): Promise<void>
  /** SIGSTOP to every process of the cluster. */
  freeze(): void
  thaw(): void
  /** SIGKILL to every process of the cluster. */
  kill(): Promise<void>
  /** Starts it again on the same port and data. */
  restart(): Promise<void>
  setPassword(password: string): Promise<void>
  /** Runs SQL as the superuser, over the Unix socket; gives psql's unaligned rows. */
  admin(sql: string): Promise<string>
  log(): string
}

const ADMIN = 'postgres'
const INSTALL = 'apt-get install -y postgresql'

/** A private Postgres on a free port of 127.0.0.1 with scram passwords. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const owner = serverUser()
  const directory = tempDirectory('pg', owner)
  const socketDir = directory
  const dataDir = join(directory, 'data')
  const port = await freePort()
  const primary = options.standbyOf
  const role = { user: 'ros', database: 'ros', password: primary?.password ?? options.password ?? 'p@ss:w/rd#?%' }

  if (primary === undefined) {
    await asOwner(owner, pg('initdb'), ['-D', dataDir, '-U', ADMIN, '-A', 'trust', '--no-sync', '--no-instructions', '-E', 'UTF8', '--locale=C'])
    writeAs(owner, join(dataDir, 'pg_hba.conf'), [
      `local all ${ADMIN} trust`,
      `local replication ${ADMIN} trust`,
      `host replication ${ADMIN} 127.0.0.1/32 trust`,
      'local all all scram-sha-256',
      'host all all 127.0.0.1/32 scram-sha-256',
      '',
    ].join('\n'))
  } else {
    await asOwner(owner, pg('pg_basebackup'), ['-D', dataDir, '-h', primary.socketDir, '-p', String(primary.port), '-U', ADMIN, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'])
  }

  const settings = [
    "listen_addresses = '127.0.0.1'",
    `port = ${port}`,
    `unix_socket_directories = '${socketDir}'`,
    'fsync = off',
    'synchronous_commit = off',
    'full_page_writes = off',
    'shared_buffers = 4MB',
    'dynamic_shared_memory_type = mmap',
    'password_encryption = scram-sha-256',
    'wal_level = replica',
    'max_wal_senders = 3',
    `superuser_reserved_connections = ${options.superuserReserved ?? 2}`,
    // A replica may not have fewer connections than its primary.
    ...(options.maxConnections === undefined ? (primary === undefined ? ['max_connections = 20'] : []) : [`max_connections = ${options.maxConnections}`]),
    ...(options.settings ?? []),
  ]
  if (options.tls !== undefined) {
    for (const [kind, file] of Object.entries(options.tls)) {
      writeAs(owner, join(dataDir, `server.${kind}`), readFileSync(file, 'utf8'))
    }
    settings.push('ssl = on', "ssl_cert_file = 'server.cert'", "ssl_key_file = 'server.key'")
  }
  if (options.startingUp !== undefined) {
    writeAs(owner, join(dataDir, 'standby.signal'), '')
    settings.push(options.startingUp === 'recovering' ? "restore_command = 'sleep 3600'" : 'hot_standby = off')
  }
  appendFileSync(join(dataDir, 'postgresql.conf'), `\n${settings.join('\n')}\n`)

  let program: Program
  const start = async (): Promise<void> => {
    program = await startProgram(pg('postgres'), {
      args: ['-D', dataDir],
      cwd: dataDir,
      ...(owner === undefined ? {} : { user: owner.name }),
      ready: options.startingUp === undefined ? /ready to accept (read-only )?connections/ : /listening on Unix socket/,
    })
    if (options.startingUp !== undefined) await heldStartingUp(server)
  }
  const server: Postgres = {
    port,
    host: '127.0.0.1',
    ...role,
    socketDir,
    dataDir,
    url: (params) => url(`127.0.0.1:${port}`, server, params),
    socketUrl: (params) => url('', server, { host: socketDir, port: String(port), ...params }),
    async stop() {
      thaw(program.pid)
      const members = program.family()
      // SIGQUIT is the immediate shutdown: nothing here has to survive it.
      const stopped = program.stop('SIGQUIT')
      if (options.startingUp !== undefined) {
        for (const member of members.slice(1)) signal(member, 'SIGKILL')
      }
      await stopped
      removeTempDirectory(directory)
    },
    freeze: () => freeze(program.pid),
    thaw: () => thaw(program.pid),
    async kill() {
      const members = program.family()
      for (const member of members) signal(member, 'SIGKILL')
      await program.exited
      // The port is free only once the last of them is gone.
      while (members.some((member) => isAlive(member))) await sleep(5)
    },
    restart: start,
    async setPassword(password) {
      await server.admin(`ALTER ROLE ros PASSWORD ${literal(password)}`)
      server.password = password
    },
    admin: (sql) => asOwner(owner, pg('psql'), ['-X', '-At', '-v', 'ON_ERROR_STOP=1', '-h', socketDir, '-p', String(port), '-U', ADMIN, '-d', 'postgres'], sql),
    log: () => program.output(),
  }
  await start()
  if (primary === undefined && options.startingUp === undefined) {
    await server.admin(`CREATE ROLE ros LOGIN PASSWORD ${literal(role.password)};\nCREATE DATABASE ros OWNER ros;\n`)
  }
  return server
}

function url(host: string, server: Postgres, params: Record<string, string> = {}): string {
  const query = new URLSearchParams(params).toString()
  return `postgres://${server.user}:${encodeURIComponent(server.password)}@${host}/${server.database}${query === '' ? '' : `?${query}`}`
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

interface Owner {
  name: string
  uid: number
  gid: number
}

/** Postgres refuses root: then its own user owns and runs it. Undefined: whoever runs the tests. */
function serverUser(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((entry) => entry.startsWith('postgres:'))
  if (line === undefined) throw new Error(`the user postgres is missing: ${INSTALL}`)
  const [name, , uid, gid] = line.split(':')
  return { name: name!, uid: Number(uid), gid: Number(gid) }
}

function pg(name: string): string {
  let folders: string[] = []
  try {
    folders = readdirSync('/usr/lib/postgresql')
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => `/usr/lib/postgresql/${version}/bin`)
  } catch {
    // Not Debian: PATH has to have them.
  }
  return findProgram(name, INSTALL, folders)
}

async function asOwner(owner: Owner | undefined, file: string, args: string[], input?: string): Promise<string> {
  return run(file, args, {
    ...(owner === undefined ? {} : { user: owner.name }),
    ...(input === undefined ? {} : { input }),
    env: { PATH: process.env.PATH, LC_ALL: 'C', PGCONNECT_TIMEOUT: '5' },
  })
}

function writeAs(owner: Owner | undefined, file: string, text: string): void {
  writeFileSync(file, text)
  chmodSync(file, 0o600)
  if (owner !== undefined) chownSync(file, owner.uid, owner.gid)
}

/** Waits until the server says itself that it is starting up. */
async function heldStartingUp(server: Postgres): Promise<void> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const answer = await server.admin('SELECT 1').catch((error: Error) => error.message)
    if (/starting up|not (yet )?accepting connections/.test(answer)) return
    if (Date.now() > deadline) throw new Error(`Postgres is not starting up, it says: ${answer}\n${server.log()}`)
    await sleep(20)
  }
}

/** False for a process that is gone or waits only to be buried. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
