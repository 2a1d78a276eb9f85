import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EgressFarHost, startEgressFarHost } from './fixtures/egress/far.ts'
import rows from './fixtures/egress/ways.json' with { type: 'json' }
import type { Conversation } from './support/conversation.ts'
import { tempDirectory } from './support/temp.ts'

interface Row {
  way: string
  /** How the way reports an error. */
  form: string
  /** A program does it: refused at level `process`, held in the child at level `kernel`. */
  child?: boolean
  /** The release of Node.js that brought the way. */
  since?: number
  /** Its standard has no place for the cause. */
  hidesCode?: boolean
}

interface Outcome {
  ok: boolean
  form?: string
  code?: string | null
  message?: string
  counted: number
}

const LEVEL = process.env.GUARD_LEVEL === 'kernel' ? 'kernel' : 'process'
const GUARD = { GUARD: '1', EGRESS_ENFORCE: LEVEL }
const BY_KERNEL = [
  'UDP connect, by the kernel',
  'UDP send, by the kernel',
  'TCP connect, by the kernel',
  'TCP fast open, by the kernel',
  'raw socket, by the kernel',
  'io_uring, by the kernel',
  'the same on a thread that was there before, by the kernel',
]
const NODE = Number(process.versions.node.split('.')[0])
const ways = (rows as Row[]).filter(({ since = 0 }) => NODE >= since)

let far: EgressFarHost
beforeAll(async () => {
  far = await startEgressFarHost()
})
afterAll(() => far?.stop())

/** A child for a whole block of tests. */
function childWith(env: NodeJS.ProcessEnv): { ask<T>(question: object): Promise<T> } {
  let child: Conversation
  beforeAll(async () => {
    child = await far.child(env)
  })
  afterAll(() => child?.stop())
  return { ask: (question) => child.ask(question) }
}

async function arrivalsOf(attempt: () => Promise<unknown>): Promise<number> {
  const before = (await far.arrivals()).packets
  await attempt()
  return (await far.arrivals()).packets - before
}

describe.each([
  ['without the guard', { ROS_MODE: 'STANDBY' }],
  ['in LIVE with the guard', { ROS_MODE: 'LIVE', ...GUARD }],
] as const)('%s', (_situation, env) => {
  const child = childWith(env)

  it.each(ways)('$way gets out', async ({ way }) => {
    let outcome: Outcome | undefined
    const arrivals = await arrivalsOf(async () => {
      outcome = await child.ask({ op: 'try', way })
    })
    expect(outcome).toEqual({ ok: true, counted: 0 })
    expect(arrivals).toBeGreaterThan(0)
  })
})

describe(`in STANDBY with the guard at level ${LEVEL}`, () => {
  const child = childWith({ ROS_MODE: 'STANDBY', ...GUARD })
  beforeAll(() => far.reset())

  it.each(ways)('$way is refused and nothing arrives', async ({ way, form, child: isChild, hidesCode }) => {
    const outcome = await child.ask<Outcome>({ op: 'try', way })
    expect((await far.arrivals()).packets).toBe(0)
    expect(outcome.ok).toBe(false)
    // The program starts, and finds no way out either.
    if (LEVEL === 'kernel' && isChild) expect(outcome).toMatchObject({ counted: 0 })
    else expect(outcome).toMatchObject({ code: hidesCode ? null : 'RF_EGRESS_BLOCKED', form, counted: 1 })
  })

  it('leaves loopback, Unix sockets, listening and accepting as they are', async () => {
    const outcomes = await child.ask<Record<string, Outcome>>({ op: 'local' })
    expect(Object.keys(outcomes)).toHaveLength(8)
    for (const [way, outcome] of Object.entries(outcomes)) expect([way, outcome]).toEqual([way, { ok: true }])
  })

  it('has let nothing through after all of them', async () => {
    await sleep(1_500)
    expect(await far.arrivals()).toEqual({ packets: 0, tcp: 0, udp: 0, dns: 0, names: [] })
  })

  it('reports what it tried at start, each held', async () => {
    const report = await child.ask<{ level: string; verified: { way: string; held: boolean }[]; gaps: string[] }>({ op: 'report' })
    expect(report.level).toBe(LEVEL)
    expect(report.verified.map(({ way }) => way)).toEqual([
      'TCP connect over IPv4',
      'TCP connect over IPv6',
      'UDP send over IPv4',
      'UDP send over IPv6',
      'UDP connect over IPv4',
      'UDP connect over IPv6',
      'dns.lookup',
      'dns.promises.lookup',
      'dns.lookupService',
      'dns.resolve of a Resolver',
      'dns.resolve of a promise Resolver',
      'dns.reverse',
      'child process',
      'child process, synchronous',
      'worker thread with an empty env and execArgv',
      ...(LEVEL === 'kernel' ? BY_KERNEL : []),
    ])
    expect(report.verified.every(({ held }) => held)).toBe(true)
    expect(report.gaps.filter((gap) => gap.includes('tried at start'))).toEqual([])
  })
})

describe('EGRESS_ALLOW in STANDBY', () => {
  const reach = async (allow: string, host: string, port: number): Promise<Outcome> => {
    const child = await far.child({ ROS_MODE: 'STANDBY', EGRESS_ALLOW: allow, ...GUARD })
    try {
      return await child.ask({ op: 'connect', host, port })
    } finally {
      await child.stop()
    }
  }

  it.each([
    ['10.77.0.2:7001', '10.77.0.2', 7001],
    ['10.77.0.2', '10.77.0.2', 7002],
    ['10.77.0.2:7001', '::ffff:10.77.0.2', 7001],
    ['10.77.0.2:7001', '172818434', 7001],
    ['10.77.0.0/24:7001', '10.77.0.2', 7001],
    ['far.example:7001', 'far.example', 7001],
    ['far.example', 'FAR.example', 7002],
    ['*.example,[::1,10.77.0.2:7001', '10.77.0.2', 7001],
  ])('%s reaches %s on port %i', async (allow, host, port) => {
    expect(await reach(allow, host, port)).toEqual({ ok: true })
  })

  it.each([
    ['10.77.0.2:7001', '10.77.0.2', 7002],
    ['10.77.0.3', '10.77.0.2', 7001],
    ['10.78.0.0/16', '10.77.0.2', 7001],
    ['far.example:7001', '10.77.0.2', 7001],
    ['near.example:7001', 'far.example', 7001],
    ['0.0.0.0/0:7002', '10.77.0.2', 7001],
    ['fd00::/8', 'fe80::1', 7001],
    ['10.77.0.2:', '10.77.0.2', 7001],
    ['10.77.0.2/33', '10.77.0.2', 7001],
    ['http://10.77.0.2:7001', '10.77.0.2', 7001],
  ])('%s does not reach %s on port %i', async (allow, host, port) => {
    await far.reset()
    expect(await reach(allow, host, port)).toMatchObject({ ok: false, form: 'event', code: 'RF_EGRESS_BLOCKED' })
    expect((await far.arrivals()).packets).toBe(0)
  })

  it('opens the address of a listed name on the ports of that name and no other', async () => {
    const child = await far.child({ ROS_MODE: 'STANDBY', EGRESS_ALLOW: 'far.example:7001', ...GUARD })
    const connect = (host: string, port: number): Promise<Outcome> => child.ask({ op: 'connect', host, port })
    expect(await connect('far.example', 7001)).toEqual({ ok: true })
    expect(await connect('far.example', 7002)).toMatchObject({ code: 'RF_EGRESS_BLOCKED' })
    expect(await connect('10.77.0.2', 7002)).toMatchObject({ code: 'RF_EGRESS_BLOCKED' })
    expect(await connect('www.far.example', 7001)).toMatchObject({ code: 'RF_EGRESS_BLOCKED' })
    await child.stop()
  })
})

describe('a flip into STANDBY', () => {
  const KINDS = ['keep-alive', 'undici Pool', 'global fetch', 'http2 session', 'WebSocket', 'net without an error listener', 'connected datagram socket', 'of a worker']
  const all = (kinds: string[], closed: boolean): Record<string, boolean> => Object.fromEntries(kinds.map((kind) => [kind, closed]))

  const settled = async (child: Conversation, state: Record<string, boolean>): Promise<void> => {
    await expect.poll(() => child.ask({ op: 'state' }), { timeout: 3_000, interval: 20 }).toEqual(state)
  }

  it('through the mode file ends every connection that is open', async () => {
    const file = join(tempDirectory('mode'), 'mode')
    writeFileSync(file, 'LIVE')
    const child = await far.child({ ROS_MODE_FILE: file, ...GUARD })
    await child.ask({ op: 'open', kinds: [...KINDS, 'accepted on loopback'] })
    // fetch shows no end of its own: the far host does.
    expect(await child.ask({ op: 'state' })).toEqual({ ...all(KINDS, false), 'global fetch': true, 'accepted on loopback': false })
    expect(await far.open()).toBeGreaterThanOrEqual(6)

    writeFileSync(`${file}.new`, 'STANDBY')
    renameSync(`${file}.new`, file)
    await settled(child, { ...all(KINDS, true), 'accepted on loopback': false })
    await expect.poll(() => far.open(), { timeout: 3_000, interval: 20 }).toBe(0)

    await far.reset()
    expect(await child.ask<Outcome>({ op: 'try', way: 'fetch' })).toMatchObject({ ok: false, code: 'RF_EGRESS_BLOCKED' })
    expect((await far.arrivals()).packets).toBe(0)
    await child.stop()
  })

  it.each([
    ['enterStandby', { op: 'standby' }, { op: 'state' }],
    ['the environment, at the next call', { op: 'env', name: 'NO_NETWORK', value: '1' }, { op: 'mode' }],
  ])('through %s ends what is not listed and leaves what is', async (_way, flip, next) => {
    const child = await far.child({ ROS_MODE: 'LIVE', EGRESS_ALLOW: '10.77.0.2:7080', ...GUARD })
    await child.ask({ op: 'open', kinds: ['keep-alive', 'http2 session'] })
    await child.ask(flip)
    await child.ask(next)
    await settled(child, { 'keep-alive': true, 'http2 session': false })
    expect(await child.ask<Outcome>({ op: 'connect', host: '10.77.0.2', port: 7080 })).toEqual({ ok: true })
    await child.stop()
  })
})

describe('EGRESS_ALLOW_CHILDREN in STANDBY', () => {
  it.skipIf(LEVEL === 'kernel')('starts the programs it names, and a Node child carries the guard', async () => {
    const child = await far.child({ ROS_MODE: 'STANDBY', EGRESS_ALLOW_CHILDREN: 'node', ...GUARD })
    await far.reset()
    // The child starts with an empty environment, meets the guard and ends with 1.
    expect(await child.ask<Outcome>({ op: 'try', way: 'fork' })).toMatchObject({ ok: false, form: 'exit', counted: 0 })
    expect(await child.ask<Outcome>({ op: 'try', way: 'spawn' })).toMatchObject({ code: 'RF_EGRESS_BLOCKED', form: 'event' })
    expect((await far.arrivals()).packets).toBe(0)
    await child.stop()
  })

  it.skipIf(LEVEL === 'kernel')('does not hold a program that is no Node.js', async () => {
    const child = await far.child({ ROS_MODE: 'STANDBY', EGRESS_ALLOW_CHILDREN: 'curl', ...GUARD })
    expect(await child.ask<Outcome>({ op: 'try', way: 'spawn' })).toEqual({ ok: true, counted: 0 })
    await child.stop()
  })
})

describe('an audit in STANDBY', () => {
  it.skipIf(LEVEL === 'kernel')('counts and logs each kind of refusal once, and refuses nothing', async () => {
    const child = await far.child({ ROS_MODE: 'STANDBY', EGRESS_AUDIT: '1', ...GUARD })
    for (const way of ['net', 'net', 'dgram, send', 'dns.resolve4', 'spawnSync']) {
      expect(await child.ask<Outcome>({ op: 'try', way })).toEqual({ ok: true, counted: 1 })
    }
    const lines = child.program
      .output()
      .split('\n')
      .filter((line) => line.includes('it only audits'))
      .map((line) => (JSON.parse(line) as { context: object }).context)
    expect(lines).toEqual([
      { way: 'tcp', reason: 'standby_mode' },
      { way: 'udp', reason: 'standby_mode' },
      { way: 'dns', reason: 'standby_mode' },
      { way: 'child_process', reason: 'standby_mode' },
    ])
    expect(child.program.output()).not.toContain(far.address)
    await child.stop()
  })
})
