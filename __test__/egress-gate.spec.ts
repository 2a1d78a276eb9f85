import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as core from '../index.js'
import { AICallBlockedError, ExternalCallBlockedError, checkAICallAllowed, checkExternalCall, enterStandby, gateExternalCall, gatedAICall, getTelemetry } from '../index.js'
import { setEnvironment } from './support/readiness.ts'

const telemetry = getTelemetry()

beforeEach(() => {
  setEnvironment({ ROS_MODE: 'LIVE' })
  telemetry.reset()
})

const open: [string, Record<string, string>][] = [
  ['LIVE', { ROS_MODE: 'LIVE' }],
  ['DEMO that was asked for', { ROS_MODE: 'DEMO' }],
  ['LIVE by GOVERNANCE_MODE', { GOVERNANCE_MODE: 'LIVE' }],
  ['LIVE with the flags off', { ROS_MODE: 'LIVE', NO_NETWORK: 'false', MOCK_ONLY: '0' }],
]

const blocked: [string, Record<string, string>, string, string][] = [
  ['STANDBY', { ROS_MODE: 'STANDBY' }, 'standby_mode', 'STANDBY'],
  ['STANDBY by GOVERNANCE_MODE', { GOVERNANCE_MODE: 'STANDBY' }, 'standby_mode', 'STANDBY'],
  ['a mode that is misspelt', { ROS_MODE: 'live' }, 'standby_mode', 'STANDBY'],
  ['STANDBY and NO_NETWORK', { ROS_MODE: 'STANDBY', NO_NETWORK: '1' }, 'standby_mode', 'STANDBY'],
  ['NO_NETWORK', { ROS_MODE: 'LIVE', NO_NETWORK: 'true' }, 'no_network', 'NO_NETWORK'],
  ['NO_NETWORK and MOCK_ONLY', { ROS_MODE: 'DEMO', NO_NETWORK: '1', MOCK_ONLY: '1' }, 'no_network', 'NO_NETWORK'],
  ['MOCK_ONLY', { ROS_MODE: 'LIVE', MOCK_ONLY: 'on' }, 'mock_only', 'MOCK_ONLY'],
  ['no mode at all', {}, 'mode_unset', 'ROS_MODE'],
]

describe.each(open)('in %s', (_mode, environment) => {
  it('the gate is open and counts what came of the call', async () => {
    setEnvironment(environment)
    expect(checkExternalCall('openai')).toEqual({ allowed: true })
    const result = { of: 'the call' }
    await expect(gateExternalCall('openai', () => result)).resolves.toBe(result)
    await expect(gateExternalCall('openai', async () => result)).resolves.toBe(result)
    expect(telemetry.getSnapshot()).toMatchObject({
      external_calls_total: { 'provider=openai,status=success': 2 },
      external_calls_blocked_total: {},
      external_calls_failed_total: 0,
    })
    expect(telemetry.toPrometheus().body).toContain('external_call_duration_seconds_count{provider="openai"} 2\n')
  })
})

describe.each(blocked)('in %s', (_mode, environment, reason, word) => {
  it('the function is not called, the error says why, and the call is counted once', async () => {
    setEnvironment(environment)
    expect(checkExternalCall('openai')).toEqual({ allowed: false, reason })
    const call = vi.fn()
    const error: ExternalCallBlockedError = await gateExternalCall('openai', call).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    )
    expect(call).not.toHaveBeenCalled()
    expect(error).toBeInstanceOf(ExternalCallBlockedError)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'ExternalCallBlockedError', code: 'RF_EGRESS_BLOCKED', reason, provider: 'openai' })
    expect(error.message).toContain(word)
    expect(error.message).toContain('openai')
    expect(telemetry.getSnapshot()).toMatchObject({
      external_calls_total: { 'provider=openai,status=blocked': 1 },
      external_calls_blocked_total: { [`reason=${reason},provider=openai`]: 1 },
      external_calls_failed_total: 0,
    })
  })
})

describe('the gate', () => {
  it('passes an error through as it is and counts a failure', async () => {
    const error = new Error('upstream')
    await expect(gateExternalCall('openai', () => Promise.reject(error))).rejects.toBe(error)
    await expect(gateExternalCall('openai', () => { throw error })).rejects.toBe(error)
    await expect(gateExternalCall('openai', () => { throw undefined })).rejects.toBe(undefined)
    expect(telemetry.getSnapshot()).toMatchObject({ external_calls_total: { 'provider=openai,status=failure': 3 }, external_calls_failed_total: 3 })
  })

  it('counts how long the call took', async () => {
    await gateExternalCall('openai', () => new Promise((resolve) => setTimeout(resolve, 60)))
    const { body } = telemetry.toPrometheus()
    expect(body).toContain('external_call_duration_seconds_bucket{provider="openai",le="0.05"} 0\n')
    expect(body).toContain('external_call_duration_seconds_bucket{provider="openai",le="2.5"} 1\n')
  })

  it('never throws at once, also for wrong use', async () => {
    for (const wrong of [undefined, 'fetch', { call: 1 }]) {
      const gated = gateExternalCall('openai', wrong as never)
      await expect(gated).rejects.toMatchObject({ name: 'TypeError', code: 'RF_CONFIG_FN' })
    }
    expect(telemetry.getSnapshot().external_calls_total).toEqual({})
  })

  it('follows a change of the mode from the next call on', async () => {
    await expect(gateExternalCall('openai', () => 1)).resolves.toBe(1)
    process.env.NO_NETWORK = '1'
    await expect(gateExternalCall('openai', () => 1)).rejects.toMatchObject({ reason: 'no_network' })
    delete process.env.NO_NETWORK
    await expect(gateExternalCall('openai', () => 1)).resolves.toBe(1)
  })

  it('counts nothing when it is only asked', () => {
    checkExternalCall('openai')
    process.env.ROS_MODE = 'STANDBY'
    checkExternalCall('openai')
    expect(telemetry.getSnapshot()).toMatchObject({ external_calls_total: {}, external_calls_blocked_total: {} })
  })

  it('gives an answer that nobody can change for the next one', () => {
    expect(() => Object.assign(checkExternalCall('openai'), { allowed: false })).toThrow(TypeError)
    process.env.ROS_MODE = 'STANDBY'
    expect(() => Object.assign(checkExternalCall('openai'), { allowed: true })).toThrow(TypeError)
  })

  it.each<[string, unknown]>([
    ['an e-mail address', 'jo@example.org'],
    ['a social security number', '123-45-6789'],
    ['a new line', 'a\nb'],
    ['an object', { secret: 'jo@example.org' }],
  ])('keeps a hostile provider out of the error and the counters: %s', async (_situation, provider) => {
    setEnvironment({ ROS_MODE: 'STANDBY' })
    const error: ExternalCallBlockedError = await gateExternalCall(provider as never, () => 1).catch((thrown) => thrown)
    expect(error.provider).toBe('other')
    expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toMatch(/jo@|123-45|a\\nb/)
    expect(telemetry.getSnapshot().external_calls_blocked_total).toEqual({ 'reason=standby_mode,provider=other': 1 })
  })

  it.each([undefined, null, ''])('takes a call without a provider for unknown, in the error and in every counter: %j', async (none) => {
    setEnvironment({ ROS_MODE: 'STANDBY' })
    const error: ExternalCallBlockedError = await gateExternalCall(none as never, () => 1).then(() => expect.unreachable(), (thrown) => thrown)
    expect(error.provider).toBe('unknown')
    const made = new ExternalCallBlockedError('standby_mode', none as never)
    expect([made.provider, made.message]).toEqual(['unknown', error.message])
    expect(telemetry.getSnapshot()).toMatchObject({
      external_calls_total: { 'provider=unknown,status=blocked': 1 },
      external_calls_blocked_total: { 'reason=standby_mode,provider=unknown': 1 },
    })
    setEnvironment({ ROS_MODE: 'LIVE' })
    await gateExternalCall(none as never, () => 1)
    expect(telemetry.getSnapshot().external_calls_total).toMatchObject({ 'provider=unknown,status=success': 1 })
  })
})

describe('the error', () => {
  it.each([
    ['standby_mode', 'STANDBY'],
    ['no_network', 'NO_NETWORK'],
    ['mock_only', 'MOCK_ONLY'],
    ['mode_unset', 'ROS_MODE'],
    ['governance_mode', 'policy'],
    ['phi_detected', 'PHI'],
  ] as const)('can be made for %s and names %s', (reason, word) => {
    const error = new ExternalCallBlockedError(reason, 'openai')
    expect(error).toMatchObject({ name: 'ExternalCallBlockedError', code: 'RF_EGRESS_BLOCKED', reason, provider: 'openai' })
    expect(error.message).toContain(word)
  })

  it('refuses a reason that is not one, without repeating it', () => {
    let error: (Error & { code?: string }) | undefined
    try {
      new ExternalCallBlockedError('jo@example.org' as never, 'openai')
    } catch (thrown) {
      error = thrown as Error
    }
    expect(error).toMatchObject({ name: 'TypeError', code: 'RF_CONFIG_REASON' })
    expect(error!.message).not.toContain('jo@')
  })
})

describe('the names that the orchestrator imports', () => {
  it('are the same things', () => {
    expect(checkAICallAllowed).toBe(checkExternalCall)
    expect(gatedAICall).toBe(gateExternalCall)
    expect(AICallBlockedError).toBe(ExternalCallBlockedError)
    expect(core.getTelemetry).toBe(getTelemetry)
  })

  it('ask without a provider', () => {
    expect(checkAICallAllowed()).toEqual({ allowed: true })
    setEnvironment({ ROS_MODE: 'LIVE', NO_NETWORK: 'true' })
    expect(checkAICallAllowed()).toEqual({ allowed: false, reason: 'no_network' })
  })
})

// For good: it comes last.
describe('a latched STANDBY', () => {
  it('blocks whatever the environment says', async () => {
    enterStandby('the end of this file')
    const call = vi.fn()
    await expect(gateExternalCall('openai', call)).rejects.toMatchObject({ reason: 'standby_mode', message: expect.stringContaining('restart') })
    expect(call).not.toHaveBeenCalled()
  })
})
