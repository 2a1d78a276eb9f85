import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Conversation, startConversation } from './conversation.ts'
import { findProgram } from './process.ts'

/** What reached the far host, by kind. `packets` counts every frame, whatever it held. */
export interface Arrivals {
  packets: number
  tcp: number
  udp: number
  dns: number
  /** The names that DNS was asked for. */
  names: string[]
}

/** How many connections each server of the far host holds. */
export interface OpenConnections {
  db: number
  redis: number
  worker: number
}

export interface FarHost {
  /** The address of the far host; the near side has no other way out than to it. */
  address: string
  /** An address behind no host at all: the near side has no route to it. */
  unreachable: string
  /** The command that runs a program on the near side, with the far host as its DNS server. */
  near: string[]
  /** What arrived since the last `reset`. */
  arrivals(): Promise<Arrivals>
  open(): Promise<OpenConnections>
  /** Waits until nothing has arrived for so long, then counts from zero. */
  reset(quietMs?: number): Promise<void>
  stop(): Promise<void>
}

const ADDRESS = { near: '10.77.0.1', far: '10.77.0.2' }
const MAC = { near: '02:00:00:77:00:01', far: '02:00:00:77:00:02' }
const INSTALL = 'apt-get install -y iproute2'
const NAMESPACES = '/run/netns'
let made = 0

/**
 * Two network namespaces joined by one cable. The near one is where a program is run; the far one
 * holds a sink: DNS that answers every name with its own address (but `.invalid` with "no such name",
 * and `mute.…` never), a Redis that says PONG on 6379, a worker that says 200 on 8000, a Postgres
 * that says 1 on 5433, and mute ports of TCP and UDP. None of them ends a connection by itself.
 */
export async function startFarHost(): Promise<FarHost> {
  const ip = findProgram('ip', INSTALL)
  const asRoot = rootCommand()
  const ipRun = (...args: string[]): string => {
    const [file, ...rest] = [...asRoot, ip, ...args]
    return execFileSync(file!, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }
  made += 1
  const near = `rf-${process.pid}-${made}-near`
  const far = `rf-${process.pid}-${made}-far`
  const remove = (): void => {
    process.removeListener('exit', remove)
    for (const name of [near, far]) {
      try {
        ipRun('netns', 'del', name)
      } catch {
        // Already gone.
      }
      removeConfig(asRoot, name)
    }
  }
  process.once('exit', remove)
  try {
    ipRun('netns', 'add', near)
    ipRun('netns', 'add', far)
    ipRun('link', 'add', 'cable', 'netns', near, 'type', 'veth', 'peer', 'name', 'cable', 'netns', far)
  } catch (error) {
    remove()
    throw new Error(`network namespaces are needed: run the tests as root, or with passwordless sudo (${String(error)})`)
  }
  for (const [name, side, other] of [[near, 'near', 'far'], [far, 'far', 'near']] as const) {
    // No address is made up by the kernel and no neighbour is looked for: a frame on the cable is
    // one that a program has caused.
    ipRun('-n', name, 'link', 'set', 'cable', 'address', MAC[side], 'addrgenmode', 'none')
    ipRun('-n', name, 'addr', 'add', `${ADDRESS[side]}/24`, 'dev', 'cable')
    ipRun('-n', name, 'link', 'set', 'lo', 'up')
    ipRun('-n', name, 'link', 'set', 'cable', 'up')
    ipRun('-n', name, 'neigh', 'replace', ADDRESS[other], 'lladdr', MAC[other], 'dev', 'cable', 'nud', 'permanent')
  }
  ipRun('-n', near, 'route', 'add', 'default', 'via', ADDRESS.far)
  ipRun('-n', near, 'route', 'add', 'unreachable', '10.78.0.0/24')
  // `ip netns exec` puts these files over those of /etc.
  writeConfig(asRoot, near, 'resolv.conf', `nameserver ${ADDRESS.far}\noptions timeout:1 attempts:2\n`)
  writeConfig(asRoot, near, 'nsswitch.conf', 'hosts: files dns\n')
  // As in many containers: IPv6 has no line, and what is not here is asked for.
  writeConfig(asRoot, near, 'hosts', '127.0.0.1 localhost\n')

  const sink: Conversation = await startConversation(
    [...asRoot, ip, 'netns', 'exec', far, process.execPath, join(import.meta.dirname, 'fixtures', 'sink.mjs')],
    { SINK_ADDRESS: ADDRESS.far },
  )
  const frames = (): number => {
    const [link] = JSON.parse(ipRun('-n', far, '-s', '-j', 'link', 'show', 'cable')) as [{ stats64: { rx: { packets: number } } }]
    return link.stats64.rx.packets
  }
  let start = frames()
  return {
    address: ADDRESS.far,
    unreachable: '10.78.0.1',
    near: [...asRoot, ip, 'netns', 'exec', near],
    async arrivals() {
      const seen = await sink.ask<Omit<Arrivals, 'packets'>>({ op: 'arrivals' })
      return { packets: frames() - start, ...seen }
    },
    open: () => sink.ask<OpenConnections>({ op: 'open' }),
    async reset(quietMs = 500) {
      let before = -1
      while (before !== frames()) {
        before = frames()
        await sleep(quietMs)
      }
      await sink.ask({ op: 'reset' })
      start = frames()
    },
    async stop() {
      await sink.stop()
      remove()
    },
  }
}

/** Namespaces are root's. Root needs nothing before a command; others need sudo without a password. */
function rootCommand(): string[] {
  if (process.getuid?.() === 0) return []
  try {
    execFileSync('sudo', ['-n', 'true'], { stdio: 'ignore' })
    return ['sudo', '-n']
  } catch {
    throw new Error('network namespaces are needed: run the tests as root, or with passwordless sudo')
  }
}

/** Removes the namespaces of test processes that are no more. */
export function removeStaleFarHosts(): void {
  const names = existsSync(NAMESPACES) ? readdirSync(NAMESPACES) : []
  for (const name of names) {
    const owner = /^rf-(\d+)-\d+-(?:near|far)$/.exec(name)?.[1]
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue
    const asRoot = rootCommand()
    const [file, ...args] = [...asRoot, findProgram('ip', INSTALL), 'netns', 'del', name]
    execFileSync(file!, args, { stdio: 'ignore' })
    removeConfig(asRoot, name)
  }
}

function writeConfig(asRoot: string[], name: string, file: string, text: string): void {
  const script = `mkdir -p /etc/netns/${name} && cat > /etc/netns/${name}/${file}`
  const [command, ...args] = [...asRoot, '/bin/sh', '-c', script]
  execFileSync(command!, args, { input: text, stdio: ['pipe', 'ignore', 'pipe'] })
}

function removeConfig(asRoot: string[], name: string): void {
  const [command, ...args] = [...asRoot, '/bin/rm', '-rf', `/etc/netns/${name}`]
  execFileSync(command!, args, { stdio: 'ignore' })
}
