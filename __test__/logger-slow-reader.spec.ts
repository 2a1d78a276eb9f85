import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { lines } from './support/log.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures/logger')
const env = { PATH: process.env.PATH, LOG_FORMAT: 'json' }
let folder: string | undefined

afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true })
  folder = undefined
})

/** Runs the fixture behind a reader of that kind; `ended` is a status, or a signal with a minus. */
async function read(kind: 'pipe' | 'terminal', args: string[]) {
  const begun = performance.now()
  const child = spawn('python3', [join(FIXTURES, 'reader.py'), kind, process.execPath, join(FIXTURES, 'slow-reader.mjs'), ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  // One that never ends has its terminal or pipe taken away, and with that it ends.
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  await once(child, 'close')
  clearTimeout(timer)
  const [ended, ...text] = out.split('\n')
  return { ended: Number(ended || NaN), text: text.join('\n'), took: performance.now() - begun }
}

it.each([
  ['exit', 0],
  ['SIGTERM', -15],
])('leaves a reader the time it needs, as long as it reads: %s', async (way, status) => {
  const { ended, text } = await read('pipe', [way, '200'])
  expect(ended).toBe(status)
  expect(lines(text).map(({ context }) => context!.at)).toEqual(Array.from({ length: 200 }, (_, at) => at))
})

it('leaves a reader the time it needs for a single line that is very long', async () => {
  const { ended, text } = await read('pipe', ['exit', '1', '160000'])
  expect(ended).toBe(0)
  expect(lines(text).map(({ context }) => context!.at)).toEqual([0])
})

it.each([
  ['SIGTERM', -15],
  ['SIGINT', -2],
  ['SIGHUP', -1],
])('ends by %s although a terminal that nobody reads holds up the writer', async (signal, status) => {
  const { ended, took } = await read('terminal', [signal, '500'])
  expect(ended).toBe(status)
  expect(took).toBeGreaterThan(1_900)
})

it('leaves a full disk with whole lines after the torn one, and tells what is missing once there is room', async () => {
  folder = mkdtempSync(join(tmpdir(), 'rf-full-'))
  const file = join(folder, 'log')
  const output = openSync(file, 'a')
  // A limit of the size of files fails as a full disk does: a part is written, and then nothing.
  const child = spawn('prlimit', ['--fsize=4000:unlimited', process.execPath, join(FIXTURES, 'full-disk.mjs')], { env, stdio: ['pipe', output, 'inherit', 'ipc'] })
  closeSync(output)
  const exit = once(child, 'exit')
  await once(child, 'message')
  const full = readFileSync(file, 'utf8')
  expect([full.length, full.endsWith('\n')]).toEqual([4_000, false])
  execFileSync('prlimit', ['--pid', `${child.pid}`, '--fsize=unlimited:unlimited'])
  child.send('go on')
  const [metrics] = (await once(child, 'message')) as [string]
  expect(await exit).toEqual([0, null])

  const text = readFileSync(file, 'utf8')
  const whole = text.split('\n').filter((_, at) => at !== full.split('\n').length - 1).join('\n')
  const seen = lines(whole)
  const announced = seen.filter(({ module }) => module === 'logger')
  expect(seen.filter(({ message }) => message === 'there is room').map(({ context }) => context!.at)).toEqual([0, 1])
  const lost = 20 - seen.filter(({ message }) => message === 'filling').length
  expect(lost).toBeGreaterThan(10)
  expect(announced.map(({ context }) => context)).toEqual([{ debug: 0, info: 0, warn: 0, error: 0, unredactable: 0, unwritten: lost }])
  expect(metrics).toContain(`log_lines_dropped_total ${lost}\n`)
})
