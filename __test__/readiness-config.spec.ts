import { beforeEach, describe, expect, it } from 'vitest'
import { checkOnce, createReadiness } from '../index.js'
import { setEnvironment } from './support/readiness.ts'

const SECRET = 'hunter2-secret'
const run = async (): Promise<void> => undefined

beforeEach(() => setEnvironment({ ROS_MODE: 'LIVE' }))

/** What `createReadiness` throws for options that its types would not let pass. */
function refusal(options: unknown): Error & { code?: string } {
  try {
    createReadiness(options as never)
  } catch (error) {
    return error as Error
  }
  throw new Error('createReadiness took these options')
}

describe('an option of the wrong kind', () => {
  const cases: [option: string, value: unknown, named: string][] = [
    ['db is a number', { db: 42 }, 'db'],
    ['db is true', { db: true }, 'db'],
    ['db is null', { db: null }, 'db'],
    ['db is an object without a query', { db: { [SECRET]: 1 } }, 'db'],
    ['db is a URL of another scheme', { db: `http://user:${SECRET}@127.0.0.1/x` }, 'db'],
    ['db is no URL', { db: SECRET }, 'db'],
    ['db is empty', { db: '' }, 'db'],
    ['redis is a number', { redis: 42 }, 'redis'],
    ['redis is a URL of another scheme', { redis: `postgres://user:${SECRET}@127.0.0.1/x` }, 'redis'],
    ['redis is no URL', { redis: SECRET }, 'redis'],
    ['redis is an object', { redis: { url: SECRET } }, 'redis'],
    ['worker is a URL of another scheme', { worker: `ftp://user:${SECRET}@127.0.0.1` }, 'worker'],
    ['worker is a file', { worker: `file:///${SECRET}` }, 'worker'],
    ['worker is a number', { worker: 8000 }, 'worker'],
    ['timeoutMs is negative', { timeoutMs: -1 }, 'timeoutMs'],
    ['timeoutMs is 0', { timeoutMs: 0 }, 'timeoutMs'],
    ['timeoutMs is not a number', { timeoutMs: Number.NaN }, 'timeoutMs'],
    ['timeoutMs is infinite', { timeoutMs: Number.POSITIVE_INFINITY }, 'timeoutMs'],
    ['timeoutMs is a string', { timeoutMs: SECRET }, 'timeoutMs'],
    ['timeoutMs is a numeric string', { timeoutMs: '5' }, 'timeoutMs'],
    ['timeoutMs is null', { timeoutMs: null }, 'timeoutMs'],
    ['cacheMs is negative', { cacheMs: -1 }, 'cacheMs'],
    ['cacheMs is not a number', { cacheMs: Number.NaN }, 'cacheMs'],
    ['cacheMs is a string', { cacheMs: SECRET }, 'cacheMs'],
    ['checks is an array', { checks: [SECRET] }, 'checks'],
    ['checks is a function', { checks: run }, 'checks'],
    ['a check is a string', { checks: { queue: SECRET } }, 'checks'],
    ['a check has no run', { checks: { queue: { critical: true } } }, 'run'],
    ['a check has a critical of another kind', { checks: { queue: { run, critical: SECRET } } }, 'critical'],
    ['a check has a timeoutMs out of range', { checks: { queue: { run, timeoutMs: -5 } } }, 'timeoutMs'],
    ['a check has an unknown option', { checks: { queue: { run, timeout: 5 } } }, 'timeout'],
    ['a check has the name of a dependency', { checks: { db: run } }, 'checks'],
    ['a check has a name with a space', { checks: { 'a b': run } }, 'checks'],
    ['a check has an empty name', { checks: { '': run } }, 'checks'],
    ['a check has a very long name', { checks: { [SECRET.repeat(50)]: run } }, 'checks'],
    ['service is a number', { service: 5 }, 'service'],
    ['version is an object', { version: { [SECRET]: 1 } }, 'version'],
    ['caFile is a number', { caFile: 5 }, 'caFile'],
    ['an option is not known', { databaseUrl: SECRET }, ''],
    ['options is a string', SECRET, 'options'],
    ['options is null', null, 'options'],
  ]
  it.each(cases)('%s: refused with a code, the option and what was expected, without the value', (_situation, options, named) => {
    const error = refusal(options)
    expect(error instanceof TypeError || error instanceof RangeError).toBe(true)
    expect(error.code).toMatch(/^RF_CONFIG_[A-Z_]+$/)
    expect(error.message).toContain(named)
    expect(error.message).toContain('expected')
    expect(`${error.message} ${JSON.stringify(error)} ${error.stack}`).not.toContain(SECRET)
    expect(error.message).not.toMatch(/^[A-Z]|\.$/)
  })

  it('is refused by checkOnce alike', async () => {
    let error: (Error & { code?: string }) | undefined
    try {
      await checkOnce({ db: 42 } as never)
    } catch (thrown) {
      error = thrown as Error
    }
    expect(error).toBeInstanceOf(TypeError)
    expect(error!.code).toMatch(/^RF_CONFIG_/)
  })
})

describe('options that are right', () => {
  it.each([
    ['none', undefined],
    ['an empty object', {}],
    ['undefined values', { db: undefined, redis: undefined, worker: undefined, timeoutMs: undefined, checks: undefined }],
    ['a cacheMs of 0', { cacheMs: 0 }],
    ['an object without a prototype', Object.assign(Object.create(null), { timeoutMs: 5 })],
    ['names with dashes, dots and digits', { checks: { 'queue-1': run, queue_2: run } }],
  ])('are taken: %s', async (_situation, options) => {
    const readiness = createReadiness(options as never)
    expect([typeof readiness.check, typeof readiness.drain, typeof readiness.close]).toEqual(['function', 'function', 'function'])
    await readiness.close()
  })

  it('are not changed, and may be frozen', async () => {
    const options = Object.freeze({ db: false as const, redis: false as const, worker: false as const, checks: Object.freeze({ queue: run }) })
    const readiness = createReadiness(options)
    expect((await readiness.check()).checks).toEqual({ queue: 'ok' })
    await readiness.close()
  })
})
