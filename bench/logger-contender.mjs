/**
 * One contender of the comparison of loggers, in a process of its own:
 * `node bench/logger-contender.mjs core|pino|pino-redact lines`. It logs to its standard output and
 * tells on descriptor 3 what a line took.
 */
import { readFileSync, writeSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'

const [contender, count] = [process.argv[2], Number(process.argv[3])]
const MESSAGE = 'request served'
/** Lines in one turn of the event loop. */
const BURST = 100

/** The same for all: one field identifies a person, three are facts that stay. */
const fields = (at) => ({ email: 'jane.doe@example.org', path: '/api/projects/42/files', status: 200, durationMs: at })

const contenders = {
  async core() {
    process.env.LOG_FORMAT = 'json'
    const { default: core } = await import('../index.js')
    const log = core.createLogger('bench')
    return { line: (given) => log.info(MESSAGE, given), off: (given) => log.debug(MESSAGE, given), flush: () => log.flush() }
  },
  pino: () => pinoWith({}),
  'pino-redact': () => pinoWith({ redact: ['email', 'ssn', 'patient.name', 'headers.authorization'] }),
}

async function pinoWith(options) {
  const { default: pino } = await import('pino')
  const destination = pino.destination({ dest: 1, sync: false })
  const log = pino({ base: { module: 'bench' }, ...options }, destination)
  return { line: (given) => log.info(given, MESSAGE), off: (given) => log.debug(given, MESSAGE), flush: () => new Promise((resolve) => destination.flush(resolve)) }
}

/** Nanoseconds that the thread of the event loop has run; what other programs take is not in it. */
function onThread() {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0])
}

const { line, off, flush } = await contenders[contender]()

async function run(lines) {
  const [begun, thread, cpu] = [process.hrtime.bigint(), onThread(), process.cpuUsage()]
  for (let done = 0; done < lines; done += BURST) {
    for (let at = 0; at < BURST; at += 1) line(fields(done + at))
    await turn()
  }
  await flush()
  const { user, system } = process.cpuUsage(cpu)
  return { thread: (onThread() - thread) / lines, cpu: ((user + system) * 1e3) / lines, whole: Number(process.hrtime.bigint() - begun) / lines }
}

/** Of a call below the level. The fields are there already: making them is the caller's. */
function disabled() {
  const given = fields(1)
  let best = Infinity
  for (let round = 0; round < 20; round += 1) {
    const begun = process.hrtime.bigint()
    for (let at = 0; at < 1_000_000; at += 1) off(given)
    best = Math.min(best, Number(process.hrtime.bigint() - begun) / 1e6)
  }
  return best
}

/** Bytes of JavaScript's heap a line, where nothing is collected meanwhile. */
async function allocated() {
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  for (let at = 0; at < 2_000; at += 1) line(fields(at))
  const after = process.memoryUsage().heapUsed
  await flush()
  return (after - before) / 2_000
}

await run(30_000)
const result = await run(count)
writeSync(3, JSON.stringify({ ...result, disabled: disabled(), bytes: await allocated() }))
