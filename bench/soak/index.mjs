/**
 * `make soak`: a program that uses all parts of the package at once, for MINUTES (10), while its
 * servers are killed, frozen and restarted at random and the mode file changes. Prints the figures,
 * and fails when the program ended, disagreed with itself, did not recover, or kept what it took.
 */
import { writeFileSync, renameSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { usageOf } from '../../__test__/support/open-files.ts'
import { startPostgres } from '../../__test__/support/postgres.ts'
import { startRedis } from '../../__test__/support/redis.ts'
import { tempDirectory } from '../../__test__/support/temp.ts'
import { hang, startWorker } from '../../__test__/support/worker.ts'

const MINUTES = Number(process.env.MINUTES ?? 10)
const WARM_SECONDS = 30
const RECOVERY_SECONDS = 5
const MB = 2 ** 20

const modeFile = join(tempDirectory('soak'), 'mode')
setMode('LIVE')
const [postgres, redis] = await Promise.all([startPostgres(), startRedis({ password: 'soak' })])
let worker = await startWorker()
const { port } = worker

const program = spawn(process.execPath, [join(import.meta.dirname, 'program.mjs')], {
  env: {
    PATH: process.env.PATH,
    ROS_MODE_FILE: modeFile,
    DATABASE_URL: postgres.url(),
    REDIS_URL: redis.url,
    WORKER_CALLBACK_URL: `http://127.0.0.1:${port}`,
  },
  stdio: ['ignore', 'pipe', 'pipe'],
})
let said = ''
program.stderr.on('data', (text) => (said = `${said}${text}`.slice(-2_000)))
let ended
program.once('exit', (code, signal) => (ended = `ended with ${code ?? signal}`))
let last
let slowest = 0
let lag = 0
let peak = 0
let silent = Date.now()
let longestSilence = 0
createInterface(program.stdout).on('line', (line) => {
  last = JSON.parse(line)
  slowest = Math.max(slowest, last.slowest)
  lag = Math.max(lag, last.lag)
  peak = Math.max(peak, last.rss)
  longestSilence = Math.max(longestSilence, Date.now() - silent)
  silent = Date.now()
})

const DISTURBANCES = {
  'Postgres killed and restarted': async () => {
    await postgres.kill()
    await pause()
    await postgres.restart()
  },
  'Postgres frozen': async () => {
    postgres.freeze()
    await pause()
    postgres.thaw()
  },
  'Redis killed and restarted': async () => {
    await redis.kill()
    await pause()
    await redis.restart()
  },
  'Redis frozen': async () => {
    redis.freeze()
    await pause()
    redis.thaw()
  },
  'worker gone': async () => {
    await worker.stop()
    await pause()
    worker = await startWorker(undefined, { port })
  },
  'worker hanging': async () => {
    await worker.stop()
    worker = await startWorker(hang, { port })
    await pause()
    await worker.stop()
    worker = await startWorker(undefined, { port })
  },
  'STANDBY by the mode file': async () => {
    setMode('STANDBY')
    await pause()
    setMode('LIVE')
  },
}

function setMode(word) {
  writeFileSync(`${modeFile}.new`, word)
  renameSync(`${modeFile}.new`, modeFile)
}

function pause() {
  return sleep(200 + Math.random() * 1_500)
}

const problems = []
const done = {}
const names = Object.keys(DISTURBANCES)
await sleep(WARM_SECONDS * 1_000)
if (ended !== undefined) throw new Error(`the program ${ended}: ${said}`)
const before = usageOf(program.pid)
const until = Date.now() + MINUTES * 60_000
while (Date.now() < until && ended === undefined) {
  const name = names[Math.floor(Math.random() * names.length)]
  await DISTURBANCES[name]()
  done[name] = (done[name] ?? 0) + 1
  await pause()
}
await sleep(RECOVERY_SECONDS * 1_000)
if (ended !== undefined) problems.push(`the program ${ended}: ${said}`)
else if (last.status !== 'ready') problems.push(`expected ready after ${RECOVERY_SECONDS} s, but found ${last.status}`)
problems.push(...(last?.problems ?? []))
const after = ended === undefined ? usageOf(program.pid) : before
if (after.files > before.files + 3) problems.push(`descriptors: ${before.files} became ${after.files}`)
if (after.threads > before.threads + 6) problems.push(`threads: ${before.threads} became ${after.threads}`)
if (after.residentBytes > before.residentBytes * 1.25) problems.push('resident memory grew by more than a quarter')

const mb = (bytes) => `${(bytes / MB).toFixed(0)} MB`
const row = (name, value) => `| ${name} | ${value} |`
console.log(
  [
    `${MINUTES} minutes, Node.js ${process.versions.node}`,
    '',
    '| | |',
    '| --- | --- |',
    ...Object.entries(done).map(([name, times]) => row(name, `${times} times`)),
    row('checks', `${last.checks}, the slowest ${slowest.toFixed(0)} ms with a limit of 500 ms each`),
    ...Object.entries(last.statuses).sort().map(([name, times]) => row(`… ${name}`, times)),
    row('gated calls, refused', `${last.calls}, ${last.refused}`),
    row('scrapes', last.scrapes),
    row('worker threads started and terminated', last.threads),
    row('changes of mode seen', last.flips),
    row('worst event-loop lag', `${lag.toFixed(0)} ms`),
    row('longest time between two lines that are due every second', `${(longestSilence / 1_000).toFixed(1)} s`),
    row('resident memory after the first half minute, at the end, at most', `${mb(before.residentBytes)}, ${mb(after.residentBytes)}, ${mb(peak)}`),
    row('descriptors, threads after the first half minute', `${before.files}, ${before.threads}`),
    row('descriptors, threads at the end', `${after.files}, ${after.threads}`),
    row('problems', problems.length === 0 ? 'none' : problems.join('; ')),
  ].join('\n'),
)
program.kill('SIGKILL')
await Promise.all([postgres.stop(), redis.stop(), worker.stop()])
process.exit(problems.length === 0 ? 0 : 1)
