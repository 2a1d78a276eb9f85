import { describe, expect, expectTypeOf, it } from 'vitest'
import * as core from '../index.js'
import type { Logger, LogLevel } from '../index.js'

const anything = core as unknown as Record<string, (...given: unknown[]) => unknown>

describe('wrong use', () => {
  it.each<[string, unknown[], string, string]>([
    ['createLogger', [], 'RF_CONFIG_MODULE', 'module: expected a string that is not empty, but found undefined'],
    ['createLogger', [''], 'RF_CONFIG_MODULE', 'module: expected a string that is not empty, but found an empty string'],
    ['createLogger', [7], 'RF_CONFIG_MODULE', 'module: expected a string that is not empty, but found an integer'],
    ['createLogger', ['m', 'marker'], 'RF_CONFIG_CONTEXT', 'context: expected a plain object, but found a string'],
    ['createLogger', ['m', ['marker']], 'RF_CONFIG_CONTEXT', 'context: expected a plain object, but found an array'],
    ['createRequestLogger', [], 'RF_CONFIG_REQUEST_ID', 'requestId: expected a string that is not empty, but found undefined'],
    ['createRequestLogger', ['r', 7], 'RF_CONFIG_MODULE', 'module: expected a string that is not empty, but found an integer'],
    ['setLogLevel', ['marker'], 'RF_CONFIG_LEVEL', 'level: expected one of debug, info, warn, error, silent, but found a string'],
    ['setLogLevel', [], 'RF_CONFIG_LEVEL', 'level: expected one of debug, info, warn, error, silent, but found undefined'],
    ['withRequestId', ['', () => 1], 'RF_CONFIG_ID', 'id: expected a string that is not empty, but found an empty string'],
    ['withRequestId', ['r'], 'RF_CONFIG_FN', 'fn: expected a function, but found undefined'],
    ['redactPhi', [7], 'RF_CONFIG_TEXT', 'text: expected a string, but found an integer'],
    ['redactPhiValue', [{ marker: 1n }], 'RF_CONFIG_VALUE', 'value: expected what JSON can hold, without a BigInt, but found an object'],
  ])('%s(%o) is a TypeError %s', (name, given, code, message) => {
    let thrown: unknown
    try {
      anything[name]!(...given)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(TypeError)
    expect(thrown).toMatchObject({ code, message })
  })

  it('of child is one too', () => {
    expect(() => core.createLogger('m').child('marker' as never)).toThrowError(expect.objectContaining({ code: 'RF_CONFIG_CONTEXT' }))
  })
})

describe('the types', () => {
  it('are what is promised', () => {
    expectTypeOf(core.createLogger).parameters.toEqualTypeOf<[module: string, context?: object]>()
    expectTypeOf(core.createLogger).returns.toEqualTypeOf<Logger>()
    expectTypeOf(core.createRequestLogger).parameters.toEqualTypeOf<[requestId: string, module?: string]>()
    expectTypeOf(core.logger).toEqualTypeOf<Logger>()
    expectTypeOf<Logger['info']>().parameters.toEqualTypeOf<[message: string, fields?: unknown]>()
    expectTypeOf<Logger['child']>().returns.toEqualTypeOf<Logger>()
    expectTypeOf(core.setLogLevel).parameter(0).toEqualTypeOf<LogLevel | 'silent'>()
    expectTypeOf(core.withRequestId<Promise<number>>).returns.toEqualTypeOf<Promise<number>>()
    expectTypeOf(core.redactPhiValue<{ a: 1 }>).returns.toEqualTypeOf<{ a: 1 }>()
    expectTypeOf(core.redactPhi).toEqualTypeOf<(text: string) => string>()
  })
})
