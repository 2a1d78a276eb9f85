import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createReadiness } from '../index.js'
import { usageOf } from './support/open-files.ts'
import { freePort } from './support/ports.ts'
import { answerAndClose, answerOnce, type Behaviour, closeAtOnce, drip, endlessJunk, junk64k, silent, startRawServer } from './support/raw-server.ts'
import { outcomes, setEnvironment } from './support/readiness.ts'
import { startReadinessChild } from './support/readiness-child.ts'
import { type Answer, dripBody, dripHead, endlessBody, hang, hangUp, healthy, startFastApiWorker, startWorker, status } from './support/worker.ts'

beforeEach(() => setEnvironment({ ROS_MODE: 'LIVE' }))

const worker = async (url: string, timeoutMs = 1_000): Promise<string | undefined> => (await outcomes({ worker: url, timeoutMs })).worker

describe('a worker that answers', () => {
  it.each([200, 201, 204, 299])('is ok with %i', async (code) => {
    const server = await startWorker(status(code))
    expect(await worker(server.url)).toBe('ok')
    await server.stop()
  })

  it.each([400, 401, 403, 404, 429, 500, 502, 503, 504])('is failed: http_%i', async (code) => {
    const server = await startWorker(status(code))
    expect(await worker(server.url)).toBe(`failed: http_${code}`)
    await server.stop()
  })

  it.each([301, 302, 303, 307, 308])('is failed: http_%i, and where it points is never fetched', async (code) => {
    const elsewhere = await startWorker()
    const server = await startWorker(status(code, { location: `${elsewhere.url}/health` }))
    expect(await worker(server.url)).toBe(`failed: http_${code}`)
    expect(elsewhere.connections()).toBe(0)
    expect(server.requests).toEqual(['GET /health'])
    await server.stop()
    await elsewhere.stop()
  })

  it.each([
    ['', 'GET /health'],
    ['/', 'GET /health'],
    ['/base', 'GET /base/health'],
    ['/base/', 'GET /base/health'],
  ])('is asked below its URL: %j becomes %s', async (path, request) => {
    const server = await startWorker()
    expect(await worker(`${server.url}${path}`)).toBe('ok')
    expect(server.requests).toEqual([request])
    await server.stop()
  })

  it('is ok when WORKER_CALLBACK_URL names it and the option is left out', async () => {
    const server = await startWorker()
    setEnvironment({ ROS_MODE: 'LIVE', WORKER_CALLBACK_URL: server.url })
    expect(await outcomes({ worker: undefined })).toEqual({ worker: 'ok' })
    await server.stop()
  })

  it('is asked over connections that are kept', async () => {
    const server = await startWorker()
    const readiness = createReadiness({ db: false, redis: false, worker: server.url, cacheMs: 0 })
    for (let at = 0; at < 10; at += 1) expect((await readiness.check()).checks).toEqual({ worker: 'ok' })
    expect(server.requests.length).toBe(10)
    // On a busy machine the next check may start before the last one's connection is put back.
    expect(server.connections()).toBeLessThanOrEqual(3)
    await readiness.close()
    await server.stop()
  })

  it('is ok at each check when it closes kept connections early', async () => {
    const server = await startWorker((request, response) => {
      response.setHeader('connection', 'keep-alive')
      healthy(request, response)
      // Behind the client's back, once the answer has left.
      setTimeout(() => request.socket.destroy(), 20)
    })
    const readiness = createReadiness({ db: false, redis: false, worker: server.url, cacheMs: 0 })
    for (let at = 0; at < 10; at += 1) {
      expect((await readiness.check()).checks).toEqual({ worker: 'ok' })
      await sleep(10 + at * 4)
    }
    await readiness.close()
    await server.stop()
  })

  it('is asked directly, whatever proxy the environment names', async () => {
    const server = await startWorker()
    const proxy = await startRawServer(answerAndClose('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    const url = `http://127.0.0.1:${proxy.port}`
    const child = await startReadinessChild({ ROS_MODE: 'LIVE', http_proxy: url, HTTP_PROXY: url, https_proxy: url, HTTPS_PROXY: url, ALL_PROXY: url, all_proxy: url })
    const report = await child.ask<{ checks: object }>({ op: 'once', options: { db: false, redis: false, worker: server.url } })
    expect(report.checks).toEqual({ worker: 'ok' })
    expect([server.requests.length, proxy.connections()]).toEqual([1, 0])
    await child.stop()
    await proxy.stop()
    await server.stop()
  })

  it('is sent no credential, no cookie and no body', async () => {
    const server = await startWorker()
    expect(await worker(server.url)).toBe('ok')
    const names = Object.keys(server.headers[0] ?? {})
    for (const name of ['authorization', 'cookie', 'content-length', 'transfer-encoding']) expect(names).not.toContain(name)
    await server.stop()
  })
})

describe('a worker that does not answer', () => {
  it('is failed: connection_refused on a port that nobody listens on', async () => {
    expect(await worker(`http://127.0.0.1:${await freePort()}`)).toBe('failed: connection_refused')
  })

  const late: [string, Answer][] = [
    ['hangs', hang],
    ['drips its answer a byte a second', dripHead],
  ]
  it.each(late)('is failed: timeout when it %s', async (_situation, answer) => {
    const server = await startWorker(answer)
    expect(await worker(server.url, 500)).toBe('failed: timeout')
    await server.stop()
  })

  it('is failed: unexpected_reply when it hangs up', async () => {
    const server = await startWorker(hangUp)
    expect(await worker(server.url)).toBe('failed: unexpected_reply')
    await server.stop()
  })

  it.each([
    ['drips its body', dripBody],
    ['has a body without an end', endlessBody],
  ] as const)('is answered for in time, in little memory, when it %s', async (_situation, answer) => {
    const server = await startWorker(answer)
    const before = usageOf().residentBytes
    expect(await worker(server.url, 500)).toMatch(/^(ok|failed: (timeout|unexpected_reply))$/)
    // The server is in this process too, and so are the bytes that it has written.
    expect(usageOf().residentBytes - before).toBeLessThan(96 << 20)
    await server.stop()
  })

  const strange: [situation: string, outcome: RegExp, behaviour: Behaviour][] = [
    ['is mute', /^failed: timeout$/, silent],
    ['drips', /^failed: timeout$/, drip('HTTP/1.1 200 OK\r\n')],
    ['closes at once', /^failed: unexpected_reply$/, closeAtOnce],
    ['closes in the middle of its head', /^failed: unexpected_reply$/, answerAndClose('HTTP/1.1 200 OK\r\nContent-')],
    ['speaks Redis', /^failed: unexpected_reply$/, answerOnce('-ERR unknown command\r\n')],
    ['sends 64 KiB of junk', /^failed: (unexpected_reply|timeout)$/, answerOnce(junk64k)],
    ['sends junk without an end', /^failed: unexpected_reply$/, endlessJunk],
    ['has a status of no meaning', /^failed: unexpected_reply$/, answerAndClose('HTTP/1.1 999999 WHAT\r\n\r\n')],
    ['answers 101', /^failed: (unexpected_reply|http_101)$/, answerAndClose('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n')],
    ['sends heads without an end', /^failed: (unexpected_reply|timeout)$/, answerOnce(`HTTP/1.1 200 OK\r\n${'X-Header: yes\r\n'.repeat(20_000)}`)],
  ]
  it.each(strange)('when something on its port %s is %s', async (_situation, outcome, behaviour) => {
    const raw = await startRawServer(behaviour)
    expect(await worker(`http://127.0.0.1:${raw.port}`, 700)).toMatch(outcome)
    await sleep(100)
    expect(raw.open()).toBe(0)
    expect(raw.bytesOut()).toBeLessThan(16 << 20)
    await raw.stop()
  })
})

describe('the reference worker, FastAPI under Python', () => {
  let real: Awaited<ReturnType<typeof startFastApiWorker>> | undefined
  afterAll(() => real?.stop())

  it('is ok', async () => {
    real = await startFastApiWorker()
    expect(await worker(real.url)).toBe('ok')
  }, 60_000)
})

describe('WORKER_CALLBACK_URL', () => {
  it.each([
    ['is unset', {}, 'failed: not_configured'],
    ['is empty', { WORKER_CALLBACK_URL: '' }, 'failed: not_configured'],
    ['is no URL', { WORKER_CALLBACK_URL: 'not a url' }, 'failed: invalid_config'],
    ['is of another scheme', { WORKER_CALLBACK_URL: 'ftp://127.0.0.1/' }, 'failed: invalid_config'],
    ['is a file', { WORKER_CALLBACK_URL: 'file:///etc/passwd' }, 'failed: invalid_config'],
    ['has a port that is no number', { WORKER_CALLBACK_URL: 'http://127.0.0.1:port' }, 'failed: invalid_config'],
  ])('that %s: %j', async (_situation, env, outcome) => {
    setEnvironment({ ROS_MODE: 'LIVE', ...env })
    expect(await outcomes({ worker: undefined })).toEqual({ worker: outcome })
  })
})
