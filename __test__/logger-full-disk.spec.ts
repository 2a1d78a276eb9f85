import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lines } from './support/log.ts'

const ENDS = join(import.meta.dirname, 'fixtures/logger/ends.mjs')
const CLI = join(import.meta.dirname, '../bin/researchflow-core.js')
const LINES = 2_000

let full: number

beforeEach(() => {
  full = openSync('/dev/full', 'w')
})
afterEach(() => closeSync(full))

interface Ended {
  /** What came by the stream that is none of a full disk. */
  text: string
  code: number | null
  signal: NodeJS.Signals | null
}

/** Runs a program with one of its streams on a disk that is full. */
function end(args: string[], where: { out?: true; err?: true }, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', where.out ? full : 'pipe', where.err ? full : 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ text, code, signal }))
  })
}

const STREAMS: [broken: 'stdout' | 'stderr', level: string, where: { out?: true; err?: true }][] = [
  ['stdout', 'info', { out: true }],
  ['stderr', 'error', { err: true }],
]

describe.each(STREAMS)('lines that a full disk costs on %s', (broken, level, where) => {
  it.each([
    ['return', 0, null],
    ['exit', 3, null],
    ['SIGTERM', null, 'SIGTERM'],
    ['SIGTERM when all is still', null, 'SIGTERM'],
  ])('are told on the other stream, at once and at the end, all of them and no more, when it ends by: %s', async (way, code, signal) => {
    const ended = await end([ENDS, way, `${LINES}`, level], where)
    expect([ended.code, ended.signal]).toEqual([code, signal])
    const told = lines(ended.text)
    for (const line of told) {
      expect(line).toMatchObject({ level: 'error', module: 'logger', message: 'log lines could not be written' })
      expect(line.context).toEqual({ stream: broken, code: 'ENOSPC', lines: expect.any(Number) })
    }
    expect(told.length).toBeGreaterThanOrEqual(1)
    expect(told.length).toBeLessThanOrEqual(2)
    expect(told.reduce((sum, { context }) => sum + (context!.lines as number), 0)).toBe(LINES)
  })
})

it('tells of them in the text format too', async () => {
  const { text } = await end([ENDS, 'return', '3', 'info'], { out: true }, { LOG_FORMAT: 'text' })
  expect(text).toMatch(/^\S+ ERROR logger +log lines could not be written stream=stdout code=ENOSPC lines=\d\n/)
})

it('says the code of a stream that the program has closed', () => {
  const code = "const { logger } = require('.'); logger.info('one'); logger.flush(); require('node:fs').closeSync(1); logger.info('two')"
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], { cwd: join(import.meta.dirname, '..'), encoding: 'utf8', env: { PATH: process.env.PATH, LOG_FORMAT: 'json' } })
  expect(lines(stdout).map(({ message }) => message)).toEqual(['one'])
  expect(lines(stderr).map(({ message, context }) => [message, context])).toEqual([['log lines could not be written', { stream: 'stdout', code: 'EBADF', lines: 1 }]])
})

it.each(['info', 'error'])('ends as it would have when one stream is on a full disk and the other has no reader, at level %s', async (level) => {
  const child = spawn(process.execPath, [ENDS, 'exit', `${LINES}`, level], { env: { PATH: process.env.PATH }, stdio: ['ignore', full, 'pipe'] })
  child.stderr!.destroy()
  expect(await once(child, 'exit')).toEqual([3, null])
})

it('leaves the standard output of a command to its results when its log cannot be written', async () => {
  const { text } = await end([CLI, 'mode', '--json'], { err: true }, { ROS_MODE: 'LIVE', LOG_LEVEL: 'debug', EGRESS_ALLOW: 'not an entry' })
  expect(JSON.parse(text)).toMatchObject({ mode: 'LIVE' })
})
