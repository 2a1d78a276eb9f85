import { expect, it } from 'vitest'
import { lines, log } from './support/log.ts'

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

it('writes one object a line, in a fixed order, and keeps warnings and errors apart', async () => {
  const { out, err, code } = await log(`
    process.env.LOG_LEVEL
    const log = core.createLogger('intake')
    log.debug('one'); log.info('two', { files: 3 }); log.warn('three'); log.error('four', { nested: { list: [1, null, true] } })
    core.logger.info('five')`, { LOG_LEVEL: 'debug' })
  expect(code).toBe(0)
  expect(lines(out)).toEqual([
    { timestamp: expect.stringMatching(ISO), level: 'debug', message: 'one', module: 'intake' },
    { timestamp: expect.stringMatching(ISO), level: 'info', message: 'two', module: 'intake', context: { files: 3 } },
    { timestamp: expect.stringMatching(ISO), level: 'info', message: 'five', module: 'orchestrator' },
  ])
  expect(lines(err)).toEqual([
    { timestamp: expect.stringMatching(ISO), level: 'warn', message: 'three', module: 'intake' },
    { timestamp: expect.stringMatching(ISO), level: 'error', message: 'four', module: 'intake', context: { nested: { list: [1, null, true] } } },
  ])
  expect(Object.keys(lines(out)[1]!)).toEqual(['timestamp', 'level', 'message', 'module', 'context'])
})

it('gives a child its context, and a call the last word', async () => {
  const { out } = await log(`
    const parent = core.createLogger('intake', { service: 'orc', stage: 1, deep: { a: 1 } })
    const child = parent.child({ stage: 2, shard: 'b' })
    child.info('own'); child.info('call', { stage: 3, other: 'x' }); parent.info('parent')
    parent.child({ requestId: 'req-1' }).info('request')
    core.createRequestLogger('req-2').info('request'); core.createRequestLogger('req-3', 'upload').child({ a: 1 }).info('request')`)
  expect(lines(out).map(({ module, requestId, context }) => [module, requestId, context])).toEqual([
    ['intake', undefined, { service: 'orc', stage: 2, deep: { a: 1 }, shard: 'b' }],
    ['intake', undefined, { service: 'orc', stage: 3, deep: { a: 1 }, shard: 'b', other: 'x' }],
    ['intake', undefined, { service: 'orc', stage: 1, deep: { a: 1 } }],
    ['intake', 'req-1', { service: 'orc', stage: 1, deep: { a: 1 } }],
    ['request', 'req-2', undefined],
    ['upload', 'req-3', { a: 1 }],
  ])
  expect(out.match(/"stage"/g)).toHaveLength(4)
})

it('hands its methods around without their logger', async () => {
  const { out } = await log("const { info, child } = core.createLogger('m'); info('a'); const { info: other } = child({ b: 1 }); other('c')")
  expect(lines(out).map(({ message, context }) => [message, context])).toEqual([['a', undefined], ['c', { b: 1 }]])
})

it('makes a line of whatever comes instead of a message, and never throws', async () => {
  const { out, err, code } = await log(`
    const thrower = new Proxy({}, { get() { throw new Error('marker') }, ownKeys() { throw new Error('marker') }, getPrototypeOf() { throw new Error('marker') } })
    for (const message of [undefined, null, 7, 8n, true, Symbol('s'), () => 1, [1], { a: 1 }, thrower, new Error('why'), 'x'.repeat(2 ** 20 + 1)]) {
      for (const fields of [[], [undefined], [null], [{ b: 1 }], ['text'], [thrower], [Symbol('s')], [() => 1], [9n]]) {
        core.logger.info(message, ...fields)
        core.logger.logError(message, ...fields)
        core.logger.logError(message, thrower, ...fields)
      }
    }`)
  expect(code).toBe(0)
  expect(lines(out)).toHaveLength(108)
  expect(lines(err)).toHaveLength(216)
  expect(out + err).not.toContain('marker')
  const shown = lines(out).filter((_, at) => at % 9 === 0)
  expect(shown.map(({ message }) => message)).toEqual(['undefined', 'null', '7', '8', 'true', '[a symbol]', '[a function]', '', '', '', 'why', '[a message of 1048577 characters, left out]'])
  expect(shown[8]!.context).toEqual({ a: 1 })
  expect(shown[10]!.context).toMatchObject({ error: { name: 'Error', message: 'why' } })
})

it('takes the fields first, as other loggers do', async () => {
  const { out } = await log("core.logger.info({ files: 2 }, 'stored')")
  expect(lines(out)[0]).toMatchObject({ message: 'stored', context: { files: 2 } })
})
