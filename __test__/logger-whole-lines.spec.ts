import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lines, log } from './support/log.ts'

/** What ends a line, moves a cursor, colours, or turns text around, for some reader or other. */
const OBEYED = ['\n', '\r\n', '\u001b[31m', '\u009b31m', '\u0085', '\u2028', '\u2029', '\u202e', '\u2066', '\u200f', '\ufeff', '\u0000', '\u007f', '\b']
const FORGED = OBEYED.map((sign) => `${sign}2026-01-01T00:00:00.000Z ERROR forged`)
const LOG_ALL = `
  const signs = ${JSON.stringify(FORGED)}
  for (const sign of signs) {
    const log = core.createLogger('m' + sign, { ['k' + sign]: 'v' + sign })
    log.info('a' + sign, { ['key' + sign]: 'value' + sign, deep: { list: [sign] } })
    core.createRequestLogger('r' + sign).error(sign, Object.assign(new Error(sign), { code: sign, stack: 'Error' + sign + sign, cause: sign }))
  }`

describe('what is logged', () => {
  it('forges no line of JSON', async () => {
    const { out, err } = await log(LOG_ALL)
    expect([lines(out).length, lines(err).length]).toEqual([OBEYED.length, OBEYED.length])
    for (const sign of OBEYED.filter((sign) => sign !== '\n')) expect(out + err).not.toContain(sign)
    expect(lines(out)[0]!.message).toBe(`a${FORGED[0]}`)
  })

  it('forges no line of text, and no colour', async () => {
    const { out, err } = await log(LOG_ALL, { LOG_FORMAT: 'text' })
    for (const sign of OBEYED.filter((sign) => sign !== '\n')) expect(out + err).not.toContain(sign)
    const begins = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO {2}m|ERROR request)|^ {4}/
    for (const line of (out + err).trimEnd().split('\n')) expect(line).toMatch(begins)
    expect(out.trimEnd().split('\n')).toHaveLength(OBEYED.length)
  })

  it('comes back from JSON as it was, whatever it is', async () => {
    const texts = fc.sample(fc.string({ unit: 'grapheme', maxLength: 60 }), 400).concat(fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), 400)).filter((text) => !/[\d@\ud800-\udfff]|[A-Z]/.test(text))
    const { out } = await log(`for (const text of ${JSON.stringify(texts)}) core.logger.info('m', { text: [text] })`)
    const parsed = lines(out)
    expect(parsed).toHaveLength(texts.length)
    expect(parsed.map(({ context }) => (context!.text as string[])[0])).toEqual(texts)
  })
})

describe('lines', () => {
  it('stay whole beside those that the program writes itself', async () => {
    const { out } = await log(`
      // What it does not wait for, Node.js keeps and writes in one go, which the pipe may cut anywhere.
      const write = (at) => new Promise((done) => process.stdout.write(JSON.stringify({ own: at, filling: 'y'.repeat(at % 700) }) + '\\n', done))
      for (let at = 0; at < 20_000; at += 1) {
        core.logger.info('m', { at, filling: 'x'.repeat(at % 900) })
        if (at % 3 === 0) await write(at)
        if (at % 500 === 0) await pause(1)
      }`)
    const parsed = out.trimEnd().split('\n').map((line) => JSON.parse(line) as { own?: number; context?: { at: number } })
    expect(parsed.filter(({ own }) => own !== undefined)).toHaveLength(6_667)
    expect(parsed.filter(({ context }) => context !== undefined).map(({ context }) => context!.at)).toEqual(Array.from({ length: 20_000 }, (_, at) => at))
  })

  it('of a hundred thousand characters arrive whole', async () => {
    const { out } = await log("for (let at = 0; at < 50; at += 1) core.logger.info('m', { at, filling: '\u00e9'.repeat(100_000) })")
    expect(lines(out).map(({ context }) => [context!.at, (context!.filling as string).length])).toEqual(Array.from({ length: 50 }, (_, at) => [at, 100_000]))
  })

  it('are written when flush comes back', async () => {
    const { out } = await log(`
      import { readFileSync, openSync } from 'node:fs'
      core.logger.info('first'); core.logger.flush(); process.stdout.write('second\\n'); core.logger.info('third')`)
    expect(out).toMatch(/first.*\nsecond\n.*third/)
  })
})
