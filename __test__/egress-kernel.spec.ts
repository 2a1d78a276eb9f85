import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Conversation } from './support/conversation.ts'
import { compileWaysOut, type Guard, type Ran, startKernelChild } from './support/kernel.ts'
import { type FarHost, startFarHost } from './support/netns.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { findProgram } from './support/process.ts'
import { type Redis, startRedis } from './support/redis.ts'
import { tempDirectory } from './support/temp.ts'

const PYTHON = '/usr/bin/python3'
const children: Conversation[] = []
let far: FarHost
let waysOut: string

async function start(env: NodeJS.ProcessEnv, prefix: string[] = far.near): Promise<Conversation> {
  const child = await startKernelChild(prefix, env)
  children.push(child)
  return child
}

beforeAll(async () => {
  far = await startFarHost()
  waysOut = compileWaysOut()
})
afterAll(() => far?.stop())
afterEach(async () => {
  for (const child of children.splice(0)) await child.stop()
})

const JS_WAYS: [string, object][] = [
  ['net', { way: 'net', port: 443 }],
  ['net to an IPv6-mapped address', { way: 'net', mapped: true, port: 443 }],
  ['fetch', { way: 'fetch', port: 8000 }],
  ['dns.lookup', { way: 'lookup', name: 'leak.example.org' }],
  ['dns.resolve', { way: 'resolve', name: 'leak.example.org' }],
  ['dns.Resolver', { way: 'resolver', name: 'leak.example.org' }],
  ['dgram send', { way: 'dgram', port: 123 }],
  ['dgram connect', { way: 'dgramConnect', port: 123 }],
  ['a new worker thread', { way: 'worker', port: 443 }],
  ['a worker thread that was there before', { way: 'elder', port: 443 }],
]
const PROGRAMS: [string, string, (address: string) => string[]][] = [
  ['curl', 'curl', (address) => ['-s', '-S', '--max-time', '3', `http://${address}:8000/`]],
  ['curl of a name', 'curl', () => ['-s', '-S', '--max-time', '3', 'http://leak.example.org:8000/']],
  ["bash's /dev/tcp", 'bash', (address) => ['-c', `echo x >/dev/tcp/${address}/443`]],
  ["bash's /dev/udp", 'bash', (address) => ['-c', `echo x >/dev/udp/${address}/123`]],
  ['python', PYTHON, (address) => ['-c', `import socket; socket.create_connection(("${address}", 443), 3)`]],
  ['python by UDP', PYTHON, (address) => ['-c', `import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("${address}", 123))`]],
]
/** Ways that a system call takes: what arrives without the guard, and what is said with it. */
const CALLS: [string, boolean, string][] = [
  ['connect', true, 'EACCES'],
  ['mptcp', true, 'EACCES'],
  ['sctp', false, 'EACCES'],
  ['udplite', true, 'EACCES'],
  ['fastopen', true, 'EACCES'],
  ['fastopen-option', true, 'EACCES'],
  ['source-route', true, 'EACCES'],
  ['udp', true, 'EACCES'],
  ['udp-connected', true, 'EACCES'],
  ['udp-unspecified-family', true, 'EACCES'],
  ['sendmsg', true, 'EACCES'],
  ['sendmmsg', true, 'EACCES'],
  ['sendmsg-control', true, 'EACCES'],
  ['device', true, 'EACCES'],
  ['device-tcp', true, 'EACCES'],
  ['interface', true, 'EACCES'],
  ['join', true, 'EACCES'],
  ['join-source', true, 'EACCES'],
  ['join-any', true, 'EACCES'],
  ['join-any-source', true, 'EACCES'],
  ['join-ipv6', true, 'EACCES'],
  ['join-any-ipv6', true, 'EACCES'],
  ['raw', true, 'EACCES'],
  ['packet', true, 'EACCES'],
  ['vsock', false, 'EACCES'],
  ['request-key', false, 'EACCES'],
  ['io_uring', false, 'EACCES'],
  ['x32', false, 'EACCES'],
  ['i386', false, 'killed'],
  ['daemon', true, 'EACCES'],
]

const target = (to: object): object => ({ ...to, host: 'mapped' in to ? `::ffff:${far.address}` : far.address })

describe('without the guard', () => {
  it('everything in the table arrives, so that the table can fail', async () => {
    const child = await start({ ROS_MODE: 'LIVE' })
    await child.ask({ op: 'keep', host: far.address, port: 443, udpPort: 123 })
    const missing: string[] = []
    const arrives = async (name: string, go: () => Promise<unknown>): Promise<void> => {
      const before = (await far.arrivals()).packets
      await go()
      if ((await far.arrivals()).packets === before) missing.push(name)
    }
    for (const [name, to] of JS_WAYS) await arrives(name, () => child.ask({ op: 'go', ...target(to) }))
    for (const [name, file, args] of PROGRAMS) await arrives(name, () => child.ask({ op: 'run', file, args: args(far.address) }))
    for (const [way, does] of CALLS) {
      if (does) await arrives(way, () => child.ask({ op: 'run', file: waysOut, args: [way, far.address] }))
    }
    expect(missing).toEqual([])
  }, 60_000)
})

describe.each([
  ['as root', () => far.near],
  [
    'as a user without rights',
    () => [...far.near, findProgram('setpriv', 'apt-get install -y util-linux'), '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs', '--inh-caps=-all', '--'],
  ],
])('in STANDBY, %s', (_who, prefix) => {
  it('nothing arrives, whoever tries', async () => {
    const child = await start({ ROS_MODE: 'LIVE' }, prefix())
    await child.ask({ op: 'keep', host: far.address, port: 443, udpPort: 123 })
    expect(await child.ask<Guard>({ op: 'install' })).toMatchObject({ state: 'armed' })
    expect(await child.ask({ op: 'go', way: 'net', host: far.address, port: 443 })).toBe('out')
    await child.ask({ op: 'standby' })
    const guard = await child.ask<Guard>({ op: 'report' })
    expect(guard.state).toBe('in_force')
    expect(guard.verified).toEqual([
      'UDP connect refused',
      'UDP send refused',
      'TCP connect refused',
      'TCP fast open refused',
      'raw socket refused',
      'io_uring refused',
      'the same refused on a thread that was there before',
      'loopback TCP works',
      expect.stringMatching(/^ended what was open: 1 connection, 1 other socket$/),
    ])
    // Linux repeats what it reports of a group within a second (RFC 3376, 8.11), also of those that were left.
    await far.reset(2_500)

    const said: Record<string, unknown> = {}
    for (const [name, to] of JS_WAYS) said[name] = await child.ask({ op: 'go', ...target(to) })
    said['a connection that was open'] = await child.ask({ op: 'go', way: 'keptTcp' })
    said['a UDP socket that was connected'] = await child.ask({ op: 'go', way: 'keptUdp' })
    expect(Object.entries(said).filter(([, outcome]) => outcome === 'out' || outcome === 'silence')).toEqual([])
    expect(said).toMatchObject({ net: 'EACCES', fetch: 'EACCES', 'dgram send': 'EACCES', 'a worker thread that was there before': 'EACCES' })
    for (const [name, file, args] of PROGRAMS) {
      const ran = await child.ask<Ran>({ op: 'run', file, args: args(far.address) })
      expect([name, ran.code === 0], ran.text).toEqual([name, false])
    }
    for (const [way, , expected] of CALLS) {
      const ran = await child.ask<Ran>({ op: 'run', file: waysOut, args: [way, far.address] })
      expect([way, ran.text]).toEqual([way, expected])
    }
    for (const way of ['race-connect', 'race-send']) {
      const ran = await child.ask<Ran>({ op: 'run', file: waysOut, args: [way, far.address] })
      expect([way, ran.text]).toEqual([way, 'EACCES'])
    }
    expect(await far.arrivals()).toEqual({ packets: 0, tcp: 0, udp: 0, dns: 0, names: [] })
    expect((await child.ask<Guard>({ op: 'report' })).refused).toBeGreaterThan(20)
  }, 60_000)

  it('what leaves no machine goes on working', async () => {
    const child = await start({ ROS_MODE: 'STANDBY' }, prefix())
    expect(await child.ask<Guard>({ op: 'install' })).toMatchObject({ state: 'in_force' })
    const loopback = await child.ask<number>({ op: 'listen', host: '127.0.0.1' })
    expect(await child.ask({ op: 'go', way: 'net', host: '127.0.0.1', port: loopback })).toBe('out')
    expect(await child.ask({ op: 'go', way: 'net', host: 'localhost', port: loopback })).toBe('out')
    expect(await child.ask({ op: 'loopbackUdp' })).toBe('ping')
    const everywhere = await child.ask<number>({ op: 'listen', host: '0.0.0.0' })
    const [command, ...args] = [...far.near, 'bash', '-c', `cat </dev/tcp/10.77.0.1/${everywhere}`]
    expect(execFileSync(command!, args, { encoding: 'utf8' })).toBe('welcome')
    const ran = await child.ask<Ran>({ op: 'run', file: 'bash', args: ['-c', `cat </dev/tcp/127.0.0.1/${loopback}`] })
    expect(ran).toEqual({ code: 0, text: 'welcome' })
    expect(await child.ask<Ran>({ op: 'run', file: waysOut, args: ['socketpair', far.address] })).toEqual({ code: 0, text: 'out' })
    expect(await child.ask({ op: 'terminate' })).toBe(1)
    expect(await child.ask<string>({ op: 'status' })).toMatch(/^NoNewPrivs:\t1$[^]*^Seccomp:\t2$/m)
  })

  it('EGRESS_ALLOW is reached, its neighbours are not, and a name on it resolves', async () => {
    const child = await start({ ROS_MODE: 'STANDBY', EGRESS_ALLOW: `${far.address}:443,worker.internal:8000,10.77.0.9:80` }, prefix())
    await child.ask({ op: 'install' })
    const net = (host: string, port: number): Promise<string> => child.ask({ op: 'go', way: 'net', host, port })
    expect(await net(far.address, 443)).toBe('out')
    expect(await net(`::ffff:${far.address}`, 443)).toBe('out')
    expect(await net(far.address, 80)).toBe('EACCES')
    expect(await net('10.77.0.3', 443)).toBe('EACCES')
    await far.reset()
    expect(await child.ask({ op: 'go', way: 'lookup', name: 'worker.internal' })).toBe('out')
    expect(await child.ask({ op: 'go', way: 'fetch', host: 'worker.internal', port: 8000 })).toBe('out')
    expect(await child.ask({ op: 'go', way: 'resolve', name: 'worker.internal' })).toBe('out')
    expect(await net('worker.internal', 80)).toBe('EACCES')
    const curl = await child.ask<Ran>({ op: 'run', file: 'curl', args: ['-sS', '--max-time', '5', 'http://worker.internal:8000/health'] })
    expect(curl).toEqual({ code: 0, text: '{"status":"healthy"}' })
    expect(await child.ask({ op: 'check', worker: 'http://worker.internal:8000' })).toMatchObject({ worker: 'ok' })
    for (const name of ['secret.worker.internal', 'leak.example.org']) {
      expect(await child.ask({ op: 'go', way: 'lookup', name })).not.toBe('out')
      expect(await child.ask({ op: 'go', way: 'resolve', name })).not.toBe('out')
      expect((await child.ask<Ran>({ op: 'run', file: 'curl', args: ['-s', '--max-time', '3', `http://${name}:8000/`] })).code).not.toBe(0)
    }
    const { names } = await far.arrivals()
    expect(new Set(names)).toEqual(new Set(['worker.internal']))
  }, 40_000)
})

describe('a flip', () => {
  let postgres: Postgres
  let redis: Redis
  beforeAll(async () => {
    ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
  })
  afterAll(async () => {
    await Promise.all([postgres?.stop(), redis?.stop()])
  })

  it('leaves clients of Postgres and Redis on loopback as they are, and lets new ones connect', async () => {
    const child = await start({ ROS_MODE: 'LIVE' }, [])
    await child.ask({ op: 'install' })
    const urls = { postgres: postgres.url(), redis: redis.url }
    expect(await child.ask({ op: 'clients', ...urls })).toEqual({ pg: 1, redis: 'PONG' })
    await child.ask({ op: 'standby' })
    expect(await child.ask({ op: 'report' })).toMatchObject({ state: 'in_force' })
    expect(await child.ask({ op: 'ask', ...urls })).toEqual({ fresh: 1, pg: 1, redis: 'PONG' })
  })

  it('leaves connections that came in as they are, and ends one that is on its way out', async () => {
    const child = await start({ ROS_MODE: 'LIVE' })
    await child.ask({ op: 'install' })
    const port = await child.ask<number>({ op: 'echo', host: '0.0.0.0' })
    const client = await start({ ROS_MODE: 'LIVE' })
    await client.ask({ op: 'hold', host: '10.77.0.1', port })
    expect(await client.ask({ op: 'say', text: 'before' })).toBe('before')
    await child.ask({ op: 'pend', host: '10.77.0.99', port: 443 })
    await child.ask({ op: 'standby' })
    expect(await child.ask({ op: 'report' })).toMatchObject({ state: 'in_force' })
    expect(await child.ask({ op: 'pended' })).not.toMatch(/^(out|silence)$/)
    expect(await client.ask({ op: 'say', text: 'after' })).toBe('after')
  })

  it('holds while the JavaScript thread is busy', async () => {
    const file = join(tempDirectory('mode'), 'mode')
    writeFileSync(file, 'LIVE\n')
    const child = await start({ ROS_MODE_FILE: file })
    await child.ask({ op: 'keep', host: far.address, port: 443, udpPort: 123 })
    await child.ask({ op: 'install' })
    const spinning = child.ask({ op: 'spin', ms: 3_000 })
    await sleep(200)
    writeFileSync(file, 'STANDBY\n')
    await sleep(1_300)
    const status = execFileSync('cat', [`/proc/${child.pid}/status`], { encoding: 'utf8' })
    expect(status).toMatch(/^Seccomp:\t2$/m)
    await spinning
    expect(await child.ask({ op: 'report' })).toMatchObject({ state: 'in_force' })
  })

  it.each([
    ['waits for it', 0],
    ['is busy', 1_000],
  ])('reaches a thread that reads and %s as an error, and never as an end', async (_, busyMs) => {
    for (const [install, code] of [['install', 'ECONNRESET'], ['guard', 'RF_EGRESS_BLOCKED']]) {
      const child = await start({ ROS_MODE: 'LIVE' })
      await child.ask({ op: install })
      await child.ask({ op: 'reader', name: 'reader', host: far.address, port: 443, busyMs })
      await child.ask({ op: 'standby' })
      expect([install, await child.ask({ op: 'read', name: 'reader' })]).toEqual([install, code])
    }
  })

  it('leaves the multicast groups that were joined', async () => {
    const child = await start({ ROS_MODE: 'LIVE' })
    await child.ask({ op: 'install' })
    await child.ask({ op: 'join', group: '239.1.2.3' })
    expect(await child.ask({ op: 'groups' })).toContain('030201EF')
    await child.ask({ op: 'standby' })
    expect(await child.ask({ op: 'groups' })).not.toContain('030201EF')
    expect((await child.ask<Guard>({ op: 'report' })).verified).toContain('ended what was open: 0 connections, 1 other socket')
  })

  it('comes with a change of the environment, and stays when that is taken back', async () => {
    const child = await start({ ROS_MODE: 'LIVE' })
    await child.ask({ op: 'env', set: { NO_NETWORK: '1' } })
    expect(await child.ask({ op: 'install' })).toMatchObject({ state: 'in_force' })
    await child.ask({ op: 'env', set: { NO_NETWORK: '' } })
    expect(await child.ask({ op: 'install' })).toMatchObject({ state: 'in_force' })
    expect(await child.ask({ op: 'go', way: 'net', host: far.address, port: 443 })).toBe('EACCES')
  })

  it('holds the main thread when a worker thread installed it', async () => {
    const child = await start({ ROS_MODE: 'STANDBY' })
    expect(await child.ask({ op: 'installInWorker' })).toMatchObject({ state: 'in_force' })
    expect(await child.ask({ op: 'go', way: 'net', host: far.address, port: 443 })).toBe('EACCES')
    expect(await child.ask<Ran>({ op: 'run', file: waysOut, args: ['connect', far.address] })).toMatchObject({ text: 'EACCES' })
  })

  it('says that a child which was there before is not held', async () => {
    const child = await start({ ROS_MODE: 'LIVE' })
    await child.ask({ op: 'install' })
    await child.ask({ op: 'startChild', file: 'sleep', args: ['60'] })
    await child.ask({ op: 'standby' })
    const { gaps } = await child.ask<Guard>({ op: 'report' })
    expect(gaps).toContain('1 child process was running already: it is not held')
    await child.ask({ op: 'stopChild' })
  })
})

describe('the end of a process that is held', () => {
  it('comes with process.exit and its code', async () => {
    const child = await start({ ROS_MODE: 'STANDBY' })
    await child.ask({ op: 'install' })
    await child.ask({ op: 'exit', code: 7 })
    expect(await child.program.exited).toMatchObject({ code: 7 })
  })

  it('leaves its children held', async () => {
    const child = await start({ ROS_MODE: 'STANDBY' })
    await child.ask({ op: 'install' })
    const script = `sleep 0.5; echo x >/dev/tcp/${far.address}/443; echo x >/dev/udp/${far.address}/123; ${waysOut} connect ${far.address}`
    await child.ask({ op: 'startChild', file: 'bash', args: ['-c', script] })
    await far.reset()
    await child.ask({ op: 'exit', code: 0 })
    await child.program.exited
    await sleep(1_000)
    expect((await far.arrivals()).packets).toBe(0)
  })

  it('comes with SIGTERM', async () => {
    const child = await start({ ROS_MODE: 'STANDBY' })
    await child.ask({ op: 'install' })
    process.kill(child.pid, 'SIGTERM')
    expect(await Promise.race([child.program.exited, sleep(3_000)])).toMatchObject({ signal: 'SIGTERM' })
  })
})

/** Runs the rest of the command under a system call filter, with its judge's descriptor left open. */
function under(filter: string, flags: number): string[] {
  const python = `
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(38, 1, 0, 0, 0)
code = b''.join(struct.pack('HBBI', *instruction) for instruction in ${filter})
buffer = ctypes.create_string_buffer(code)
class Program(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('filter', ctypes.c_void_p)]
program = Program(len(code) // 8, ctypes.addressof(buffer))
made = libc.syscall(317, 1, ${flags}, ctypes.byref(program))
assert made >= 0
if made: os.set_inheritable(made, True)
os.execv(sys.argv[1], sys.argv[1:])
`
  return [...far.near, PYTHON, '-c', python]
}

const refusing = (call: number): string => `[(32, 0, 0, 0), (21, 0, 1, ${call}), (6, 0, 0, 0x50001), (6, 0, 0, 0x7fff0000)]`

describe.runIf(process.arch === 'x64')('where the kernel level cannot be had', () => {
  it.each([
    ['another program judges system calls', '[(6, 0, 0, 0x7fff0000)]', 8, "another program judges this process's system calls (one can), and lets them out"],
    ['there is no Landlock', refusing(444), 0, 'it needs Landlock for TCP (Linux 6.7, with landlock among the security modules)'],
    ['Landlock is refused late', refusing(446), 0, "the system, or the container runtime's seccomp profile, refuses seccomp or Landlock (error 1)"],
  ])('because %s, it throws RF_GUARD_UNAVAILABLE and holds nothing', async (_, filter, flags, why) => {
    const child = await start({ ROS_MODE: 'STANDBY' }, under(filter, flags))
    expect(await child.ask({ op: 'code' })).toEqual({
      code: 'RF_GUARD_UNAVAILABLE',
      message: `the kernel level of the egress guard is not available: ${why}`,
    })
    expect(await child.ask({ op: 'go', way: 'net', host: far.address, port: 443 })).toBe('out')
  })

  it('throws in an open mode too', async () => {
    const child = await start({ ROS_MODE: 'LIVE' }, under(refusing(444), 0))
    expect(await child.ask({ op: 'code' })).toMatchObject({ code: 'RF_GUARD_UNAVAILABLE' })
  })

  it('is had without sockets of child processes, and says so: those reach nothing', async () => {
    const child = await start({ ROS_MODE: 'STANDBY' }, under(refusing(438), 0))
    const { gaps } = await child.ask<Guard>({ op: 'install' })
    expect(gaps).toContainEqual(expect.stringContaining('pidfd_getfd'))
    const port = await child.ask<number>({ op: 'listen', host: '127.0.0.1' })
    expect(await child.ask({ op: 'go', way: 'net', host: '127.0.0.1', port })).toBe('out')
    await far.reset()
    for (const address of ['127.0.0.1', far.address]) {
      for (const way of ['connect', 'udp', 'sendmmsg', 'sendmsg']) {
        expect(await child.ask<Ran>({ op: 'run', file: waysOut, args: [way, address] })).toMatchObject({ text: 'EACCES' })
      }
    }
    expect(await child.ask<Ran>({ op: 'run', file: waysOut, args: ['socketpair', far.address] })).toEqual({ code: 0, text: 'out' })
    expect((await far.arrivals()).packets).toBe(0)
  })
})

describe('a Node child of a process that is held', () => {
  it('is held, and says by whom when it asks for the level itself', async () => {
    const child = await start({ ROS_MODE: 'STANDBY', EGRESS_ALLOW: `${far.address}:443` })
    await child.ask({ op: 'install' })
    const lib = join(import.meta.dirname, '..', 'lib')
    const script = `require('${lib}/guard/kernel.js').install(); process.stdout.write(JSON.stringify(require('${lib}/binding.js').kernelGuard()))`
    const ran = await child.ask<Ran>({ op: 'run', file: process.execPath, args: ['-e', script] })
    const guard = JSON.parse(ran.text) as Guard
    expect(guard.state).toBe('in_force')
    expect(guard.gaps).toContain("the guard of the process that started this one holds it, with that one's EGRESS_ALLOW")
  })
})
