/**
 * One contender of the comparison of loggers, in a process of its own: `node bench/logger-contender.mjs
 * core|pino|pino-redact lines`. It logs to its standard output and tells on descriptor 3 what it took.
 */
import { writeSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import pino from 'pino'

const [contender, count] = [process.argv[2], Number(process.argv[3])]
const MESSAGE = 'request served'
/** Lines in one turn of the event loop. */
const BURST = 500

/** The same for all: a person's address is in it, and two facts that must stay. */
const fields = (at) => ({ email: 'jane.doe@example.org', path: '/api/projects/42/files', status: 200, durationMs: at })

const contenders = {
  async core() {
    process.env.LOG_FORMAT = 'json'
    const { default: core } = await import('../index.js')
    const log = core.createLogger('bench')
    return { log, flush: () => log.flush() }
  },
  pino: () => plain({}),
  'pino-redact': () => plain({ redact: ['email', 'ssn', 'mrn', 'patient.name'] }),
}

function plain(options) {
  const destination = pino.destination({ dest: 1, sync: false })
  const log = pino({ base: { module: 'bench' }, ...options }, destination)
  return { log, flush: () => new Promise((resolve) => destination.flush(resolve)) }
}

const { log, flush } = await contenders[contender]()

async function run(lines) {
  let calls = 0n
  const begun = process.hrtime.bigint()
  for (let done = 0; done < lines; done += BURST) {
    const from = process.hrtime.bigint()
    for (let at = 0; at < BURST; at += 1) log.info(...ordered(fields(done + at)))
    calls += process.hrtime.bigint() - from
    await turn()
  }
  await flush()
  return { calls, whole: process.hrtime.bigint() - begun }
}

const ordered = contender === 'core' ? (given) => [MESSAGE, given] : (given) => [given, MESSAGE]

await run(20_000)
const cpuBefore = process.cpuUsage()
const { calls, whole } = await run(count)
const cpu = process.cpuUsage(cpuBefore)
const of = (nanoseconds) => Number(nanoseconds) / count
writeSync(3, JSON.stringify({ calls: of(calls), whole: of(whole), cpu: ((cpu.user + cpu.system) * 1e3) / count }))
