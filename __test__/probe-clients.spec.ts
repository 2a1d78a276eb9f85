import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type ProbeChild, startProbe } from './support/probe.ts'

let child: ProbeChild | undefined
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await child?.stop()
  child = undefined
})

/** A connection that has been accepted by the kernel; it does not mind being cut. */
async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** All that comes until the server hangs up, and how long that took. */
async function untilClosed(socket: Socket): Promise<{ text: string; ms: number }> {
  const begun = performance.now()
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString('latin1')))
  await new Promise((resolve) => socket.once('close', resolve))
  return { text, ms: performance.now() - begun }
}

async function say(text: string): Promise<string> {
  const socket = await open(child!.port)
  socket.write(text)
  return (await untilClosed(socket)).text
}

describe('slow clients of a probe server', () => {
  it('leave it answering, a thousand of them at once, and their descriptors come back', async () => {
    child = await startProbe()
    await child.get('/health')
    const before = await child.ask<number>({ op: 'files' })
    for (let at = 0; at < 1_000; at += 1) {
      const socket = await open(child.port)
      // The beginning of a head, and then a byte of it now and then.
      socket.write('GET /health HTTP/1.1\r\nx-slow: ')
    }
    const drip = setInterval(() => sockets.forEach((socket) => socket.writable && socket.write('a')), 500)
    const times = []
    for (let at = 0; at < 50; at += 1) {
      const begun = performance.now()
      expect((await child.get(at % 2 === 0 ? '/health' : '/health/ready')).status).toBe(200)
      times.push(performance.now() - begun)
    }
    expect(Math.max(...times)).toBeLessThan(100)
    expect(await child.ask<number>({ op: 'files' })).toBeLessThanOrEqual(before + 128)
    // Those that are left are cut by the time for a head, though they go on.
    await expect.poll(() => child!.ask<number>({ op: 'files' }), { timeout: 8_000, interval: 200 }).toBeLessThanOrEqual(before)
    clearInterval(drip)
  })

  it('are cut when they send no request, and when they send none after the first', async () => {
    child = await startProbe()
    const [silent, idle] = [await open(child.port), await open(child.port)]
    idle.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
    const [first, second] = await Promise.all([untilClosed(silent), untilClosed(idle)])
    expect(first.text).toBe('')
    expect(second.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    for (const { ms } of [first, second]) {
      expect(ms).toBeGreaterThan(4_000)
      expect(ms).toBeLessThan(7_000)
    }
  })

  it('are cut when they take no answer', async () => {
    child = await startProbe()
    const before = await child.ask<number>({ op: 'files' })
    const socket = await open(child.port)
    socket.pause()
    // More than the kernels on both sides hold for a client that does not read.
    const ask = Buffer.from('GET /status HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(200))
    for (let at = 0; at < 40; at += 1) socket.write(ask)
    await sleep(1_000)
    expect(await child.ask<number>({ op: 'files' })).toBe(before + 1)
    await expect.poll(() => child!.ask<number>({ op: 'files' }), { timeout: 9_000, interval: 200 }).toBe(before)
    expect((await child.get('/health')).status).toBe(200)
  })
})

describe('what is no request that a probe server takes', () => {
  it.each([
    ['a body', 'GET /health HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc', 413],
    ['a body that is announced', 'GET /health HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n', 413],
    ['a body in chunks', 'GET /health HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', 413],
    ['a body to another method', 'POST /health HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n', 405],
    ['a head that is too long', `GET /health HTTP/1.1\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['too many lines', `GET /health HTTP/1.1\r\n${'x: y\r\n'.repeat(200)}\r\n`, 431],
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['two lengths', 'GET /health HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400],
  ])('is refused, and the connection closed: %s', async (_name, request, status) => {
    child = await startProbe()
    const answer = await say(request)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer.match(/HTTP\/1/g)).toHaveLength(1)
    expect((await child.get('/health')).status).toBe(200)
  })

  it('is answered when it is HTTP/1.0, or comes with another in one packet', async () => {
    child = await startProbe()
    expect(await say('GET /health HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.0 200 OK\r\n/)
    const two = await say('GET /health HTTP/1.1\r\nhost: x\r\n\r\nGET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    expect(two.match(/HTTP\/1\.1 (200|404)/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404'])
  })
})
