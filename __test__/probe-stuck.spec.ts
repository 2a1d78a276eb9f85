import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { metric, type ProbeChild, startProbe } from './support/probe.ts'
import { type Redis, startRedis } from './support/redis.ts'

let child: ProbeChild | undefined
let redis: Redis | undefined

afterEach(async () => {
  await child?.stop()
  await redis?.stop()
  child = redis = undefined
})

const LIVE = { ros_mode: 'LIVE', no_network: false, mock_only: false }

/** Asks for a path again and again, and gives the answers with what each took. */
async function probes(count: number, everyMs: number, path: (at: number) => string) {
  const answers = []
  for (let at = 0; at < count; at += 1) {
    const begun = performance.now()
    const { status, body } = await child!.get(path(at))
    const ms = performance.now() - begun
    answers.push({ path: path(at), status, body, ms })
    await sleep(Math.max(0, everyMs - ms))
  }
  return answers
}

describe('a JavaScript thread that is blocked for five seconds', () => {
  it('leaves fifty probes answered, each within 100 ms and rightly', async () => {
    redis = await startRedis()
    child = await startProbe({ options: { redis: redis.url, checks: {}, cacheMs: 50 } })
    expect(JSON.parse((await child.get('/health/ready')).body).checks).toEqual({ redis: 'ok', queue: 'ok' })
    const paths = ['/health', '/health/ready', '/metrics', '/status', '/health/ready']
    const blocked = child.ask({ op: 'block', ms: 5_000 })
    const begun = performance.now()
    const answers = await probes(50, 70, (at) => paths[at % paths.length]!)
    const took = performance.now() - begun
    await blocked

    // All of them while it was blocked.
    expect(took).toBeGreaterThan(3_400)
    expect(took).toBeLessThan(4_900)
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(100)
    for (const { body } of answers.filter(({ path }) => path === '/health/ready')) {
      expect(JSON.parse(body)).toMatchObject({ status: 'ready', checks: { redis: 'ok', queue: 'ok' }, mode: LIVE })
    }
    const last = JSON.parse(answers.findLast(({ path }) => path === '/health/ready')!.body)
    expect(last.stale.queue).toBeGreaterThan(2_500)
    expect(last.stale.queue).toBeLessThan(6_500)
    const page = answers.findLast(({ path }) => path === '/metrics')!.body
    expect(metric(page, 'nodejs_eventloop_lag_seconds')).toBeGreaterThan(2.5)
  })

  it('leaves a dependency that dies meanwhile noticed, and one that comes back', async () => {
    redis = await startRedis()
    child = await startProbe({ options: { redis: redis.url, checks: {}, cacheMs: 50, timeoutMs: 500 } })
    expect((await child.get('/health/ready')).status).toBe(200)
    const blocked = child.ask({ op: 'block', ms: 4_000 })
    await redis.kill()
    await expect.poll(async () => (await child!.get('/health/ready')).status, { timeout: 1_500, interval: 50 }).toBe(503)
    const { checks } = JSON.parse((await child.get('/health/ready')).body)
    expect(checks).toEqual({ redis: 'failed: connection_refused', queue: 'ok' })
    await redis.restart()
    await expect.poll(async () => (await child!.get('/health/ready')).status, { timeout: 1_500, interval: 50 }).toBe(200)
    await blocked
  })

  it('leaves the age of a result growing from answer to answer, though they are of one run', async () => {
    child = await startProbe({ options: { checks: {}, cacheMs: 1_500 } })
    expect((await child.get('/health/ready')).status).toBe(200)
    const blocked = child.ask({ op: 'block', ms: 4_000 })
    await sleep(1_800)
    const ages = (await probes(5, 200, () => '/health/ready')).map(({ body }) => JSON.parse(body).stale.queue as number)
    expect(ages[0]).toBeGreaterThan(1_500)
    for (const [at, age] of ages.entries()) {
      if (at > 0) expect(age).toBeGreaterThan(ages[at - 1]!)
    }
    await blocked
  })

  it('does not make a check of its own fail that was ok, nor one ok that had failed', async () => {
    child = await startProbe({ options: { checks: {}, timeoutMs: 300, cacheMs: 0 } })
    await child.ask({ op: 'queue', state: 'failed' })
    expect(JSON.parse((await child.get('/health/ready')).body).checks).toEqual({ queue: 'failed: error' })
    const blocked = child.ask({ op: 'block', ms: 1_500 })
    for (const { body } of await probes(10, 120, () => '/health/ready')) {
      expect(JSON.parse(body).checks).toEqual({ queue: 'failed: error' })
    }
    await blocked
    await child.ask({ op: 'queue', state: 'ok' })
    const report = async () => {
      const { checks, stale } = JSON.parse((await child!.get('/health/ready')).body)
      return { checks, stale }
    }
    await expect.poll(report, { timeout: 2_000 }).toEqual({ checks: { queue: 'ok' }, stale: undefined })
  })
})

describe('an event loop that turns', () => {
  it('has its own check waited for, and timed out when that is slow', async () => {
    child = await startProbe({ options: { checks: {}, timeoutMs: 300, cacheMs: 0 } })
    await child.get('/health/ready')
    await child.ask({ op: 'queue', state: 'slow' })
    const { body, status } = await child.get('/health/ready')
    expect([status, JSON.parse(body).checks]).toEqual([503, { queue: 'failed: timeout' }])
  })

  it('is alive however slowly it turns', async () => {
    child = await startProbe({ probe: { maxLoopLagMs: 1_000 } })
    const crawling = child.ask({ op: 'crawl', ms: 4_000, turnMs: 250 })
    const answers = await probes(30, 120, () => '/health')
    await crawling
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200))
  })
})

describe('liveness', () => {
  it('is 503 once the loop has not turned for maxLoopLagMs, and 200 when it turns again, with a line on how long', async () => {
    child = await startProbe({ env: { LOG_FORMAT: 'json' }, probe: { maxLoopLagMs: 1_000 } })
    const begun = performance.now()
    const blocked = child.ask({ op: 'block', ms: 3_000 })
    await sleep(600)
    expect((await child.get('/health')).status).toBe(200)
    await sleep(begun + 1_400 - performance.now())
    const answer = await child.get('/health')
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.body)).toEqual({
      status: 'unhealthy',
      service: 'orchestrator',
      version: '1.0.0',
      timestamp: expect.any(String),
      governanceMode: 'LIVE',
      mode: LIVE,
      eventLoop: { stuckForMs: expect.any(Number) },
    })
    expect(JSON.parse(answer.body).eventLoop.stuckForMs).toBeGreaterThan(1_000)
    await blocked
    await expect.poll(async () => (await child!.get('/health')).status, { timeout: 1_000 }).toBe(200)
    const told = () => child!.program.output().split('\n').filter((line) => line.startsWith('{') && line.includes('after a stall')).map((line) => JSON.parse(line))
    await expect.poll(() => told().length, { timeout: 1_000 }).toBe(1)
    expect(told()[0]).toMatchObject({ level: 'warn', module: 'event_loop', message: 'the event loop turns again after a stall' })
    const milliseconds = Number(told()[0].context.milliseconds)
    expect(milliseconds).toBeGreaterThan(2_700)
    expect(milliseconds).toBeLessThan(3_500)
  })
})

describe('the metrics of the event loop', () => {
  it('count the turns that were asked for, and a stall in its bucket', async () => {
    child = await startProbe()
    await child.ask({ op: 'block', ms: 700 })
    await sleep(400)
    const { body } = await child.get('/metrics')
    expect(metric(body, 'nodejs_eventloop_lag_seconds')).toBeLessThan(0.2)
    const within = (le: string) => metric(body, `nodejs_eventloop_delay_seconds_bucket{le="${le}"}`)
    expect(within('1.0') - within('0.25')).toBe(1)
    expect(metric(body, 'nodejs_eventloop_delay_seconds_count')).toBeGreaterThanOrEqual(4)
    expect(metric(body, 'nodejs_eventloop_delay_seconds_sum')).toBeGreaterThan(0.5)
  })
})
