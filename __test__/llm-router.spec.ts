import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { BLOCKED, SECRETS, setUpAI } from './support/ai-child.ts'
import { hangs, hangsUp, refuses, says, sends, stalls } from './support/ai-provider.ts'

const ai = setUpAI()
const { ask, counters, mode } = ai
const task = `Summarise ${SECRETS.prompt}`
const KEY = { AI_INTEGRATIONS_OPENAI_API_KEY: SECRETS.key, OPENAI_API_KEY: SECRETS.key }
const NO_KEY = { AI_INTEGRATIONS_OPENAI_API_KEY: null, OPENAI_API_KEY: null }
const SUCCESS = { 'provider=openai,status=success': 1 }

describe.each(BLOCKED)('in %s', (_mode, env, reason) => {
  it('nothing is sent, the answer says why, and the call counts once', async () => {
    await mode(env)
    const before = ai.provider.connections()
    const answer = await ask({ op: 'generate', task })
    expect(answer).toMatchObject({
      success: false,
      error: { code: 'MODE_BLOCKED', reason, details: [{ path: 'mode', code: reason }] },
      retryCount: 0,
    })
    expect(answer).not.toHaveProperty('data')
    expect([ai.provider.requests, ai.provider.connections()]).toEqual([[], before])
    expect(await counters()).toEqual({
      external_calls_total: { 'provider=openai,status=blocked': 1 },
      external_calls_blocked_total: { [`reason=${reason},provider=openai`]: 1 },
      external_calls_failed_total: 0,
    })
  })

  it('no client is asked for: a key that is missing goes unnoticed', async () => {
    await mode(env)
    await ask({ op: 'env', set: NO_KEY })
    try {
      expect((await ask({ op: 'generate', task })).error.code).toBe('MODE_BLOCKED')
    } finally {
      await ask({ op: 'env', set: KEY })
    }
  })
})

describe('in LIVE', () => {
  it('the model is asked once, and its answer is handed on in a pack', async () => {
    ai.provider.next(says(JSON.stringify({ text: SECRETS.answer, more: 1 })))
    const { pack, data, ...rest } = await ask({ op: 'generate', task, context: { stageId: '11' } })
    expect(rest).toEqual({ success: true, retryCount: 0, totalLatencyMs: expect.any(Number) })
    expect(data).toEqual({ text: SECRETS.answer })
    expect(pack).toMatchObject({
      version: '1.0.0',
      type: 'MANUSCRIPT_DRAFT',
      content: data,
      metadata: {
        researchId: 'study',
        modelId: 'gpt-4o',
        modelVersion: 'gpt-4o-2024-08-06',
        tokenUsage: { input: 1_000, output: 200, total: 1_200 },
        cost: 0.008,
      },
    })
    const [request, ...more] = ai.provider.requests
    expect(more).toEqual([])
    expect(request).toMatchObject({
      path: '/v1/chat/completions',
      key: SECRETS.key,
      body: { model: 'gpt-4o', temperature: 0.7, max_tokens: 4_000, response_format: { type: 'json_object' } },
    })
    expect(request!.body.messages[0].content).toContain('"text":{"type":"string","minLength":3}')
    expect(request!.body.messages[1]).toEqual({ role: 'user', content: task })
    expect((await counters()).external_calls_total).toEqual(SUCCESS)
  })

  it('all calls go over connections of one client', async () => {
    await ask({ op: 'generate', task })
    const before = ai.provider.connections()
    for (let at = 0; at < 5; at += 1) await ask({ op: 'generate', task })
    expect(ai.provider.connections()).toBe(before)
  })

  it('a key that is missing is said, and is no failed call', async () => {
    await ask({ op: 'env', set: NO_KEY })
    try {
      expect((await ask({ op: 'generate', task })).error).toEqual({
        code: 'GENERATION_FAILED',
        message: 'call to openai failed: not_configured',
        details: [{ path: 'provider', message: 'call to openai failed: not_configured', code: 'not_configured' }],
      })
      expect((await counters()).external_calls_total).toEqual({})
    } finally {
      await ask({ op: 'env', set: KEY })
    }
  })

  it('keeps the prompt for the bundle of its study, without what is PHI in it', async () => {
    await ask({ op: 'generate', task: 'Patient 078-05-1120 has asthma', context: { researchId: 'logged', additionalContext: { ssn: '078-05-1120' } } })
    const logs = await ask({ op: 'prompts', researchId: 'logged' })
    expect(logs).toMatchObject([{ stageName: 'brief', modelUsed: 'gpt-4o', phiDetected: true, phiRedacted: 2, cost: 0.008 }])
    expect(JSON.stringify(logs)).toContain('has asthma')
    expect(JSON.stringify(logs)).not.toContain('078-05-1120')
  })
})

describe('an answer that is not of the schema', () => {
  it('is asked for again, with what the schema missed and nothing that the answer held', async () => {
    const wrong = {
      patient: { age: 131, sex: 'Jane Roe', 'Roe, Jane': 1 },
      scores: { 'Jane Roe': 'high' },
      code: 'Jane',
      checked: 'Jane Roe',
    }
    ai.provider.next(says(JSON.stringify(wrong)))
    const answer = await ask({ op: 'generate', task, schema: 'patient', options: { maxRetries: 1 } })
    const missed = [
      { path: 'patient.age', message: 'number: expected at most 120', code: 'too_big' },
      { path: 'patient.sex', message: 'expected one of F, M', code: 'invalid_enum_value' },
      { path: 'patient', message: '1 properties that the schema does not have', code: 'unrecognized_keys' },
      { path: 'scores.*', message: 'expected number, received string', code: 'invalid_type' },
      { path: 'code', message: 'expected a regex', code: 'invalid_string' },
      { path: 'checked', message: 'does not satisfy the schema', code: 'custom' },
    ]
    expect(answer).toMatchObject({ success: false, error: { code: 'VALIDATION_FAILED', details: missed }, retryCount: 1 })
    const [, second, ...more] = ai.provider.requests
    expect(more).toEqual([])
    for (const { path, message } of missed) expect(second!.body.messages[0].content).toContain(`- ${path}: ${message}`)
    expect(JSON.stringify([second, answer])).not.toMatch(/Jane|Roe|131/)
  })

  it.each([
    ['no JSON', says(`${SECRETS.answer} {`), 'the answer is not JSON'],
    ['empty', says(''), 'the answer is not JSON'],
    ['cut off', says('{"text":"hel', { stop: 'length' }), 'the answer was cut off by the limit of tokens'],
  ])('%s: it is asked for again, and then good', async (_what, behaviour, message) => {
    ai.provider.next(behaviour, says('{"text":"hello"}'))
    expect(await ask({ op: 'generate', task })).toMatchObject({ success: true, data: { text: 'hello' }, retryCount: 1 })
    expect(ai.provider.requests[1]!.body.messages[0].content).toContain(`- the whole: ${message}`)
    expect((await counters()).external_calls_total).toEqual({ 'provider=openai,status=success': 2 })
  })

  it('ends after the retries that were asked for, or at once', async () => {
    ai.provider.next(says('{"text":1}'))
    expect(await ask({ op: 'generate', task, options: { maxRetries: 2 } })).toMatchObject({ error: { code: 'VALIDATION_FAILED' }, retryCount: 2 })
    expect(ai.provider.requests).toHaveLength(3)
    expect(await ask({ op: 'generate', task, options: { retryOnValidationFailure: false } })).toMatchObject({ error: { code: 'VALIDATION_FAILED' }, retryCount: 0 })
    expect(ai.provider.requests).toHaveLength(4)
  })

  it('is an answer too where the schema has no JSON Schema: nothing is thrown, asked or repeated', async () => {
    const answer = await ask({ op: 'generate', task, schema: 'indescribable' })
    expect(answer).toMatchObject({ success: false, error: { code: 'GENERATION_FAILED', details: [{ code: 'internal_error' }] }, retryCount: 0 })
    expect(JSON.stringify(answer)).not.toContain('zebra')
    expect(ai.provider.requests).toEqual([])
  })

  it('is said without the words of a schema that throws', async () => {
    ai.provider.next(says(JSON.stringify(SECRETS.answer)))
    const answer = await ask({ op: 'generate', task, schema: 'throws', options: { maxRetries: 0 } })
    expect(answer.error).toMatchObject({ code: 'VALIDATION_FAILED', details: [{ path: '', message: 'the schema could not be applied', code: 'custom' }] })
    expect(JSON.stringify(answer)).not.toContain(SECRETS.answer)
  })
})

describe('a provider that fails', () => {
  it.each([
    ['answers 500', refuses(500), 'unavailable', 3],
    ['answers 503', refuses(503), 'unavailable', 3],
    ['answers 429', refuses(429), 'rate_limited', 3],
    ['hangs up', hangsUp, 'connection_failed', 3],
    ['sends half a JSON', sends('{"choices": ['), 'unexpected_reply', 3],
    ['sends a page', sends('<html>zebra-answer</html>', 'text/html'), 'unexpected_reply', 3],
    ['sends null', sends('null'), 'unexpected_reply', 3],
    ['never answers', hangs, 'timeout', 3],
    ['stops in the middle of its answer', stalls, 'timeout', 3],
    ['answers 400', refuses(400), 'bad_request', 1],
    ['answers 401', refuses(401), 'auth_failed', 1],
    ['answers 404', refuses(404), 'bad_request', 1],
    ['wants to be left alone for an hour', refuses(429, { 'retry-after': '3600' }), 'rate_limited', 1],
  ])('%s: %#', async (_what, behaviour, code, attempts) => {
    ai.provider.next(behaviour)
    const answer = await ask({ op: 'generate', task, options: { maxRetries: 2, ...(code === 'timeout' && { timeoutMs: 300 }) } })
    expect(answer).toMatchObject({ success: false, error: { code: 'GENERATION_FAILED', details: [{ path: 'provider', code }] }, retryCount: attempts - 1 })
    expect(ai.provider.requests).toHaveLength(attempts)
    expect(JSON.stringify(answer)).not.toMatch(/zebra|some_error|refused/)
    expect(await counters()).toEqual({
      external_calls_total: { 'provider=openai,status=failure': attempts },
      external_calls_blocked_total: {},
      external_calls_failed_total: attempts,
    })
  })

  it('and recovers: the answer is there, and the retries are told', async () => {
    ai.provider.next(refuses(500), hangsUp, says('{"text":"hello"}'))
    expect(await ask({ op: 'generate', task })).toMatchObject({ success: true, retryCount: 2 })
    expect((await counters()).external_calls_total).toEqual({ 'provider=openai,status=failure': 2, ...SUCCESS })
  })

  it('is given the time it asks for', async () => {
    ai.provider.next(refuses(429, { 'retry-after': '1' }), says('{"text":"hello"}'))
    expect(await ask({ op: 'generate', task })).toMatchObject({ success: true, retryCount: 1 })
    const [first, second] = ai.provider.requests
    expect(second!.at - first!.at).toBeGreaterThan(950)
  })

  it('waits longer from one attempt to the next', async () => {
    ai.provider.next(refuses(500))
    await ask({ op: 'generate', task, options: { maxRetries: 3, backoffMs: 100 } })
    const times = ai.provider.requests.map(({ at }) => at)
    const pauses = times.slice(1).map((at, index) => at - times[index]!)
    expect(pauses).toHaveLength(3)
    for (const [index, pause] of pauses.entries()) expect(pause).toBeGreaterThan(70 * 2 ** index)
  })

  it('shares its retries with answers that are not of the schema', async () => {
    ai.provider.next(refuses(500), says('{"text":1}'), refuses(500), says('{"text":1}'), says('{"text":"hello"}'))
    expect(await ask({ op: 'generate', task, options: { maxRetries: 3 } })).toMatchObject({ error: { code: 'VALIDATION_FAILED' }, retryCount: 3 })
    expect(ai.provider.requests).toHaveLength(4)
  })
})

describe('a caller who gives up', () => {
  it('ends the call under way', async () => {
    ai.provider.next(hangs)
    const began = performance.now()
    const asked = ask({ op: 'generate', task, options: { timeoutMs: 20_000 }, abortAfterMs: 300 })
    await expect.poll(() => ai.provider.requests.length).toBe(1)
    expect(ai.provider.requests[0]!.over).toBe(false)
    expect(await asked).toMatchObject({ error: { code: 'GENERATION_FAILED', details: [{ code: 'cancelled' }] }, retryCount: 0 })
    expect(performance.now() - began).toBeLessThan(2_000)
    await expect.poll(() => ai.provider.requests[0]!.over).toBe(true)
  })

  it('ends the pause before a retry', async () => {
    ai.provider.next(refuses(500))
    const began = performance.now()
    expect((await ask({ op: 'generate', task, options: { backoffMs: 30_000 }, abortAfterMs: 200 })).error.details[0].code).toBe('cancelled')
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(ai.provider.requests).toHaveLength(1)
  })

  it('before the call sends nothing', async () => {
    expect((await ask({ op: 'generate', task, abortAfterMs: 0 })).error.details[0].code).toBe('cancelled')
    expect([ai.provider.requests, (await counters()).external_calls_total]).toEqual([[], {}])
  })
})

describe('a mode that comes to forbid the call', () => {
  it.each([
    ['under way', hangs],
    ['in its pause', refuses(500)],
  ])('ends it %s, and it counts as blocked once', async (_where, behaviour) => {
    ai.provider.next(behaviour)
    const asked = ask({ op: 'generate', task, options: { timeoutMs: 30_000, backoffMs: 30_000 } })
    await expect.poll(() => ai.provider.requests.length).toBe(1)
    await sleep(100)
    const began = performance.now()
    const changed = mode({ ROS_MODE: 'STANDBY' })
    // The next call that asks for the mode brings the news.
    const other = ask({ op: 'generate', task })
    const answers = [await asked, await changed, await other]
    expect(performance.now() - began).toBeLessThan(1_500)
    expect(JSON.stringify(answers).match(/"code":"MODE_BLOCKED"/g)).toHaveLength(2)
    expect(ai.provider.requests).toHaveLength(1)
    expect(await counters()).toEqual({
      external_calls_total: { 'provider=openai,status=blocked': 2, 'provider=openai,status=failure': 1 },
      external_calls_blocked_total: { 'reason=standby_mode,provider=openai': 2 },
      external_calls_failed_total: 1,
    })
  })
})
