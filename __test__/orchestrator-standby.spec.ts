import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Conversation, startConversation } from './support/conversation.ts'
import { bearer, JWT_SECRET } from './support/identity.ts'
import { type FarHost, startFarHost } from './support/netns.ts'
import { type Program, startProgram } from './support/process.ts'
import { tempDirectory } from './support/temp.ts'

const FOLDER = join(import.meta.dirname, '..', 'stack', 'services', 'orchestrator')
const PEER = join(import.meta.dirname, 'support', 'fixtures', 'http-peer.mjs')
const URL = 'http://127.0.0.1:3001'
const PROVIDER_PORT = 7900

interface Answer {
  status: number
  body: any
}

let far: FarHost
let provider: Conversation
let caller: Conversation
let operator: Conversation
let program: Program | undefined

beforeAll(async () => {
  far = await startFarHost()
  const inFar = far.near.map((word) => word.replace(/-near$/, '-far'))
  ;[provider, caller, operator] = (await Promise.all(
    [inFar, far.near, far.near].map((where) => startConversation([...where, process.execPath, PEER])),
  )) as [Conversation, Conversation, Conversation]
  await provider.ask({ op: 'listen', host: far.address, port: PROVIDER_PORT })
})
afterEach(async () => {
  await program?.stop('SIGKILL')
  program = undefined
})
afterAll(async () => {
  await Promise.all([provider, caller, operator].map((peer) => peer?.stop()))
  await far?.stop()
})

/** The orchestrator beside nothing: database, Redis, worker and provider are on the far host. */
async function startOrchestrator(nodeArgs: string[], env: Record<string, string>): Promise<Program> {
  const environment: Record<string, string> = {
    PATH: process.env.PATH!,
    TSX_DISABLE_CACHE: '1',
    PORT: '3001',
    HOST: '127.0.0.1',
    DATABASE_URL: `postgres://app@${far.address}:5433/app`,
    REDIS_URL: `redis://${far.address}:6379`,
    WORKER_CALLBACK_URL: `http://${far.address}:8000`,
    JWT_SECRET,
    AI_INTEGRATIONS_OPENAI_API_KEY: 'sk-zebra',
    AI_INTEGRATIONS_OPENAI_BASE_URL: `http://${far.address}:${PROVIDER_PORT}/v1`,
    ...env,
  }
  const words = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const [file, ...args] = [...far.near, '/usr/bin/env', '-i', ...words, process.execPath, ...nodeArgs, 'index.ts']
  return startProgram(file!, { args, cwd: FOLDER, ready: /listening/, readyTimeoutMs: 30_000 })
}

const GENERATE = { op: 'ask', url: `${URL}/api/ros/ai/generate`, method: 'POST', headers: bearer(), body: { task: 'zebra-prompt' } }
const read = (path: string): Promise<Answer> => operator.ask<Answer>({ op: 'ask', url: URL + path })

const GUARDED = ['--import', 'tsx', '--import', '@researchflow/core/register']

describe.each([
  ['with the gate alone', ['--import', 'tsx'], false],
  ['with the guard', GUARDED, true],
])('an orchestrator %s whose mode file turns to STANDBY', (_what, nodeArgs, guarded) => {
  it('is in STANDBY within a second, ready as before, and ends the call to the provider', async () => {
    const file = join(tempDirectory('mode'), 'mode')
    const put = (mode: string): void => {
      writeFileSync(`${file}.next`, mode)
      renameSync(`${file}.next`, file)
    }
    put('LIVE')
    program = await startOrchestrator(nodeArgs, { ROS_MODE_FILE: file })
    expect(await read('/health/ready')).toMatchObject({ status: 200, body: { status: 'ready', checks: { db: 'ok', redis: 'ok', worker: 'ok' } } })
    const requests = async (): Promise<number> => (await provider.ask<{ requests: number }>({ op: 'seen' })).requests
    const before = await requests()
    const generated = caller.ask<Answer>(GENERATE)
    await expect.poll(requests).toBe(before + 1)

    put('STANDBY')
    const began = performance.now()
    expect(await generated).toMatchObject({ status: 503, body: { code: 'MODE_BLOCKED', reason: 'standby_mode' } })
    expect(performance.now() - began).toBeLessThan(1_000)
    expect(await read('/health/ready')).toMatchObject({ status: 200, body: { status: 'standby', mode: { ros_mode: 'STANDBY' } } })
    expect(await read('/api/status')).toMatchObject({ status: 200, body: { mode: 'STANDBY', networkAllowed: false } })
    expect(performance.now() - began).toBeLessThan(1_500)

    // From now on nothing leaves, whatever is asked for. Without the guard, the fetch of Node 20 puts
    // a new connection in the place of the one that was ended, sends nothing, and ends it after 4 s.
    const open = async (): Promise<number> => (await provider.ask<{ open: number }>({ op: 'seen' })).open
    await expect.poll(open, { timeout: guarded ? 1_000 : 10_000 }).toBe(0)
    await far.reset()
    expect(await caller.ask<Answer>(GENERATE)).toMatchObject({ status: 503, body: { mode: 'STANDBY' } })
    expect(await read('/health/ready')).toMatchObject({ status: 200, body: { status: 'standby', checks: { db: 'blocked', redis: 'blocked', worker: 'blocked' } } })
    expect((await far.arrivals()).packets).toBe(0)

    const { body: metrics } = await read('/api/metrics')
    expect(metrics.telemetry).toMatchObject({
      external_calls_total: { 'provider=openai,status=blocked': 1, 'provider=openai,status=failure': 1 },
      external_calls_blocked_total: { 'reason=standby_mode,provider=openai': 1 },
    })

    put('LIVE')
    await expect.poll(async () => (await read('/health/ready')).body.status).toBe('ready')
    const again = caller.ask<Answer>(GENERATE)
    await expect.poll(requests).toBe(before + 2)
    put('STANDBY')
    expect(await again).toMatchObject({ status: 503, body: { code: 'MODE_BLOCKED' } })

    // One process, from the first request to the last, that said nothing it should not.
    expect([program.hasExited(), program.output().match(/listening/g)?.length]).toEqual([false, 1])
    expect(program.output()).not.toContain('zebra')
  })
})

describe('an orchestrator that starts in STANDBY under the guard', () => {
  it('needs leave for the compiler of its TypeScript, which is a child process', async () => {
    await expect(startOrchestrator(GUARDED, { ROS_MODE: 'STANDBY' })).rejects.toThrow('external call to child_process blocked')
    const compiler = join(FOLDER, 'node_modules', '@esbuild', `${process.platform}-${process.arch}`, 'bin', 'esbuild')
    program = await startOrchestrator(GUARDED, { ROS_MODE: 'STANDBY', EGRESS_ALLOW_CHILDREN: compiler })
    expect(await read('/health/ready')).toMatchObject({ status: 200, body: { status: 'standby' } })
  })

  it('needs none where the kernel holds its child processes', async () => {
    program = await startOrchestrator(GUARDED, { ROS_MODE: 'STANDBY', EGRESS_ENFORCE: 'kernel' })
    expect(await read('/health/ready')).toMatchObject({ status: 200, body: { status: 'standby' } })
  })
})
