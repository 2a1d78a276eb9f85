import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Line, lines } from './support/log.ts'

const STUCK = join(import.meta.dirname, 'fixtures/logger/stuck.mjs')
const ENDS = join(import.meta.dirname, 'fixtures/logger/ends.mjs')

interface Seen {
  logged: Record<string, number>
  worstLag: number
  growth: number
  metrics: string
}

/** Runs the fixture; neither of its streams is read until `read` is called. */
async function start(milliseconds: number): Promise<{ child: ChildProcess; seen: Seen }> {
  const child = spawn(process.execPath, [STUCK, `${milliseconds}`], { env: { PATH: process.env.PATH, LOG_FORMAT: 'json' }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const [seen] = (await once(child, 'message')) as [Seen]
  return { child, seen }
}

async function readAll(child: ChildProcess): Promise<Line[][]> {
  const texts = [child.stdout!, child.stderr!].map((stream) => {
    const text = { all: '' }
    stream.setEncoding('utf8').on('data', (chunk: string) => (text.all += chunk))
    return text
  })
  child.send('read')
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  return texts.map(({ all }) => lines(all))
}

it('lets the event loop go on with a reader that stands still, bounds what is kept, and says what is missing when it is back', async () => {
  const { child, seen } = await start(4_000)
  expect(seen.worstLag).toBeLessThan(100)
  expect(seen.growth).toBeLessThan(120 << 20)
  const { debug, info, error } = seen.logged
  expect(seen.metrics).toContain(`log_lines_total{level="debug"} ${debug}\n`)
  const dropped = Number(/log_lines_dropped_total (\d+)/.exec(seen.metrics)![1])
  expect(dropped).toBeGreaterThan(0)

  const [out, err] = await readAll(child)
  const announced = out!.filter(({ module }) => module === 'logger')
  const missing = (level: string): number => announced.reduce((sum, { context }) => sum + (context![level] as number), 0)
  const arrived = (level: string): number => [...out!, ...err!].filter((line) => line.module === 'stuck' && line.level === level).length
  expect(announced).toHaveLength(1)
  expect(announced[0]).toMatchObject({ level: 'warn', message: 'log lines were dropped', context: { warn: 0, error: 0, unredactable: 0, unwritten: 0 } })
  // Nothing is lost that is not told, and what is grave is not lost.
  expect([arrived('debug') + missing('debug'), arrived('info') + missing('info'), arrived('error')]).toEqual([debug, info, error])
  expect(missing('debug') + missing('info')).toBe(dropped)
  // `debug` goes first.
  expect(missing('debug') / debug!).toBeGreaterThan(missing('info') / info!)
  expect(err!.at(-1)!.message).toBe('the reader is back')
})

it('waits two seconds at the end for a reader that stands still, and no longer', async () => {
  const { child } = await start(1_500)
  const begun = performance.now()
  child.send('end')
  const [code] = await once(child, 'exit')
  const waited = performance.now() - begun
  child.stdout!.destroy()
  child.stderr!.destroy()
  expect(code).toBe(0)
  expect(waited).toBeGreaterThan(1_900)
  expect(waited).toBeLessThan(4_000)
})

const STANDING: [stuck: 'stdout' | 'stderr', read: 'stdout' | 'stderr', level: string, way: string, lines: number, code: number | null][] = [
  ['stdout', 'stderr', 'info', 'return', 5_000, 0],
  ['stdout', 'stderr', 'info', 'exit', 5_000, 3],
  ['stdout', 'stderr', 'info', 'SIGTERM', 5_000, null],
  ['stderr', 'stdout', 'error', 'exit', 5_000, 3],
  // More than may wait: those for which there was no room are told with the others.
  ['stdout', 'stderr', 'debug', 'exit', 200_000, 3],
]

it.each(STANDING)('when %s stands still to the end, %s is told how many lines that cost, at level %s, by %s', async (stuck, read, level, way, count, code) => {
  const child = spawn(process.execPath, [ENDS, way, `${count}`, level], { env: { PATH: process.env.PATH, LOG_FORMAT: 'json', LOG_LEVEL: 'debug' }, stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = { stdout: '', stderr: '' }
  const take = (name: 'stdout' | 'stderr') => child[name].setEncoding('utf8').on('data', (chunk: string) => (texts[name] += chunk))
  take(read)
  // What the pipe holds stays there for whoever reads it late.
  child.once('exit', () => take(stuck))
  expect((await once(child, 'close'))[0]).toBe(code)
  const told = lines(texts[read])
  expect(told).toHaveLength(1)
  expect(told[0]).toMatchObject({ level: 'error', module: 'logger', message: 'log lines could not be written', context: { stream: stuck, code: 'EAGAIN' } })
  const arrived = lines(texts[stuck]).filter(({ module }) => module === 'ends').length
  expect(arrived).toBeGreaterThan(0)
  expect(arrived + (told[0]!.context!.lines as number)).toBe(count)
})

it('counts on where the process outlives the signal, as the first one of a container does, and tells all of them in the end', async () => {
  const code = `
    const { createLogger } = require('.')
    const log = createLogger('first')
    for (let at = 0; at < 3000; at += 1) log.info('line', { at, note: 'to be read at the far end' })
    setTimeout(() => process.kill(1, 'SIGTERM'), 100)
    setTimeout(() => {
      for (let at = 0; at < 3000; at += 1) log.info('more', { at, note: 'to be read at the far end' })
      process.exit()
    }, 3000)`
  // In a namespace of its own it is process 1, to which the system's own way with a signal is to ignore it.
  const child = spawn('unshare', ['-Urpf', process.execPath, '-e', code], { cwd: join(import.meta.dirname, '..'), env: { PATH: process.env.PATH, LOG_FORMAT: 'json' }, stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = { stdout: '', stderr: '' }
  const take = (name: 'stdout' | 'stderr') => child[name].setEncoding('utf8').on('data', (chunk: string) => (texts[name] += chunk))
  take('stderr')
  child.once('exit', () => take('stdout'))
  expect((await once(child, 'close'))[0]).toBe(0)
  const told = lines(texts.stderr).map(({ context }) => context!.lines as number)
  const arrived = lines(texts.stdout).length
  expect(told).toHaveLength(2)
  // At the signal those that waited then, at the end all.
  expect([told[0]! + arrived, told[1]! + arrived]).toEqual([3000, 6000])
})

it('goes on, and ends at once, when the reader is gone', async () => {
  const { child } = await start(300)
  child.stdout!.destroy()
  child.stderr!.destroy()
  const begun = performance.now()
  child.send('end')
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  expect(performance.now() - begun).toBeLessThan(1_900)
})
