import { describe, expect, it } from 'vitest'
import { BLOCKED, SECRETS, setUpAI } from './support/ai-child.ts'
import { hangs, hangsUp, refuses, says, sends, stalls } from './support/ai-provider.ts'

const ai = setUpAI()
const { ask, counters, mode } = ai
const request = { taskType: 'classify', prompt: `Classify ${SECRETS.prompt}`, systemPrompt: SECRETS.system }
const NANO = 'claude-haiku-4-5-20251001'
const MINI = 'claude-sonnet-4-5-20250929'
const FRONTIER = 'claude-opus-4-5-20251101'
const models = (): string[] => ai.provider.requests.map(({ body }) => body.model)

describe.each(BLOCKED)('in %s', (_mode, env, reason) => {
  it('nothing is sent, no key is asked for, the response says why, and the call counts once', async () => {
    await mode(env)
    await ask({ op: 'env', set: { ANTHROPIC_API_KEY: null } })
    const before = ai.provider.connections()
    try {
      const response = await ask({ op: 'route', request, config: {} })
      expect(response).toMatchObject({
        content: '',
        blocked: { code: 'MODE_BLOCKED', reason },
        routing: { initialTier: 'NANO', finalTier: 'NANO', escalated: false, provider: 'anthropic', model: NANO },
        usage: { totalTokens: 0, estimatedCostUsd: 0 },
        qualityGate: { passed: false, checks: [{ name: 'mode_gate', passed: false, severity: 'error', reason: `AI call blocked: ${reason}` }] },
      })
      expect(await ask({ op: 'record', request, response })).toMatchObject({ status: 'BLOCKED', qualityGatePassed: false })
    } finally {
      await ask({ op: 'env', set: { ANTHROPIC_API_KEY: SECRETS.key } })
    }
    expect([ai.provider.requests, ai.provider.connections()]).toEqual([[], before])
    expect(await counters()).toEqual({
      external_calls_total: { 'provider=anthropic,status=blocked': 1 },
      external_calls_blocked_total: { [`reason=${reason},provider=anthropic`]: 1 },
      external_calls_failed_total: 0,
    })
  })
})

describe('in LIVE', () => {
  it.each([
    ['classify', 'NANO', NANO, 1_024, 0.0005],
    ['summarize', 'MINI', MINI, 4_096, 0.006],
    ['protocol_reasoning', 'FRONTIER', FRONTIER, 8_192, 0.03],
  ])('%s goes to %s, once', async (taskType, tier, model, maxTokens, cost) => {
    ai.provider.next(says(SECRETS.answer))
    const response = await ask({ op: 'route', request: { ...request, taskType }, config: {} })
    expect(response).toMatchObject({
      content: SECRETS.answer,
      routing: { initialTier: tier, finalTier: tier, escalated: false, provider: 'anthropic', model },
      usage: { inputTokens: 1_000, outputTokens: 200, totalTokens: 1_200, estimatedCostUsd: cost },
      qualityGate: { passed: true },
      refinement: { applied: false, attempts: 0, rulesApplied: [], escalatedDueToRefinement: false },
    })
    expect(ai.provider.requests).toMatchObject([
      { path: '/v1/messages', key: SECRETS.key, body: { model, max_tokens: maxTokens, system: SECRETS.system, messages: [{ role: 'user', content: request.prompt }] } },
    ])
    expect((await counters()).external_calls_total).toEqual({ 'provider=anthropic,status=success': 1 })
    expect(await ask({ op: 'record', request: { ...request, taskType }, response })).toMatchObject({ status: 'SUCCESS', model, estimatedCostUsd: cost })
  })

  it('an answer that is no JSON where JSON is asked for goes to the next tier', async () => {
    ai.provider.next(says(`${SECRETS.answer} {`), says('{"ok":true}'))
    const response = await ask({ op: 'route', request: { ...request, responseFormat: 'json' } })
    expect(response).toMatchObject({
      parsed: { ok: true },
      routing: { initialTier: 'NANO', finalTier: 'MINI', escalated: true, escalationReason: 'failed checks: valid_json' },
    })
    expect(models()).toEqual([NANO, MINI])
  })

  it('an answer that no tier gives better is given with what is wrong', async () => {
    ai.provider.next(says('no JSON'))
    const response = await ask({ op: 'route', request: { ...request, responseFormat: 'json' } })
    expect(response).toMatchObject({ content: 'no JSON', qualityGate: { passed: false }, routing: { finalTier: 'FRONTIER', escalated: true } })
    expect(response).not.toHaveProperty('failure')
    expect(models()).toEqual([NANO, MINI, FRONTIER])
  })

  it('PHI in a prompt is not sent, and counts as such', async () => {
    const response = await ask({ op: 'route', request: { ...request, prompt: 'Patient 078-05-1120' } })
    expect(response).toMatchObject({ blocked: { code: 'PHI_BLOCKED', reason: 'phi_detected' }, qualityGate: { checks: [{ name: 'phi_input_scan' }] } })
    expect(ai.provider.requests).toEqual([])
    expect((await counters()).external_calls_blocked_total).toEqual({ 'reason=phi_detected,provider=anthropic': 1 })
  })

  it('PHI in a system prompt is not sent either, unless the program says that the text is its own', async () => {
    const schema = { ...request, systemPrompt: 'A visit, such as 2024-03-01' }
    expect(await ask({ op: 'route', request: schema })).toMatchObject({ blocked: { code: 'PHI_BLOCKED', reason: 'phi_detected' } })
    expect(ai.provider.requests).toEqual([])
    expect((await counters()).external_calls_blocked_total).toEqual({ 'reason=phi_detected,provider=anthropic': 1 })
    expect(await ask({ op: 'route', request: schema, ownSystemPrompt: true })).not.toHaveProperty('blocked')
    expect(await ask({ op: 'route', request: { ...schema, prompt: 'Patient 078-05-1120' }, ownSystemPrompt: true })).toHaveProperty('blocked')
    expect(ai.provider.requests).toMatchObject([{ body: { system: schema.systemPrompt } }])
  })

  it('PHI in an answer is taken out, also of what is parsed', async () => {
    ai.provider.next(says('{"ssn":"078-05-1120","rest":"kept"}'))
    const response = await ask({ op: 'route', request: { ...request, responseFormat: 'json' } })
    expect(response.parsed.rest).toBe('kept')
    expect(response.qualityGate.checks).toContainEqual({ name: 'phi_output_scan', passed: false, severity: 'warning', reason: '1 items redacted' })
    expect(JSON.stringify(response)).not.toContain('078-05-1120')
  })

  it('a router that is printed shows no key', async () => {
    await ask({ op: 'route', request, config: { anthropicApiKey: SECRETS.key } })
    expect(await ask({ op: 'print' })).not.toContain(SECRETS.key)
  })
})

describe('a provider that fails', () => {
  it.each([
    ['answers 500', refuses(500), 'unavailable', 3],
    ['answers 529', refuses(529), 'unavailable', 3],
    ['answers 429', refuses(429), 'rate_limited', 3],
    ['hangs up', hangsUp, 'connection_failed', 3],
    ['sends half a JSON', sends('{"content": ['), 'unexpected_reply', 3],
    ['sends a page', sends('<html>zebra-answer</html>', 'text/html'), 'unexpected_reply', 3],
    ['never answers', hangs, 'timeout', 3],
    ['stops in the middle of its answer', stalls, 'timeout', 3],
    ['answers 400', refuses(400), 'bad_request', 1],
    ['answers 401', refuses(401), 'auth_failed', 1],
  ])('%s: %#', async (_what, behaviour, code, attempts) => {
    ai.provider.next(behaviour)
    const response = await ask({ op: 'route', request, config: { escalationEnabled: false } })
    expect(response).toMatchObject({ content: '', failure: { code }, qualityGate: { passed: false, checks: [{ name: 'invocation', reason: code }] } })
    expect(JSON.stringify(response)).not.toMatch(/zebra|some_error|refused/)
    expect(ai.provider.requests).toHaveLength(attempts)
    expect(await counters()).toEqual({
      external_calls_total: { 'provider=anthropic,status=failure': attempts },
      external_calls_blocked_total: {},
      external_calls_failed_total: attempts,
    })
    expect(await ask({ op: 'record', request, response })).toMatchObject({ status: code === 'timeout' ? 'TIMEOUT' : 'FAILED' })
  })

  it('at one model is asked for a better one', async () => {
    ai.provider.next(refuses(400), says('better'))
    const response = await ask({ op: 'route', request, config: {} })
    expect(response).toMatchObject({ content: 'better', routing: { finalTier: 'MINI', escalated: true, escalationReason: 'error: bad_request' } })
    expect(models()).toEqual([NANO, MINI])
  })

  it('at the door is not asked for another model', async () => {
    ai.provider.next(refuses(401))
    expect(await ask({ op: 'route', request, config: {} })).toMatchObject({ failure: { code: 'auth_failed' }, routing: { escalated: false } })
    expect(models()).toEqual([NANO])
  })

  it('is told apart from a key that is missing, for which nothing is counted', async () => {
    await ask({ op: 'env', set: { ANTHROPIC_API_KEY: null } })
    try {
      expect(await ask({ op: 'route', request, config: {} })).toMatchObject({ failure: { code: 'not_configured' } })
      expect((await counters()).external_calls_total).toEqual({})
    } finally {
      await ask({ op: 'env', set: { ANTHROPIC_API_KEY: SECRETS.key } })
    }
  })
})

describe('a tier of another provider', () => {
  const tier = (provider: string, model: string) => ask({ op: 'tier', tier: 'NANO', provider, model })
  const asked = { ...request, responseFormat: 'json' }

  it('is asked by its own SDK and its own form, behind the same gate', async () => {
    await tier('openai', 'gpt-4o-mini')
    try {
      expect(await ask({ op: 'route', request: asked, config: {} })).toMatchObject({ parsed: { text: 'hello' }, routing: { provider: 'openai', model: 'gpt-4o-mini' } })
      const messages = [{ role: 'system', content: SECRETS.system }, { role: 'user', content: request.prompt }]
      const body = { model: 'gpt-4o-mini', max_tokens: 1_024, temperature: 0.1, messages, response_format: { type: 'json_object' } }
      expect(ai.provider.requests).toMatchObject([{ path: '/v1/chat/completions', key: SECRETS.key, body }])
      await mode({ ROS_MODE: 'STANDBY' })
      expect(await ask({ op: 'route', request: asked })).toMatchObject({ blocked: { reason: 'standby_mode' } })
      expect((await counters()).external_calls_total).toEqual({ 'provider=openai,status=success': 1, 'provider=openai,status=blocked': 1 })
    } finally {
      await tier('anthropic', NANO)
    }
  })

  it('helps where the first provider does not let us in', async () => {
    await tier('openai', 'gpt-4o-mini')
    ai.provider.next(refuses(401), says('{"from":"another"}'))
    try {
      expect(await ask({ op: 'route', request: asked, config: {} })).toMatchObject({ parsed: { from: 'another' }, routing: { finalTier: 'MINI', escalationReason: 'error: auth_failed' } })
    } finally {
      await tier('anthropic', NANO)
    }
  })

  it('that this router does not speak to is not configured', async () => {
    await tier('together', 'some-model')
    try {
      expect(await ask({ op: 'route', request: asked, config: { escalationEnabled: false } })).toMatchObject({ failure: { code: 'not_configured' } })
    } finally {
      await tier('anthropic', NANO)
    }
  })
})

describe('a call under way', () => {
  it('ends when the caller gives up', async () => {
    ai.provider.next(hangs)
    const response = await ask({ op: 'route', request, config: {}, abortAfterMs: 200 })
    expect(response).toMatchObject({ failure: { code: 'cancelled' }, routing: { escalated: false } })
    expect(ai.provider.requests).toHaveLength(1)
  })

  it('ends when the mode comes to forbid it, and counts as blocked once', async () => {
    ai.provider.next(hangs)
    const asked = ask({ op: 'route', request })
    await expect.poll(() => ai.provider.requests.length).toBe(1)
    const changed = mode({ NO_NETWORK: '1', ROS_MODE: 'LIVE' })
    // The next call that asks for the mode brings the news.
    const other = ask({ op: 'route', request })
    const answers = JSON.stringify([await asked, await changed, await other])
    expect(answers.match(/"MODE_BLOCKED","reason":"no_network"/g)).toHaveLength(2)
    expect(ai.provider.requests).toHaveLength(1)
    expect(await counters()).toMatchObject({ external_calls_blocked_total: { 'reason=no_network,provider=anthropic': 2 }, external_calls_failed_total: 1 })
  })
})

describe('a router whose redactions carry hashes', () => {
  const hashed = setUpAI({ PHI_HASH_KEY: 'zebra-hashes' })

  it('counts each of them', async () => {
    hashed.provider.next(says('SSN 078-05-1120 and SSN 219-09-9999, as in [1]'))
    const { content, qualityGate } = await hashed.ask({ op: 'route', request })
    expect(content).toMatch(/^SSN \[ssn:[0-9a-f]{6}\] and SSN \[ssn:[0-9a-f]{6}\], as in \[1\]$/)
    expect(qualityGate.checks).toContainEqual({ name: 'phi_output_scan', passed: false, severity: 'warning', reason: '2 items redacted' })
  })
})
