/**
 * `make soak`: a program that uses all parts of the package at once, for MINUTES (10), while its
 * servers are killed, frozen and restarted at random, the mode file changes, its loop is kept busy and the
 * reader of its log stands still. Prints the figures, and fails when the program ended, disagreed with
 * itself, did not recover, left a probe without an answer, lost a line of the log without telling, let an
 * identifier out, or kept what it took.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { usageOf } from '../../__test__/support/open-files.ts'
import { startPostgres } from '../../__test__/support/postgres.ts'
import { startRedis } from '../../__test__/support/redis.ts'
import { tempDirectory } from '../../__test__/support/temp.ts'
import { median } from '../table.mjs'
import { disturbances, pause, setMode } from './disturbances.mjs'
import { readLog } from './log-reader.mjs'
import { startProber } from './prober.mjs'

const MINUTES = Number(process.env.MINUTES ?? 10)
const WARM_SECONDS = 30
const RECOVERY_SECONDS = 5
const MB = 2 ** 20

const modeFile = join(tempDirectory('soak'), 'mode')
setMode(modeFile, 'LIVE')
const [postgres, redis] = await Promise.all([startPostgres(), startRedis({ password: 'soak' })])
const around = await disturbances({ postgres, redis, program: () => program, modeFile })

const program = spawn(process.execPath, [join(import.meta.dirname, 'program.mjs')], {
  env: {
    PATH: process.env.PATH,
    ROS_MODE_FILE: modeFile,
    LOG_FORMAT: 'json',
    DATABASE_URL: postgres.url(),
    REDIS_URL: redis.url,
    WORKER_CALLBACK_URL: `http://127.0.0.1:${around.port}`,
  },
  stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
})
let said = ''
program.stderr.on('data', (text) => (said = `${said}${text}`.slice(-2_000)))
let ended
program.once('exit', (code, signal) => (ended = `ended with ${code ?? signal}`))
const log = readLog(program.stdout)

let last
const worst = { slowest: 0, lag: 0, rss: 0 }
const resident = []
program.on('message', (message) => {
  last = message
  resident.push(message.rss)
  for (const name of Object.keys(worst)) worst[name] = Math.max(worst[name], message[name])
})

await sleep(WARM_SECONDS * 1_000)
resident.length = 0
if (last === undefined || ended !== undefined) throw new Error(`the program ${ended ?? 'says nothing'}: ${said}`)
const prober = startProber(last.probePort)
const before = usageOf(program.pid)
const done = {}
const until = Date.now() + MINUTES * 60_000
while (Date.now() < until && ended === undefined) {
  const name = around.names[Math.floor(Math.random() * around.names.length)]
  await around.disturb(name)
  done[name] = (done[name] ?? 0) + 1
  await pause()
}
await sleep(RECOVERY_SECONDS * 1_000)
await prober.stop()
const problems = [...last.problems, ...log.verdict(), ...prober.seen.problems]
const after = ended === undefined ? usageOf(program.pid) : before
if (ended !== undefined) problems.push(`the program ${ended}: ${said}`)
else if (last.status !== 'ready') problems.push(`expected ready after ${RECOVERY_SECONDS} s, but found ${last.status}`)
if (after.files > before.files + 3) problems.push(`descriptors: ${before.files} became ${after.files}`)
if (after.threads > before.threads + 6) problems.push(`threads: ${before.threads} became ${after.threads}`)
// It rises and falls as rubbish is collected: a leak is what a minute has more of than another.
const memory = [median(resident.slice(0, 60)), median(resident.slice(-60))]
if (memory[1] > memory[0] * 1.15) problems.push('resident memory grew by more than 15 %')

const mb = (bytes) => `${(bytes / MB).toFixed(0)} MB`
const ms = (value) => `${value.toFixed(0)} ms`
const row = (name, value) => `| ${name} | ${value} |`
console.log(
  [
    `${MINUTES} minutes, Node.js ${process.versions.node}`,
    '',
    '| | |',
    '| --- | --- |',
    ...Object.entries(done).sort().map(([name, times]) => row(name, `${times} times`)),
    row('checks', `${last.checks}, the slowest ${ms(worst.slowest)} with a limit of 500 ms each`),
    ...Object.entries(last.statuses).sort().map(([name, times]) => row(`… ${name}`, times)),
    row('gated calls, refused', `${last.calls}, ${last.refused}`),
    row('scrapes', last.scrapes),
    row('worker threads started and terminated', last.threads),
    row('changes of mode seen', last.flips),
    row('lines of the log read, announced as dropped', `${log.seen.lines}, ${log.seen.announced}`),
    row('lines of terminated threads read', log.seen.threadLines),
    row('probes, unanswered', `${prober.seen.answers}, ${prober.seen.problems.size}`),
    row('slowest answer of /health/ready, of the other routes', `${ms(prober.seen.slowestReady)}, ${ms(prober.seen.slowest)}`),
    row('worst event-loop lag, beside that on purpose', ms(worst.lag)),
    row('resident memory in the first minute, in the last, at most', `${mb(memory[0])}, ${mb(memory[1])}, ${mb(worst.rss)}`),
    row('descriptors, threads after the first half minute', `${before.files}, ${before.threads}`),
    row('descriptors, threads at the end', `${after.files}, ${after.threads}`),
    row('problems', problems.length === 0 ? 'none' : problems.join('; ')),
  ].join('\n'),
)
program.kill('SIGKILL')
await Promise.all([postgres.stop(), redis.stop(), around.stop()])
process.exit(problems.length === 0 ? 0 : 1)
