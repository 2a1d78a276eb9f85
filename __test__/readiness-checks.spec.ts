import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { createReadiness } from '../index.js'
import { outcomes, SLACK_MS, setEnvironment, timelyReport } from './support/readiness.ts'

const NOTHING = { db: false, redis: false, worker: false } as const
const never = (): Promise<never> => new Promise(() => undefined)

beforeEach(() => setEnvironment({ ROS_MODE: 'LIVE' }))

describe('a report of custom checks', () => {
  it('holds each outcome in the order of the options, the mode and the details', async () => {
    const before = Date.now()
    const report = await timelyReport({ checks: { queue: async () => 'x', disk: async () => Promise.reject(new Error('full')) } })
    expect(JSON.stringify(report.checks)).toBe('{"queue":"ok","disk":"failed: error"}')
    expect(Object.keys(report)).toEqual(['status', 'checks', 'mode', 'details'])
    expect(report.status).toBe('not_ready')
    expect(report.mode).toEqual({ ros_mode: 'LIVE', no_network: false, mock_only: false })
    expect(Object.keys(report.details)).toEqual(['queue', 'disk'])
    expect(report.details.queue).toEqual({ latencyMs: expect.any(Number), checkedAt: expect.any(String), consecutiveFailures: 0, lastOkAt: report.details.queue!.checkedAt })
    expect(report.details.disk).toEqual({ latencyMs: expect.any(Number), checkedAt: expect.any(String), consecutiveFailures: 1, lastOkAt: null })
    const checkedAt = report.details.queue!.checkedAt
    expect(new Date(checkedAt).toISOString()).toBe(checkedAt)
    expect(Date.parse(checkedAt)).toBeGreaterThanOrEqual(before)
    expect(Date.parse(checkedAt)).toBeLessThanOrEqual(Date.now())
  })

  it('is ready and empty when nothing is to be checked', async () => {
    const report = await timelyReport({})
    expect(report).toEqual({ status: 'ready', checks: {}, mode: { ros_mode: 'LIVE', no_network: false, mock_only: false }, details: {} })
  })
})

describe('a custom check', () => {
  it.each([
    ['resolves', 'ok', async () => 'whatever'],
    ['resolves with undefined', 'ok', async () => undefined],
    ['resolves with true', 'ok', async () => true],
    ['resolves with false', 'failed: error', async () => false],
    ['rejects', 'failed: error', async () => Promise.reject(new Error('postgres://user:secret@host'))],
    ['rejects with undefined', 'failed: error', async () => Promise.reject(undefined)],
    ['rejects with an object that cannot be read', 'failed: error', async () => Promise.reject(new Proxy({}, { get: () => { throw new Error('no') } }))],
    ['never settles', 'failed: timeout', never],
  ] as [string, string, () => Promise<unknown>][])('that %s is %s', async (_situation, outcome, run) => {
    expect(await outcomes({ checks: { custom: run }, timeoutMs: 150 })).toEqual({ custom: outcome })
    expect(await outcomes({ checks: { custom: { run } }, timeoutMs: 150 })).toEqual({ custom: outcome })
  })

  it('that throws before it returns a promise is failed: error', async () => {
    const run = (): Promise<unknown> => {
      throw new Error('at once')
    }
    expect(await outcomes({ checks: { custom: run } })).toEqual({ custom: 'failed: error' })
  })

  it('that is given a signal sees it aborted at the deadline, and not before', async () => {
    let signal: AbortSignal | undefined
    let abortedAfter = 0
    const start = performance.now()
    const outcome = await outcomes({
      timeoutMs: 200,
      checks: {
        custom: (given) => {
          signal = given
          given.addEventListener('abort', () => (abortedAfter = performance.now() - start))
          return never()
        },
      },
    })
    expect(outcome).toEqual({ custom: 'failed: timeout' })
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(signal!.aborted).toBe(true)
    expect(abortedAfter).toBeGreaterThan(190)
    expect(abortedAfter).toBeLessThan(200 + SLACK_MS)
  })

  it('that rejects because its signal was aborted is failed: timeout', async () => {
    const run = (signal: AbortSignal): Promise<unknown> => sleep(5_000, undefined, { signal })
    expect(await outcomes({ checks: { custom: run }, timeoutMs: 150 })).toEqual({ custom: 'failed: timeout' })
  })

  it('that is done keeps a signal that is never aborted', async () => {
    let signal: AbortSignal | undefined
    await outcomes({ timeoutMs: 100, checks: { custom: async (given) => (signal = given) } })
    await sleep(250)
    expect(signal!.aborted).toBe(false)
  })

  it('that settles too late changes nothing and is no unhandled rejection', async () => {
    const run = async (): Promise<unknown> => {
      await sleep(150)
      throw new Error('too late')
    }
    const readiness = createReadiness({ ...NOTHING, cacheMs: 10_000, timeoutMs: 50, checks: { custom: run } })
    expect((await readiness.check()).checks).toEqual({ custom: 'failed: timeout' })
    await sleep(250)
    expect((await readiness.check()).checks).toEqual({ custom: 'failed: timeout' })
    await readiness.close()
  })

  it('that is not critical leaves the status ready', async () => {
    const report = await timelyReport({ checks: { extra: { run: async () => Promise.reject(new Error('no')), critical: false } } })
    expect(report.checks).toEqual({ extra: 'failed: error' })
    expect(report.status).toBe('ready')
  })

  it('that is critical by name or by default makes the status not_ready', async () => {
    const run = async (): Promise<boolean> => false
    expect((await timelyReport({ checks: { extra: { run, critical: true } } })).status).toBe('not_ready')
    expect((await timelyReport({ checks: { extra: { run } } })).status).toBe('not_ready')
    expect((await timelyReport({ checks: { extra: run } })).status).toBe('not_ready')
  })

  it('with a timeoutMs of its own ends by that, and the report by the largest', async () => {
    const readiness = createReadiness({ ...NOTHING, timeoutMs: 100, checks: { short: { run: never, timeoutMs: 50 }, long: { run: never, timeoutMs: 400 }, usual: never } })
    const start = performance.now()
    const report = await readiness.check()
    const took = performance.now() - start
    expect(report.checks).toEqual({ short: 'failed: timeout', long: 'failed: timeout', usual: 'failed: timeout' })
    expect(took).toBeGreaterThan(390)
    expect(took).toBeLessThan(400 + SLACK_MS)
    expect(report.details.short!.latencyMs).toBeLessThan(report.details.usual!.latencyMs!)
    expect(report.details.usual!.latencyMs).toBeLessThan(report.details.long!.latencyMs!)
    await readiness.close()
  })

  it('runs beside the others, not after them', async () => {
    const slow = (): Promise<unknown> => sleep(200)
    const start = performance.now()
    expect(await outcomes({ checks: { a: slow, b: slow, c: slow, d: slow } })).toEqual({ a: 'ok', b: 'ok', c: 'ok', d: 'ok' })
    expect(performance.now() - start).toBeLessThan(200 + SLACK_MS)
  })

  it('counts its failures in a row and remembers when it was last ok', async () => {
    const answers = [true, false, false, true]
    const readiness = createReadiness({ ...NOTHING, cacheMs: 0, checks: { custom: async () => answers.shift() } })
    const details = []
    for (let at = 0; at < 4; at += 1) details.push((await readiness.check()).details.custom!)
    expect(details.map((one) => one.consecutiveFailures)).toEqual([0, 1, 2, 0])
    expect(details[0]!.lastOkAt).toBe(details[0]!.checkedAt)
    expect(details[2]!.lastOkAt).toBe(details[0]!.checkedAt)
    expect(details[3]!.lastOkAt).toBe(details[3]!.checkedAt)
    await readiness.close()
  })

  it('that blocks the event loop past its deadline does not make the report hang', async () => {
    const run = async (): Promise<unknown> => {
      const until = Date.now() + 300
      while (Date.now() < until);
      return never()
    }
    const start = performance.now()
    const readiness = createReadiness({ ...NOTHING, timeoutMs: 100, checks: { custom: run } })
    expect((await readiness.check()).checks).toEqual({ custom: 'failed: timeout' })
    expect(performance.now() - start).toBeLessThan(300 + 100 + SLACK_MS)
    await readiness.close()
  })
})
