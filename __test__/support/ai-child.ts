import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { type AIProvider, says, startAIProvider } from './ai-provider.ts'
import { type Conversation, startConversation } from './conversation.ts'

/** Found nowhere but in a request to the provider, or the specs fail at their end. */
export const SECRETS = { prompt: 'zebra-prompt', system: 'zebra-system', answer: 'zebra-answer', key: 'zebra-key' }

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const SCRIPT = join(import.meta.dirname, 'fixtures', 'ai-child.mjs')

export interface Counters {
  external_calls_total: Record<string, number>
  external_calls_blocked_total: Record<string, number>
  external_calls_failed_total: number
}

export interface Setup {
  provider: AIProvider
  child: Conversation
  ask<T = any>(question: object): Promise<T>
  counters(): Promise<Counters>
  mode(env: Record<string, string>): Promise<void>
}

const MODES = { ROS_MODE: null, GOVERNANCE_MODE: null, NO_NETWORK: null, MOCK_ONLY: null }

/** A provider and a process that asks it, in LIVE, both fresh before each test but for the process. */
export function setUpAI(env: Record<string, string> = {}): Setup {
  const setup = {
    ask: (question: object) => setup.child.ask(question),
    async counters() {
      const { external_calls_total, external_calls_blocked_total, external_calls_failed_total } = await setup.ask<Counters>({ op: 'counters' })
      return { external_calls_total, external_calls_blocked_total, external_calls_failed_total }
    },
    mode: (wanted: Record<string, string>) => setup.ask<void>({ op: 'env', set: { ...MODES, ...wanted } }),
  } as Setup

  beforeAll(async () => {
    setup.provider = await startAIProvider()
    const { url } = setup.provider
    setup.child = await startConversation([process.execPath, '--import', TSX, SCRIPT], {
      ROS_MODE: 'LIVE',
      LOG_LEVEL: 'debug',
      // What makes the SDKs print what they send.
      OPENAI_LOG: 'debug',
      ANTHROPIC_LOG: 'debug',
      AI_INTEGRATIONS_OPENAI_API_KEY: SECRETS.key,
      AI_INTEGRATIONS_OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_API_KEY: SECRETS.key,
      OPENAI_BASE_URL: `${url}/v1`,
      ANTHROPIC_API_KEY: SECRETS.key,
      ANTHROPIC_BASE_URL: url,
      AI_REQUEST_TIMEOUT_MS: '2000',
      AI_RETRY_BACKOFF_MS: '20',
      AI_MAX_RETRIES: '2',
      ...env,
    })
  })
  beforeEach(async () => {
    setup.provider.requests.length = 0
    setup.provider.next(says('{"text":"hello"}'))
    await setup.mode({ ROS_MODE: 'LIVE' })
    await setup.ask({ op: 'reset' })
  })
  afterAll(async () => {
    await setup.provider?.stop()
    await setup.child?.stop()
    const output = setup.child.program.output()
    // The answers of the child to this spec stand among its output, and hold what was generated.
    const logged = output.split('\n').filter((line) => !line.startsWith('{"answer"')).join('\n')
    expect(logged).toContain('provider call')
    for (const secret of Object.values(SECRETS)) expect(logged).not.toContain(secret)
  })
  return setup
}

export const BLOCKED: [mode: string, env: Record<string, string>, reason: string][] = [
  ['STANDBY', { ROS_MODE: 'STANDBY' }, 'standby_mode'],
  ['NO_NETWORK', { ROS_MODE: 'LIVE', NO_NETWORK: 'true' }, 'no_network'],
  ['MOCK_ONLY', { ROS_MODE: 'LIVE', MOCK_ONLY: 'true' }, 'mock_only'],
  ['no mode', {}, 'mode_unset'],
  ['DEMO', { ROS_MODE: 'DEMO' }, 'governance_mode'],
]
