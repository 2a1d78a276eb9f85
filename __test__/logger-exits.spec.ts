import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { end, lines } from './support/log.ts'

const ENDS = join(import.meta.dirname, 'fixtures/logger/ends.mjs')
const THREADS = join(import.meta.dirname, 'fixtures/logger/threads.mjs')
const LATE = join(import.meta.dirname, 'fixtures/logger/late-handler.mjs')
const LINES = 20_000

const WAYS: [way: string, code: number | null, signal: NodeJS.Signals | null, last?: true][] = [
  ['return', 0, null],
  ['exit', 3, null],
  ['set exit code', 4, null],
  ['throw', 1, null],
  ['reject', 1, null],
  ['SIGTERM', null, 'SIGTERM'],
  ['SIGINT', null, 'SIGINT'],
  ['SIGHUP', null, 'SIGHUP'],
  ['own handler', 5, null, true],
  ['raised again', null, 'SIGTERM', true],
  ['handled, then not', null, 'SIGTERM'],
  ['log at exit', 0, null, true],
]

describe.each(WAYS)('20,000 lines and then: %s', (way, code, signal, last) => {
  it.each(['info', 'error'])('are all at the far end, at level %s, and the exit is what it was', async (level) => {
    const ended = await end([ENDS, way, `${LINES}`, level], { LOG_FORMAT: 'json' })
    expect([ended.code, ended.signal]).toEqual([code, signal])
    const places = lines(level === 'info' ? ended.out : withoutTrace(ended.err)).map(({ context }) => context!.at)
    expect(places).toEqual(Array.from({ length: LINES + (last ? 1 : 0) }, (_, at) => at))
  })
})

/** Node.js says itself, between the lines, why it ends. */
function withoutTrace(text: string): string {
  return text.replace(/^[^{].*\n|^\n/gm, '')
}

describe('4 worker threads', () => {
  it.each([
    ['return', 0],
    ['exit', 6],
  ])('have each of 20,000 lines at the far end, in their order, when they and the process end: %s', async (way, code) => {
    const ended = await end([THREADS, way, '20000'], { LOG_FORMAT: 'json' })
    expect([ended.code, ended.err]).toEqual([code, ''])
    expect(byThread(ended.out)).toEqual([0, 1, 2, 3].map(() => Array.from({ length: 20_000 }, (_, at) => at)))
  })

  it('have what they logged at the far end when they are terminated', async () => {
    const ended = await end([THREADS, 'terminate', '20000'], { LOG_FORMAT: 'json' })
    expect([ended.code, ended.err]).toEqual([0, ''])
    const threads = byThread(ended.out)
    for (const thread of threads) {
      expect(thread.length).toBeGreaterThanOrEqual(20_000)
      expect(thread).toEqual(Array.from({ length: thread.length }, (_, at) => at))
    }
    expect(threads).toHaveLength(4)
  })
})

it('ends well with 100 threads that were terminated while they logged', async () => {
  const ended = await end([THREADS, 'churn', '100'], { LOG_FORMAT: 'json' })
  expect([ended.code, ended.signal, ended.err]).toEqual([0, null, ''])
  expect(lines(ended.out).at(-1)!.message).toBe('all are gone')
})

it('hands a signal that it held over to a handler that came meanwhile, and holds the next one', async () => {
  const child = spawn(process.execPath, [LATE], { env: { PATH: process.env.PATH, LOG_FORMAT: 'json' }, stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  // So long the lines wait, and the signal with them.
  await pause(500)
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  expect(await closed).toEqual([null, 'SIGTERM'])
  const from = (of: string) => Array.from({ length: 10_000 }, (_, at) => ({ of, at }))
  expect(lines(out).map(({ context }) => context)).toEqual([...from('before'), ...from('handled')])
})

it('loses no line where the system calls nothing at an exit, as on Windows', async () => {
  // Everything is the system's own but its name; a kill at the end calls nothing either.
  const code = `
    const binding = require('./lib/binding.js')
    Object.defineProperty(process, 'platform', { value: 'win32' })
    const log = require('./index.js').createLogger('m')
    process.on('exit', () => {
      for (let at = 10_000; at < 10_100; at += 1) log.info('a line', { at })
      process.kill(process.pid, 'SIGKILL')
    })
    for (let at = 0; at < 10_000; at += 1) log.info('a line', { at })
    process.exit(3)`
  const ended = await end(['-e', code], { LOG_FORMAT: 'json' })
  expect([ended.signal, ended.err]).toEqual(['SIGKILL', ''])
  expect(lines(ended.out).map(({ context }) => context!.at)).toEqual(Array.from({ length: 10_100 }, (_, at) => at))
})

function byThread(out: string): unknown[][] {
  const threads: unknown[][] = []
  for (const { context } of lines(out)) (threads[context!.thread as number] ??= []).push(context!.at)
  return threads
}
