import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Certificate } from './certificates.ts'
import { freePort } from './ports.ts'
import { findProgram, freeze, type Program, startProgram, thaw } from './process.ts'
import { removeTempDirectory, tempDirectory } from './temp.ts'

export interface RedisOptions {
  /** `requirepass`. */
  password?: string
  /** A user beside `default`. `rules` defaults to every key and every command. */
  aclUser?: { name: string; password: string; rules?: string }
  /** Serves TLS, and nothing else, on the port. */
  tls?: Certificate
  /** Listens on a Unix socket too: `socket`. */
  unixsocket?: boolean
  /** More arguments, such as `['--maxclients', '4']`. */
  args?: string[]
}

export interface Redis {
  port: number
  socket: string
  /** The URL with the password of `default`, if there is one. */
  url: string
  stop(): Promise<void>
  /** SIGSTOP: the kernel goes on accepting, the server says nothing. */
  freeze(): void
  thaw(): void
  kill(): Promise<void>
  /** Starts it again on the same port; more arguments may be given. */
  restart(args?: string[]): Promise<void>
  /** Sends one inline command (after AUTH where there is a password) and gives the raw reply. */
  command(line: string): Promise<string>
  /** Makes it answer -LOADING until `loaded`, after a restart over a data set. */
  startLoading(): Promise<void>
  loaded(): Promise<void>
  /** Makes it answer -MISCONF: a background save has failed. */
  breakSaving(): Promise<void>
}

const INSTALL = 'apt-get install -y redis-server'

/** A private Redis on a free port of 127.0.0.1. */
export async function startRedis(options: RedisOptions = {}): Promise<Redis> {
  const binary = findProgram('redis-server', INSTALL)
  const directory = tempDirectory('redis')
  const data = join(directory, 'data')
  mkdirSync(data)
  const socket = join(directory, 'redis.sock')
  const port = await freePort()
  const config = join(directory, 'redis.conf')
  const lines = ['bind 127.0.0.1', `dir ${data}`, 'save ""', 'appendonly no', 'enable-debug-command yes', 'loglevel notice']
  if (options.tls === undefined) lines.push(`port ${port}`)
  else lines.push('port 0', `tls-port ${port}`, `tls-cert-file ${options.tls.cert}`, `tls-key-file ${options.tls.key}`, 'tls-auth-clients no', `tls-ca-cert-file ${options.tls.cert}`)
  if (options.unixsocket === true) lines.push(`unixsocket ${socket}`, 'unixsocketperm 777')
  if (options.password !== undefined) lines.push(`requirepass ${quoted(options.password)}`)
  if (options.aclUser !== undefined) {
    const { name, password, rules = '~* &* +@all' } = options.aclUser
    lines.push(`user ${name} on ${quoted(`>${password}`)} ${rules}`)
  }
  writeFileSync(config, `${lines.join('\n')}\n`)

  let program: Program
  const start = async (more: string[] = [], ready = /Ready to accept connections/): Promise<void> => {
    rmSync(socket, { force: true })
    program = await startProgram(binary, { args: [config, ...(options.args ?? []), ...more], cwd: data, ready })
  }
  await start()

  const credentials = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`
  const command = async (line: string): Promise<string> => {
    if (options.tls !== undefined) throw new Error('commands are sent without TLS')
    const auth = options.password === undefined ? '' : `AUTH ${quoted(options.password)}\r\n`
    const reply = await exchange(port, `${auth}${line}\r\nQUIT\r\n`)
    // The replies of AUTH and QUIT are not the caller's.
    return reply.replace(auth === '' ? '' : /^[+-][^\r]*\r\n/, '').replace(/\+OK\r\n$/, '')
  }
  return {
    port,
    socket,
    url: `${options.tls === undefined ? 'redis' : 'rediss'}://${credentials}127.0.0.1:${port}`,
    async stop() {
      thaw(program.pid)
      await program.stop('SIGKILL')
      removeTempDirectory(directory)
    },
    freeze: () => freeze(program.pid),
    thaw: () => thaw(program.pid),
    kill: () => program.stop('SIGKILL'),
    restart: (args) => start(args),
    command,
    async startLoading() {
      // 200,000 keys that each take 0.5 ms to load; the server looks at its sockets every 1 KiB.
      expectReply(await command('DEBUG POPULATE 200000'), '+OK')
      expectReply(await command('SAVE'), '+OK')
      await program.stop('SIGKILL')
      await start(['--key-load-delay', '500', '--loading-process-events-interval-bytes', '1024'], /Loading RDB|Server initialized/)
      const deadline = Date.now() + 10_000
      while (!(await command('PING').catch(() => '')).startsWith('-LOADING')) {
        if (Date.now() > deadline) throw new Error(`Redis is not loading:\n${program.output()}`)
        await sleep(10)
      }
    },
    async loaded() {
      expectReply(await command('CONFIG SET key-load-delay 0'), '+OK')
      const deadline = Date.now() + 10_000
      while (!(await command('PING')).startsWith('+PONG')) {
        if (Date.now() > deadline) throw new Error(`Redis is still loading:\n${program.output()}`)
        await sleep(10)
      }
    },
    async breakSaving() {
      // Without its directory a save fails, and with save points set the server says so to all.
      expectReply(await command('CONFIG SET save "3600 1"'), '+OK')
      rmSync(data, { recursive: true, force: true })
      await command('BGSAVE')
      const deadline = Date.now() + 10_000
      while (!(await command('PING')).startsWith('-MISCONF')) {
        if (Date.now() > deadline) throw new Error(`Redis still saves:\n${program.output()}`)
        await sleep(10)
      }
    },
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function expectReply(reply: string, start: string): void {
  if (!reply.startsWith(start)) throw new Error(`Redis answered ${JSON.stringify(reply)}, expected ${start}`)
}

async function exchange(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    let reply = ''
    socket.setTimeout(5_000, () => socket.destroy(new Error('Redis did not answer within five seconds')))
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      reply += chunk.toString('latin1')
    })
    socket.on('end', () => resolve(reply))
    socket.end(request)
  })
}
