// What `make soak` watches: a program that uses all parts of the package at once, and says every second,
// in a message, what came of it. Its log is its standard output.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Worker } from 'node:worker_threads'
import {
  createLogger,
  createReadiness,
  currentMode,
  gateExternalCall,
  getTelemetry,
  healthRoutes,
  installEgressGuard,
  onModeChange,
  startProbeServer,
} from '@researchflow/core'
import { PLANTED } from './planted.mjs'

const LINES_A_TURN = 5

installEgressGuard()
const log = createLogger('soak')
const readiness = createReadiness({ cacheMs: 0, timeoutMs: 500 })
const probe = await startProbeServer({ port: 0, readiness })
const counts = { checks: 0, refused: 0, calls: 0, scrapes: 0, threads: 0, flips: 0, lines: 0, slowest: 0, lag: 0, problems: [] }
const statuses = {}

onModeChange(() => (counts.flips += 1))

const routes = healthRoutes({ readiness })
const server = createServer((request, response) => routes(request, response, () => response.writeHead(404).end()))
server.listen(0, '127.0.0.1')
await once(server, 'listening')

async function check() {
  const begun = performance.now()
  const report = await readiness.check()
  counts.checks += 1
  counts.slowest = Math.max(counts.slowest, performance.now() - begun - busySince(begun))
  for (const [name, found] of Object.entries(report.checks)) {
    const key = `${name} ${found}`
    statuses[key] = (statuses[key] ?? 0) + 1
  }
  setTimeout(check, 5)
}

async function call() {
  const expected = currentMode().networkAllowed
  const outcome = await gateExternalCall('openai', () => true).catch((error) => error.code)
  counts.calls += 1
  if (outcome === 'RF_EGRESS_BLOCKED') counts.refused += 1
  // The mode may have changed between the two looks, but not twice.
  if ((outcome === true) !== expected && currentMode().networkAllowed === expected) counts.problems.push('the gate and the mode disagree')
  setTimeout(call, 2)
}

function write() {
  for (let line = 0; line < LINES_A_TURN; line += 1) {
    log.info(`stored the record of patient ${PLANTED.name}`, { at: counts.lines, ssn: PLANTED.ssn, note: `call ${PLANTED.phone}` })
    counts.lines += 1
  }
  setTimeout(write, 2)
}

async function scrape() {
  const { port } = server.address()
  const text = await fetch(`http://127.0.0.1:${port}/api/metrics?format=prometheus`).then((answer) => answer.text())
  counts.scrapes += 1
  if (!text.includes('external_calls_total')) counts.problems.push('a scrape without counters')
  setTimeout(scrape, 100)
}

function thread() {
  const worker = new Worker(
    `const core = require('@researchflow/core'); core.createReadiness({ cacheMs: 0 }).check();
     core.getTelemetry().recordExternalCall('soak', 'success'); const log = core.createLogger('thread');
     setInterval(() => { core.currentMode(); log.debug('below the level'); log.info('turned') }, 1)`,
    { eval: true },
  )
  worker.once('error', (error) => counts.problems.push(error.message))
  worker.once('exit', () => {
    counts.threads += 1
    setTimeout(thread, 20)
  })
  setTimeout(() => worker.terminate(), Math.random() * 200)
}

let turned = performance.now()
setInterval(() => {
  const now = performance.now()
  counts.lag = Math.max(counts.lag, now - turned - 10 - busySince(turned))
  turned = now
}, 10)

/** How long the loop was kept busy on purpose since then. */
function busySince(begun) {
  return Math.max(0, busy.until - Math.max(begun, busy.from))
}

const busy = { from: 0, until: 0 }
process.on('message', ({ busyMs }) => {
  busy.from = performance.now()
  busy.until = busy.from + busyMs
  while (performance.now() < busy.until);
})

setInterval(async () => {
  const { status } = await readiness.check()
  const { rss } = process.memoryUsage()
  const dropped = Number(/^log_lines_dropped_total (\d+)$/m.exec(getTelemetry().toPrometheus().body)[1])
  process.send({ ...counts, status, rss, dropped, statuses, probePort: probe.port })
  counts.slowest = counts.lag = 0
}, 1_000)

check()
call()
write()
scrape()
thread()
