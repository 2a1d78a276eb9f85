import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Line, lines, log } from './support/log.ts'

/** What is logged for the fields that the code makes. */
async function contextOf(code: string): Promise<Line['context'][]> {
  const { out, err, code: exit } = await log(`const log = core.createLogger('m');${code}`)
  expect([exit, err]).toEqual([0, ''])
  return lines(out).map(({ context }) => context)
}

describe('fields', () => {
  it('are written as a reader expects them', async () => {
    const [context] = await contextOf(`log.info('m', {
      map: new Map([['a', 1]]), pairs: new Map([[1, { b: 2 }]]), set: new Set(['x']), at: new Date(0), never: new Date(NaN),
      bytes: Buffer.from('secret'), view: new Uint16Array(3), url: new URL('http://localhost/'), expression: /a+/g,
      boxed: Object('s'), left: undefined, out() {}, nan: NaN, nothing: null, json: { toJSON: () => ({ own: 1 }) },
      instance: new (class Point { x = 1; #y = 2 })(), empty: {}, list: [undefined, () => 1, 2],
    })`)
    expect(context).toEqual({
      map: { a: 1 }, pairs: [[1, { b: 2 }]], set: ['x'], at: '1970-01-01T00:00:00.000Z', never: null,
      bytes: '[Buffer: 6 bytes]', view: '[Uint16Array: 6 bytes]', url: 'http://localhost/', expression: '/a+/g',
      boxed: 's', nan: null, nothing: null, json: { own: 1 }, instance: { x: 1 }, empty: {}, list: [null, null, 2],
    })
  })

  it('that are none are a value, and none at all leave no context', async () => {
    expect(await contextOf("for (const fields of [undefined, null, {}, [1, 2], 'text', 7, false, new Set([1])]) log.info('m', fields)")).toEqual([
      undefined, undefined, undefined, { value: [1, 2] }, { value: 'text' }, { value: 7 }, { value: false }, { value: [1] },
    ])
  })

  it('that cannot be serialised are left out, and the line says why without a value', async () => {
    expect(await contextOf(`
      const cycle = { marker: 1 }; cycle.self = { cycle }
      let deep = {}; for (let at = 0; at < 100; at += 1) deep = { deep }
      log.info('m', cycle)
      log.info('m', { marker: 10n })
      log.info('m', { get marker() { throw new Error('marker') } })
      log.info('m', { marker: { toJSON() { throw new Error('marker') } } })
      log.info('m', new Proxy({ marker: 1 }, { ownKeys() { throw new Error('marker') } }))
      log.info('m', deep)
      log.info('m', { marker: 'x'.repeat(2 ** 20) })
      log.info('m', { list: new Set(Array.from({ length: 200_000 }, (_, at) => at)) })
      log.child({ marker: 1n }).info('m', { a: 1 })`)).toEqual([
      { fieldsOmitted: 'a cycle' }, { fieldsOmitted: 'a BigInt' }, { fieldsOmitted: 'it threw' }, { fieldsOmitted: 'it threw' }, { fieldsOmitted: 'it threw' },
      { fieldsOmitted: 'too deep' }, { fieldsOmitted: 'too large' }, { fieldsOmitted: 'too large' }, { fieldsOmitted: 'a BigInt', a: 1 },
    ])
  })

  it('may throw whatever there is', async () => {
    expect(await contextOf(`
      const { proxy, revoke } = Proxy.revocable({}, {})
      revoke()
      const fields = { get marker() { throw proxy } }
      log.info('m', fields)
      log.info('m', new Set([fields]))
      try { core.redactPhiValue(fields) } catch (error) { log.info(error.message) }`)).toEqual([{ fieldsOmitted: 'it threw' }, { fieldsOmitted: 'it threw' }, undefined])
  })

  it('that are too large are given up as soon as that is seen', async () => {
    const [context] = (await contextOf(`
      const { stringify } = JSON
      let longest = 0
      JSON.stringify = (value) => {
        if (typeof value === 'string') longest = Math.max(longest, value.length)
        return stringify(value)
      }
      let looks = 0
      const last = { get looks() { return ++looks } }
      const text = 'é'.repeat(2 ** 21)
      const many = Array(2 ** 17).fill('12345678')
      log.info('m', { text, last })
      log.info('m', { set: new Set([text]), last })
      log.info('m', { many: [...many, last] })
      log.info('m', Object.assign(Object.fromEntries(many.map((one, at) => ['k' + at, one])), { last }))
      log.info('m', { [text]: 1 })
      log.info('m', { error: Object.assign(new Error(text), { cause: last }) })
      const sparse = () => Object.defineProperty(Array(2 ** 20), 2 ** 20 - 1, { get: () => ++looks, enumerable: true })
      const map = new Map(many.map((one, at) => [at, one])).set(last, last)
      for (const value of [sparse(), new Set([sparse()]), Object.setPrototypeOf(sparse(), (class extends Array {}).prototype), map]) log.info('m', { value })
      log.info('seen', { looks, longest })`)).slice(-1)
    expect(context).toEqual({ looks: 0, longest: expect.any(Number) })
    expect(context!.longest).toBeLessThanOrEqual(2 ** 20)
  })

  it('may hold one object twice', async () => {
    expect(await contextOf("const shared = { a: new Set([1]) }; log.info('m', { one: shared, two: [shared] })")).toEqual([{ one: { a: [1] }, two: [{ a: [1] }] }])
  })

  it('are not changed, and their getters run once', async () => {
    const [, context] = await contextOf(`
      let calls = 0
      const fields = Object.freeze({ get once() { return ++calls }, list: Object.freeze(['jane.doe@example.org']), at: new Date(0) })
      log.info('m', fields)
      log.info('m', { calls, same: fields.list[0] === ['jane.doe', 'example.org'].join('@'), keys: Object.keys(fields) })`)
    expect(context).toEqual({ calls: 1, same: true, keys: ['once', 'list', 'at'] })
  })

  it('may be called __proto__', async () => {
    const { out } = await log(`core.logger.info('m', JSON.parse('{"__proto__":{"a":1},"at":[]}')); core.logger.info('m', { s: new Set(), ['__proto__']: 1 })`)
    expect(out.split('\n').slice(0, 2).map((line) => line.slice(line.indexOf('"context"')))).toEqual(['"context":{"__proto__":{"a":1},"at":[]}}', '"context":{"s":[],"__proto__":1}}'])
  })
})

describe('errors', () => {
  it('carry name, message, code, stack, the chain of causes and what they gather, and nothing else', async () => {
    const { err } = await log(`
      const inner = Object.assign(new RangeError('inner'), { code: 'E_INNER', config: { headers: { authorization: 'marker' } } })
      const outer = new TypeError('outer', { cause: inner })
      core.logger.logError('failed', outer, { at: 'upload' })
      core.logger.error('failed', { problem: new AggregateError([inner, 'text', { a: 1 }], 'many') })
      core.logger.error('failed', outer)
      core.logger.error(outer)`)
    const [first, second, third, fourth] = lines(err)
    const error = {
      name: 'TypeError', message: 'outer', stack: expect.stringMatching(/^TypeError: outer\n +at /),
      cause: { name: 'RangeError', message: 'inner', code: 'E_INNER', stack: expect.stringMatching(/^RangeError: inner\n +at /) },
    }
    expect(first!.context).toEqual({ at: 'upload', error })
    expect(second!.context).toEqual({ problem: { name: 'AggregateError', message: 'many', stack: expect.any(String), errors: [error.cause, 'text', { a: 1 }] } })
    expect(third!.context).toEqual({ error })
    expect([fourth!.message, fourth!.context]).toEqual(['outer', { error }])
    expect(err).not.toContain('marker')
  })

  it('that are their own cause end there', async () => {
    const { err } = await log("const error = new Error('round'); error.cause = error; let chain = new Error('last'); for (let at = 0; at < 20; at += 1) chain = new Error('link', { cause: chain }); core.logger.logError('m', error); core.logger.logError('m', chain); core.logger.logError('m', 'no error', { a: 1 })")
    const [round, chain, none] = lines(err)
    expect(round!.context).toMatchObject({ error: { message: 'round', cause: '[circular]' } })
    expect(JSON.stringify(chain!.context).match(/"message":"link"/g)).toHaveLength(8)
    expect(JSON.stringify(chain!.context)).toContain('"cause":"[more causes]"')
    expect(none!.context).toEqual({ a: 1, error: 'no error' })
  })
})

describe('the writer of plain JSON', () => {
  const { isPlainObject, writeObject } = createRequire(import.meta.url)('../lib/plain-json.js') as {
    isPlainObject(value: unknown): boolean
    writeObject(object: object, depth: number, other: (value: unknown, key: string | number) => string | undefined): string
  }
  const nothing = () => undefined

  it('writes what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })), (object) => {
        expect(writeObject(object, 0, nothing)).toBe(JSON.stringify(object))
      }),
      { numRuns: 2_000 },
    )
  })

  it('asks for what is not plain, at any depth, by its key', () => {
    for (const value of [new Date(), new Map(), /x/, Symbol('s'), 1n, () => 1, new (class A {})(), new Error('e'), Object('s')]) {
      expect(isPlainObject(value)).toBe(false)
      const asked: unknown[] = []
      const json = writeObject({ value, a: [1, [value]] }, 0, (other, key) => {
        asked.push(other, key)
        return asked.length > 2 ? '"asked"' : undefined
      })
      expect([json, asked]).toEqual(['{"a":[1,["asked"]]}', [value, 'value', value, 0]])
    }
  })
})
