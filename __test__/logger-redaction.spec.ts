import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactPhi, redactPhiValue } from '../index.js'
import { lines, log } from './support/log.ts'

const SSN = '536-22-8726'
const EMAIL = 'jane.doe@example.org'

const LEAKS = `
  const ssn = '${SSN}', email = '${EMAIL}'
  const log = core.createLogger('m ' + email, { owner: email, ssn })
  log.info('message ' + ssn, { text: 'call ' + email, [email]: 1, deep: [{ list: [ssn] }], json: JSON.stringify({ note: [email] }), map: new Map([[ssn, email]]) })
  log.child({ more: ssn }).error(email, new Error('m ' + ssn, { cause: Object.assign(new Error(email), { code: ssn }) }))
  core.createRequestLogger(ssn).warn('m', new AggregateError([new Error(email), ssn], ssn))
  core.withRequestId(email, () => core.logger.info('m'))
  core.logger.logError(email, { toString: () => ssn, note: ssn }, { email })
  const cycle = { ssn }; cycle.cycle = cycle
  core.logger.info('m', cycle)
  core.logger.info({ note: ssn }, email)
  core.logger.info(ssn, ssn)`

describe('an identifier', () => {
  it.each(['json', 'text'])('is nowhere in a line, in format %s', async (format) => {
    const { out, err, code } = await log(LEAKS, { LOG_FORMAT: format })
    expect(code).toBe(0)
    expect(out).toContain('[ssn]')
    expect(err).toContain('[email]')
    for (const form of [SSN, SSN.replaceAll('-', ''), EMAIL, 'jane', 'example.org']) expect(out + err).not.toContain(form)
  })

  it('is not in a line whatever stands around it, and the line can be parsed', async () => {
    const around = fc.sample(fc.tuple(fc.string({ maxLength: 30 }), fc.string({ unit: 'grapheme', maxLength: 30 })), 500)
    const { out, err } = await log(`
      for (const [before, after] of ${JSON.stringify(around)}) {
        const text = before + ' ${SSN} ' + after
        core.logger.info(text, { [before + ' k']: text, list: [[text]], json: JSON.stringify([text]) })
        core.logger.warn('m', new Error(text))
      }`)
    expect([lines(out).length, lines(err).length]).toEqual([500, 500])
    expect(out + err).not.toContain(SSN)
  })
})

describe('redactPhi and redactPhiValue', () => {
  it('say what was there', () => {
    expect(redactPhi(`mail ${EMAIL}, or not`)).toBe('mail [email], or not')
    expect(redactPhiValue({ ssn: 536228726, notes: [`to ${EMAIL}`], ms: 12.5, at: new Date(0), nothing: null, left: undefined })).toEqual({
      ssn: '[ssn]', notes: ['to [email]'], ms: 12.5, at: '1970-01-01T00:00:00.000Z', nothing: null,
    })
    expect([redactPhiValue(undefined), redactPhiValue(null), redactPhiValue(7), redactPhiValue('x'), redactPhiValue([])]).toEqual([undefined, null, 7, 'x', []])
  })

  it('leave their argument as it was, and give a copy', () => {
    fc.assert(
      fc.property(fc.object({ withNullPrototype: true }), fc.string(), (given, key) => {
        const value = { ...given, [key]: { ssn: SSN, list: [EMAIL] } }
        const before = structuredClone(value)
        const redacted = redactPhiValue(value) as Record<string, unknown>
        expect(value).toEqual(before)
        expect(redacted).not.toBe(value)
        expect(JSON.stringify(redacted)).not.toContain(SSN)
        expect(JSON.stringify(redacted)).not.toContain(EMAIL)
      }),
      { numRuns: 500 },
    )
  })

  it('find what is planted in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, after) => {
        expect(redactPhi(`${before} ${SSN} ${after}`)).not.toContain(SSN)
        expect(redactPhi(`${before} ${EMAIL} ${after}`)).not.toContain(EMAIL)
      }),
      { numRuns: 1_000 },
    )
  })

  it('fail without a value for what JSON cannot hold', () => {
    const cycle: Record<string, unknown> = { marker: 1 }
    cycle.cycle = cycle
    const thrower = { get marker(): never { throw new Error('marker') } }
    for (const value of [cycle, [1n], thrower]) expect(() => redactPhiValue(value)).toThrowError(expect.objectContaining({ code: 'RF_CONFIG_VALUE', message: expect.not.stringContaining('marker') }))
  })
})

it('PHI_HASH_KEY lets one person be followed, and nobody be known', async () => {
  const hash = async (env: NodeJS.ProcessEnv) => {
    const { out } = await log(`core.logger.info('m', { mail: '${EMAIL}' }); core.createLogger('n').info('m', { mail: '${EMAIL}' })`, env)
    return lines(out).map(({ context }) => context!.mail)
  }
  const [one, other] = await hash({ PHI_HASH_KEY: 'a key of this deployment' })
  expect(one).toMatch(/^\[email:[0-9a-f]{6,}\]$/)
  expect(other).toBe(one)
  expect((await hash({ PHI_HASH_KEY: 'another' }))[0]).not.toBe(one)
  expect(await hash({})).toEqual(['[email]', '[email]'])
})
