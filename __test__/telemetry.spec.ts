import { beforeEach, describe, expect, it } from 'vitest'
import { currentMode, getTelemetry } from '../index.js'
import { setEnvironment } from './support/readiness.ts'

const telemetry = getTelemetry()
type Provider = Parameters<typeof telemetry.recordExternalCall>[0]

beforeEach(() => {
  setEnvironment({ ROS_MODE: 'LIVE' })
  telemetry.reset()
})

function calls(): Record<string, number> {
  return telemetry.getSnapshot().external_calls_total
}

function sum(counters: Record<string, number>): number {
  return Object.values(counters).reduce((total, count) => total + count, 0)
}

describe('telemetry', () => {
  it('is one object, and its functions work on their own', () => {
    expect(getTelemetry()).toBe(telemetry)
    expect(Object.keys(telemetry)).toEqual(['recordExternalCall', 'recordBlockedCall', 'getSnapshot', 'getRuntimeMode', 'getMetrics', 'toPrometheus', 'reset'])
    const { recordExternalCall, getSnapshot } = telemetry
    recordExternalCall('openai', 'success')
    expect(getSnapshot().external_calls_total).toEqual({ 'provider=openai,status=success': 1 })
  })

  it('counts calls by provider and status, and the failed ones apart', () => {
    telemetry.recordExternalCall('openai', 'success')
    telemetry.recordExternalCall('openai', 'success', 0.5)
    telemetry.recordExternalCall('openai', 'failure', 0.1)
    telemetry.recordExternalCall('anthropic', 'failure')
    telemetry.recordExternalCall('anthropic', 'blocked')
    expect(telemetry.getSnapshot()).toEqual({
      external_calls_total: {
        'provider=openai,status=success': 2,
        'provider=openai,status=failure': 1,
        'provider=anthropic,status=failure': 1,
        'provider=anthropic,status=blocked': 1,
      },
      external_calls_blocked_total: {},
      external_calls_failed_total: 2,
      uptime_seconds: expect.any(Number),
      collected_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
  })

  it('counts a refused call by its reason and as blocked, with or without a provider', () => {
    telemetry.recordBlockedCall('standby_mode', 'openai')
    telemetry.recordBlockedCall('phi_detected', 'openai')
    telemetry.recordBlockedCall('no_network')
    const snapshot = telemetry.getSnapshot()
    expect(snapshot.external_calls_blocked_total).toEqual({
      'reason=standby_mode,provider=openai': 1,
      'reason=phi_detected,provider=openai': 1,
      'reason=no_network': 1,
    })
    expect(snapshot.external_calls_total).toEqual({
      'provider=openai,status=blocked': 2,
      'provider=unknown,status=blocked': 1,
    })
    expect(snapshot.external_calls_failed_total).toBe(0)
  })

  it.each(['standby_mode', 'no_network', 'mock_only', 'mode_unset', 'governance_mode', 'phi_detected'] as const)('knows the reason %s', (reason) => {
    telemetry.recordBlockedCall(reason, 'openai')
    expect(telemetry.getSnapshot().external_calls_blocked_total).toEqual({ [`reason=${reason},provider=openai`]: 1 })
  })

  it('tells the mode in force under both its names', () => {
    setEnvironment({ GOVERNANCE_MODE: 'STANDBY', NO_NETWORK: 'yes', MOCK_ONLY: '1' })
    expect(telemetry.getRuntimeMode()).toEqual({ ros_mode: 'STANDBY', governance_mode: 'STANDBY', no_network: true, mock_only: true })
    setEnvironment({ ROS_MODE: 'DEMO', GOVERNANCE_MODE: 'LIVE' })
    expect(telemetry.getRuntimeMode()).toEqual({ ros_mode: 'DEMO', governance_mode: 'DEMO', no_network: false, mock_only: false })
  })

  it('answers metrics with the telemetry, the mode and the version of the program', () => {
    const before = process.env.npm_package_version
    process.env.npm_package_version = '7.8.9'
    telemetry.recordExternalCall('openai', 'success')
    const metrics = telemetry.getMetrics()
    expect(Object.keys(metrics)).toEqual(['telemetry', 'mode', 'version'])
    expect(metrics.telemetry.external_calls_total).toEqual({ 'provider=openai,status=success': 1 })
    expect(metrics.mode).toEqual(telemetry.getRuntimeMode())
    expect(metrics.version).toBe('7.8.9')
    delete process.env.npm_package_version
    expect(telemetry.getMetrics().version).toBe('1.0.0')
    if (before !== undefined) process.env.npm_package_version = before
  })

  it('hands out a snapshot that is the caller’s own', () => {
    telemetry.recordExternalCall('openai', 'success')
    telemetry.getSnapshot().external_calls_total['provider=openai,status=success'] = 99
    expect(calls()).toEqual({ 'provider=openai,status=success': 1 })
  })

  it('counts its uptime in whole seconds since the reset', () => {
    const { uptime_seconds } = telemetry.getSnapshot()
    expect(Number.isInteger(uptime_seconds)).toBe(true)
    expect(uptime_seconds).toBeLessThan(5)
  })

  it('shows the mode of this moment in the exposition', () => {
    setEnvironment({ ROS_MODE: 'STANDBY' })
    expect(telemetry.toPrometheus().body).toContain('researchflow_mode{mode="STANDBY"} 1\n')
    expect(telemetry.toPrometheus().body).toContain('researchflow_network_allowed 0\n')
    setEnvironment({ ROS_MODE: 'LIVE' })
    const { body } = telemetry.toPrometheus()
    expect(body).toContain('researchflow_mode{mode="LIVE"} 1\n')
    expect(body).toContain('researchflow_mode{mode="STANDBY"} 0\n')
    expect(body).toContain('researchflow_network_allowed 1\n')
    expect(currentMode().mode).toBe('LIVE')
  })
})

describe('a duration', () => {
  const count = (): string | undefined => /external_call_duration_seconds_count\{provider="openai"\} (\d+)/.exec(telemetry.toPrometheus().body)?.[1]

  it('falls into the buckets of its provider', () => {
    telemetry.recordExternalCall('openai', 'success', 0.3)
    telemetry.recordExternalCall('openai', 'failure', 400)
    const { body } = telemetry.toPrometheus()
    expect(body).toContain('external_call_duration_seconds_bucket{provider="openai",le="0.25"} 0\n')
    expect(body).toContain('external_call_duration_seconds_bucket{provider="openai",le="0.5"} 1\n')
    expect(body).toContain('external_call_duration_seconds_bucket{provider="openai",le="300.0"} 1\n')
    expect(body).toContain('external_call_duration_seconds_bucket{provider="openai",le="+Inf"} 2\n')
    expect(body).toContain('external_call_duration_seconds_sum{provider="openai"} 400.3\n')
    expect(count()).toBe('2')
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('of %s is left out, and the call is counted', (seconds) => {
    telemetry.recordExternalCall('openai', 'success', seconds)
    expect(calls()).toEqual({ 'provider=openai,status=success': 1 })
    expect(count()).toBeUndefined()
  })

  it('is left out of a call that was not attempted', () => {
    telemetry.recordExternalCall('openai', 'blocked', 3)
    expect(calls()).toEqual({ 'provider=openai,status=blocked': 1 })
    expect(count()).toBeUndefined()
  })
})

describe('wrong use of telemetry', () => {
  const secret = 'jo@example.org'
  it.each<[string, () => void, string]>([
    ['a status that is not known', () => telemetry.recordExternalCall('openai', secret as never), 'RF_CONFIG_STATUS'],
    ['a status that is an object’s own name', () => telemetry.recordExternalCall('openai', 'constructor' as never), 'RF_CONFIG_STATUS'],
    ['no status', () => telemetry.recordExternalCall('openai', undefined as never), 'RF_CONFIG_STATUS'],
    ['a reason that is not known', () => telemetry.recordBlockedCall(secret as never, 'openai'), 'RF_CONFIG_REASON'],
    ['no reason', () => telemetry.recordBlockedCall(undefined as never), 'RF_CONFIG_REASON'],
    ['a duration of another kind', () => telemetry.recordExternalCall('openai', 'success', secret as never), 'RF_CONFIG_SECONDS'],
    ['a format that is not known', () => telemetry.toPrometheus(secret as never), 'RF_CONFIG_FORMAT'],
  ])('is refused without repeating it, and nothing is counted: %s', (_situation, use, code) => {
    let error: (Error & { code?: string }) | undefined
    try {
      use()
    } catch (thrown) {
      error = thrown as Error
    }
    expect(error).toBeInstanceOf(TypeError)
    expect(error!.code).toBe(code)
    expect(error!.message).not.toContain(secret)
    expect(calls()).toEqual({})
  })
})

describe('the name of a provider', () => {
  it.each([
    ['openai', 'openai'],
    ['OpenAI', 'openai'],
    ['azure-openai.eu-west-1', 'azure-openai.eu-west-1'],
    ['gpt4all', 'gpt4all'],
    ['local_llm', 'local_llm'],
    ['other', 'other'],
  ])('%s is counted as %s', (name, label) => {
    telemetry.recordExternalCall(name as Provider, 'success')
    expect(calls()).toEqual({ [`provider=${label},status=success`]: 1 })
  })

  it.each<[string, unknown]>([
    ['an e-mail address', 'jo@example.org'],
    ['quotes', 'a"b'],
    ['a new line', 'a\nfake_total 1'],
    ['a backslash', 'a\\'],
    ['blanks', ' openai '],
    ['a social security number', '123-45-6789'],
    ['the end of one', 'ssn-6789'],
    ['a phone number', '555.010.0199'],
    ['a record number', 'mrn-1234567'],
    ['a date', '1980-01-31'],
    ['a letter that lower-casing makes ASCII', '\u212aelvin'],
    ['41 letters', 'a'.repeat(41)],
    ['a long text', 'a'.repeat(1 << 20)],
    ['a lone surrogate', '\ud800'],
    ['a NUL', 'open\0ai'],
    ['a number', 42],
    ['an object whose text throws', { toString() { throw new Error('never asked') } }],
    ['a symbol', Symbol('x')],
    ['an array', ['openai']],
  ])('is other and never throws: %s', (_situation, name) => {
    telemetry.recordExternalCall(name as Provider, 'failure', 0.1)
    telemetry.recordBlockedCall('no_network', name as Provider)
    const snapshot = telemetry.getSnapshot()
    expect(snapshot.external_calls_total).toEqual({ 'provider=other,status=failure': 1, 'provider=other,status=blocked': 1 })
    expect(snapshot.external_calls_blocked_total).toEqual({ 'reason=no_network,provider=other': 1 })
  })

  it.each([undefined, null, ''])('is unknown where none is given: %s', (name) => {
    telemetry.recordExternalCall(name as never, 'success')
    telemetry.recordBlockedCall('mock_only', name as never)
    expect(calls()).toEqual({ 'provider=unknown,status=success': 1, 'provider=unknown,status=blocked': 1 })
    expect(telemetry.getSnapshot().external_calls_blocked_total).toEqual({ 'reason=mock_only': 1 })
  })

  it('keeps 5,000 hostile names in at most 65 series, none readable and none uncounted', () => {
    const hostile = (at: number): string =>
      [`p"${at}`, `patient${at}@example.org`, `x\n# TYPE evil${at} counter\nevil${at} 1`, `Jo Doe ${at}`, `${100 + (at % 900)}-45-${1000 + at}`][at % 5]!
    for (let at = 0; at < 5_000; at += 1) {
      telemetry.recordExternalCall(hostile(at) as Provider, 'success', 0.2)
      telemetry.recordBlockedCall('no_network', hostile(at) as Provider)
    }
    // And then more clean names than there are places.
    const clean = Array.from({ length: 500 }, (_, at) => `clean-${at}`)
    for (const name of clean) telemetry.recordExternalCall(name as Provider, 'success', 0.2)
    const snapshot = telemetry.getSnapshot()
    const providers = new Set(Object.keys(snapshot.external_calls_total).map((key) => /^provider=([a-z0-9_.-]{1,40}),status=(?:success|blocked)$/.exec(key)![1]))
    expect(providers.size).toBeLessThanOrEqual(65)
    expect(sum(snapshot.external_calls_total)).toBe(10_500)
    expect(snapshot.external_calls_blocked_total).toEqual({ 'reason=no_network,provider=other': 5_000 })
    for (const format of ['text', 'openmetrics'] as const) {
      const { body } = telemetry.toPrometheus(format)
      expect(body).not.toMatch(/patient|example|evil|Doe|-45-|p\\"/)
      const lines = body.split('\n').filter((line) => line.startsWith('external_calls_total{') && line.includes('status="success"'))
      expect(lines.length).toBeLessThanOrEqual(65)
      expect(lines.reduce((total, line) => total + Number(line.split(' ')[1]), 0)).toBe(5_500)
      const buckets = body.split('\n').filter((line) => line.startsWith('external_call_duration_seconds_count'))
      expect(buckets.reduce((total, line) => total + Number(line.split(' ')[1]), 0)).toBe(5_500)
    }
  })
})
