import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Conversation } from './support/conversation.ts'
import { compileWaysOut, type Ran, startKernelChild } from './support/kernel.ts'
import { type FarHost, startFarHost } from './support/netns.ts'
import { tempDirectory } from './support/temp.ts'

interface Timed<T> {
  answer: T
  ms: number
}

/** Leads to the far host, which passes nothing on: questions to it are lost. */
const SILENT = 'nameserver 10.99.0.1\noptions timeout:1 attempts:2\n'
/** Names that the far host's name server never answers. */
const MUTE = 'mute.a:443,mute.b:443,mute.c:443,mute.d'

const children: Conversation[] = []
let far: FarHost
let waysOut: string

beforeAll(async () => {
  far = await startFarHost()
  waysOut = compileWaysOut()
})
afterAll(() => far?.stop())
afterEach(async () => {
  for (const child of children.splice(0)) await child.stop()
})

async function start(env: NodeJS.ProcessEnv, prefix: string[] = far.near): Promise<Conversation> {
  const child = await startKernelChild(prefix, env)
  children.push(child)
  return child
}

/** A child with a resolv.conf of its own, and the function that writes it anew. */
async function startAsking(resolvConf: string, env: NodeJS.ProcessEnv): Promise<{ child: Conversation; ask: (resolvConf: string) => void }> {
  const file = join(tempDirectory('resolv'), 'resolv.conf')
  writeFileSync(file, resolvConf)
  const child = await start(env, [...far.near, '/bin/sh', '-c', 'mount --bind "$0" /etc/resolv.conf && exec "$@"', file])
  return { child, ask: (text) => writeFileSync(file, text) }
}

const bash = (child: Conversation, script: string): Promise<Ran> => child.ask({ op: 'run', file: 'bash', args: ['-c', script] })

describe('names in EGRESS_ALLOW, and a name server that does not answer', () => {
  it('do not keep a flip from being complete', async () => {
    const child = await start({ ROS_MODE: 'LIVE', EGRESS_ALLOW: MUTE })
    await child.ask({ op: 'install' })
    await child.ask({ op: 'reader', name: 'reader', host: far.address, port: 443, busyMs: 0 })
    const { ms } = await child.ask<Timed<null>>({ op: 'timed', call: 'standby' })
    expect(ms).toBeLessThan(900)
    expect(await child.ask({ op: 'report' })).toMatchObject({ state: 'in_force' })
    expect(await child.ask({ op: 'read', name: 'reader' })).toBe('ECONNRESET')
  })

  it('do not keep a start in STANDBY, and cost a connect a moment', async () => {
    const child = await start({ ROS_MODE: 'STANDBY', EGRESS_ALLOW: MUTE })
    expect(await child.ask({ op: 'timed', call: 'install' })).toMatchObject({ answer: { state: 'in_force' }, ms: expect.toSatisfy((ms: number) => ms < 900) })
    for (const port of [443, 80]) {
      const { answer, ms } = await child.ask<Timed<Ran>>({ op: 'timed', call: 'run', file: 'bash', args: ['-c', `echo x >/dev/tcp/${far.address}/${port}`] })
      expect([answer.code, answer.text]).toEqual([1, expect.stringContaining('Permission denied')])
      expect(ms).toBeLessThan(900)
    }
  })

  it('leave what was known of them as it is', async () => {
    const { child, ask } = await startAsking(`nameserver ${far.address}\n`, { ROS_MODE: 'STANDBY', EGRESS_ALLOW: 'worker.internal:8000' })
    await child.ask({ op: 'install' })
    const reach = (address: string): Promise<Ran> => bash(child, `echo x >/dev/tcp/${address}/8000`)
    expect(await reach(far.address)).toEqual({ code: 0, text: '' })
    ask(SILENT)
    await sleep(1_100)
    // Not an address of the name: it is looked up again, and nobody answers.
    expect(await reach('10.77.0.3')).toMatchObject({ code: 1 })
    await sleep(3_000)
    expect(await reach('10.77.0.3')).toMatchObject({ code: 1 })
    expect(await reach(far.address)).toEqual({ code: 0, text: '' })
  }, 20_000)

  it('leave a connection open that was made to a listed name before', async () => {
    const child = await start({ ROS_MODE: 'LIVE', EGRESS_ALLOW: 'worker.internal:443' })
    await child.ask({ op: 'install' })
    // Looked up ahead, by the guard itself: the connection is made by address.
    await sleep(500)
    await child.ask({ op: 'keep', host: far.address, port: 443, udpPort: 123 })
    await child.ask({ op: 'standby' })
    await sleep(200)
    expect(await child.ask({ op: 'go', way: 'keptTcp' })).toBe('out')
    expect(await child.ask({ op: 'go', way: 'keptUdp' })).not.toBe('out')
  })

  it('let dns.resolve fail at once where nobody listens', async () => {
    const { child } = await startAsking('nameserver 127.0.0.1\n', { ROS_MODE: 'STANDBY', EGRESS_ALLOW: 'worker.internal' })
    await child.ask({ op: 'install' })
    const { answer, ms } = await child.ask<Timed<string>>({ op: 'timed', call: 'go', way: 'resolve', name: 'worker.internal' })
    expect(answer).toBe('ECONNREFUSED')
    expect(ms).toBeLessThan(2_000)
  })
})

describe('a name server', () => {
  const ask = async (allow: string): Promise<{ said: string[]; names: string[] }> => {
    const child = await start({ ROS_MODE: 'STANDBY', EGRESS_ALLOW: allow })
    await child.ask({ op: 'install' })
    await far.reset()
    const said: string[] = []
    for (const name of ['worker.internal', 'leak.example.org']) {
      said.push(await child.ask({ op: 'go', way: 'lookup', name }), await child.ask({ op: 'go', way: 'resolve', name }))
    }
    return { said, names: [...new Set((await far.arrivals()).names)] }
  }

  it.each([
    ['a network that holds it', '10.77.0.0/24'],
    ['its address', '10.77.0.2'],
    ['every address', '0.0.0.0/0'],
  ])('is asked for listed names and no others where the list has %s', async (_, entry) => {
    const { said, names } = await ask(`${entry},worker.internal:8000`)
    expect(said.slice(0, 2)).toEqual(['out', 'out'])
    expect(said.slice(2)).not.toContain('out')
    expect(names).toEqual(['worker.internal'])
    expect(await ask(entry)).toMatchObject({ names: [] })
  }, 20_000)

  it('is asked for whatever one likes where the list has its port', async () => {
    expect(await ask('10.77.0.2:53')).toEqual({ said: ['out', 'out', 'out', 'out'], names: ['worker.internal', 'leak.example.org'] })
  })

  it('is sent a question and nothing that is added to it', async () => {
    const child = await start({ ROS_MODE: 'STANDBY', EGRESS_ALLOW: 'worker.internal' })
    await child.ask({ op: 'install' })
    for (const [way, text] of [['question', 'out'], ['question-more', 'EACCES'], ['question-cork', 'EACCES']]) {
      expect(await child.ask<Ran>({ op: 'run', file: waysOut, args: [way, far.address] })).toMatchObject({ text })
    }
  })
})
