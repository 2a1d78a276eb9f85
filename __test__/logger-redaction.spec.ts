import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactPhi, redactPhiValue } from '../index.js'
import { lines, log } from './support/log.ts'

const SSN = '536-22-8726'
const EMAIL = 'jane.doe@example.org'

/** Identifiers whose words, field or place gives them away, and what of each must not come out. */
const PLANTED: [text: string, part: string][] = [
  ['https://h.example/patients/zq81w/notes?x=1', 'zq81w'],
  ['COPY p (id, mrn) FROM stdin;\n7\tE0289914\n', 'E0289914'],
  ['\nid,mrn,n\n7,E0289914,3\n', 'E0289914'],
  ['\n| id | mrn |\n|---|---|\n| 7 | E0289914 |\n', 'E0289914'],
  ['mysql -u root -phunter2x db', 'hunter2x'],
  ['deploy --api-key hunter2x', 'hunter2x'],
  ['<lastName>Featherstone</lastName>', 'Featherstone'],
  ['<birthTime value="19570314"/>', '19570314'],
  ["INSERT INTO p (name, n) VALUES ('Ana Featherstone', 3)", 'Featherstone'],
  ['Key (mrn)=(E0289914) already exists.', 'E0289914'],
  ['PID|1||00123456^^^HOSP^MR||FEATHERSTONE^JANE', 'FEATHERSTONE'],
  ['ageAtDiagnosis=93', '93'],
  ['536-22-8726x', '22-8726'],
  ['MRN123456', '123456'],
  ['token=abcdefghijklmnopqrstuvwx', 'ghijklmnop'],
  ['Cookie: session9=abc; theme=dark', 'dark'],
  ["[type=string_type, input_value='Featherstone', input_type=str]", 'Featherstone'],
  ["{'loc': ('body', 'mrn'), 'msg': 'Bad', 'input': 'E0289914'}", 'E0289914'],
]

/** The same as values of JSON, which a name beside, above or elsewhere tells of. */
const PLANTED_VALUES: [value: unknown, part: string][] = [
  [{ columns: ['id', 'mrn'], rows: [[7, 'E0289914']] }, 'E0289914'],
  [{ rows: [[7, 'E0289914']], fields: [{ name: 'id' }, { name: 'mrn' }] }, 'E0289914'],
  [{ loc: ['body', 'patientName'], msg: 'Bad', input: 'Featherstone' }, 'Featherstone'],
  [{ rawHeaders: ['host', 'x', 'cookie', 'session9=abc'] }, 'session9'],
  [{ type: 'mrn', value: 'E0289914' }, 'E0289914'],
  [{ first: 'Ana', last: 'Featherstone' }, 'Featherstone'],
  [{ diagnosis: 'zq81w', medications: ['zq81w'], insurance: 'zq81w', medical_history: 'zq81w' }, 'zq81w'],
]

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

  it('find what its words or its place tells of, in any sentence and below any object', () => {
    const words = fc.string({ unit: fc.constantFrom(...'qvxz .,;!?é中\n'), maxLength: 24 })
    fc.assert(
      fc.property(words, fc.constantFrom(...PLANTED), words, fc.object(), (before, [planted, part], after, beside) => {
        const text = `${before} ${planted} ${after}`
        expect(redactPhi(text)).not.toContain(part)
        expect(JSON.stringify(redactPhiValue({ beside, list: [{ text }] }).list)).not.toContain(part)
      }),
      { numRuns: 1_000 },
    )
    fc.assert(
      fc.property(fc.object(), fc.constantFrom(...PLANTED_VALUES), (beside, [planted, part]) => {
        expect(JSON.stringify(redactPhiValue({ beside, list: [planted] }).list)).not.toContain(part)
        expect(redactPhi(JSON.stringify({ body: JSON.stringify(planted) }))).not.toContain(part)
      }),
      { numRuns: 500 },
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
