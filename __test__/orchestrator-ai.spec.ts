import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AIProvider, hangs, refuses, says, startAIProvider } from './support/ai-provider.ts'
import { get } from './support/http.ts'
import { bearer, JWT_SECRET } from './support/identity.ts'
import { type Program, startProgram } from './support/process.ts'

const FOLDER = join(import.meta.dirname, '..', 'stack', 'services', 'orchestrator')
const PATH = '/api/ros/ai/generate'

let provider: AIProvider
let program: Program
let port: number

beforeAll(async () => {
  provider = await startAIProvider()
})
beforeEach(() => {
  provider.requests.length = 0
  provider.next(says('{"text":"zebra-answer"}'))
})
afterEach(() => program?.stop('SIGKILL'))
afterAll(() => provider?.stop())

async function start(env: Record<string, string>): Promise<void> {
  program = await startProgram(process.execPath, {
    args: ['--import', 'tsx', 'index.ts'],
    cwd: FOLDER,
    env: {
      PATH: process.env.PATH,
      TSX_DISABLE_CACHE: '1',
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'json',
      JWT_SECRET,
      AI_INTEGRATIONS_OPENAI_API_KEY: 'zebra-key',
      AI_INTEGRATIONS_OPENAI_BASE_URL: `${provider.url}/v1`,
      AI_RETRY_BACKOFF_MS: '10',
      ...env,
    },
    ready: /"listening".*\n/,
  })
  port = Number(/"port":(\d+)/.exec(program.output())![1])
}

async function generate(body: unknown, headers: Record<string, string> = bearer()): Promise<{ status: number; body: any }> {
  const answer = await get(port, PATH, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
  return { status: answer.status, body: JSON.parse(answer.body) }
}

const counted = async (): Promise<Record<string, number>> => JSON.parse((await get(port, '/api/metrics')).body).telemetry.external_calls_total

describe('text by a model', () => {
  it('is there in LIVE, for a caller with an identity, and no line holds any of it', async () => {
    await start({ ROS_MODE: 'LIVE' })
    expect(await generate({ task: 'zebra-prompt', stageId: '11' })).toMatchObject({
      status: 200,
      body: { text: 'zebra-answer', phiRedacted: false, model: 'gpt-4o', tokenUsage: { total: 1_200 }, retryCount: 0, _meta: { mode: 'LIVE' } },
    })
    expect(provider.requests).toHaveLength(1)
    expect((await generate({ task: 'zebra-prompt' }, {})).status).toBe(401)
    for (const body of [{}, { task: '' }, { task: 1 }, [], 'zebra-prompt']) expect((await generate(body)).status).toBe(400)
    expect(await generate({ task: 'Patient 078-05-1120' })).toMatchObject({ status: 403, body: { code: 'PHI_DETECTED' } })
    expect(provider.requests).toHaveLength(1)
    expect(await counted()).toEqual({ 'provider=openai,status=success': 1 })

    provider.next(says('{"text":"zebra 219-09-9999"}'))
    expect(await generate({ task: 'zebra-prompt' })).toMatchObject({ status: 200, body: { text: 'zebra [ssn]', phiRedacted: true } })

    provider.next(refuses(400))
    expect(await generate({ task: 'zebra-prompt' })).toMatchObject({ status: 502, body: { code: 'GENERATION_FAILED', error: 'call to openai failed: bad_request (HTTP 400)' } })
    await get(port, '/nowhere/zebra-path')
    await program.stop('SIGTERM')
    expect(program.output()).toContain('"provider call"')
    expect(program.output()).toMatch(/"request".*"route":"\/api\/ros\/ai\/generate"/)
    expect(program.output()).toContain('"route":"none"')
    expect(program.output()).not.toMatch(/zebra|078-05|219-09/)
  })

  it('is a sample in DEMO, and is refused with the reason where the network is blocked', async () => {
    await start({ ROS_MODE: 'DEMO' })
    expect(await generate({ task: 'zebra-prompt' })).toMatchObject({ status: 200, body: { mockResponse: true } })
    await program.stop('SIGKILL')
    for (const [env, reason] of [[{ NO_NETWORK: '1' }, 'no_network'], [{ MOCK_ONLY: '1' }, 'mock_only']] as const) {
      await start({ ROS_MODE: 'LIVE', ...env })
      expect(await generate({ task: 'zebra-prompt' })).toMatchObject({ status: 503, body: { code: 'MODE_BLOCKED', reason } })
      expect(await counted()).toEqual({ 'provider=openai,status=blocked': 1 })
      await program.stop('SIGKILL')
    }
    expect(provider.requests).toEqual([])
  })

  it('ends at the provider too when the caller hangs up', async () => {
    await start({ ROS_MODE: 'LIVE' })
    provider.next(hangs)
    const asking = request({ host: '127.0.0.1', port, path: PATH, method: 'POST', agent: false, headers: { 'content-type': 'application/json', ...bearer() } })
    asking.on('error', () => {})
    asking.end(JSON.stringify({ task: 'zebra-prompt' }))
    await expect.poll(() => provider.requests.length).toBe(1)
    asking.destroy()
    await expect.poll(() => provider.requests[0]!.over).toBe(true)
    await expect.poll(counted).toEqual({ 'provider=openai,status=failure': 1 })
  })
})

it('says nothing of requests where debug is off', async () => {
  await start({ ROS_MODE: 'LIVE', LOG_LEVEL: 'info' })
  await generate({ task: 'zebra-prompt' })
  await get(port, '/nowhere')
  await program.stop('SIGTERM')
  expect(program.output()).not.toContain('"request"')
})
