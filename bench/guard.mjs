/**
 * What the egress guard costs where the network is open: HTTP requests to loopback, with a new
 * connection for each and over kept ones, in rounds that take turns with and without the guard.
 *
 * By itself: `node bench/guard.mjs`.
 */
import { spawn } from 'node:child_process'
import { createServer, Agent, get } from 'node:http'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isMain, ratioRow, show } from './table.mjs'

const ROUNDS = 12
const REQUESTS = 2_000
/** As good as no difference, on a machine whose speed drifts. */
const GOAL = 1.05

async function round(port, keepAlive) {
  const agent = new Agent({ keepAlive, maxSockets: 1 })
  const start = process.hrtime.bigint()
  for (let count = 0; count < REQUESTS; count += 1) {
    await new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, agent }, (response) => response.resume().once('end', resolve)).once('error', reject)
    })
  }
  agent.destroy()
  return Number(process.hrtime.bigint() - start) / REQUESTS / 1_000
}

/** A process with the guard or without; it answers each line with the microseconds a request took. */
async function client() {
  if (process.argv[2] === 'guarded') {
    const { default: core } = await import('../index.js')
    core.installEgressGuard()
  }
  const port = Number(process.argv[3])
  for (const keepAlive of [true, false]) await round(port, keepAlive)
  console.log('ready')
  for await (const line of createInterface({ input: process.stdin })) console.log(await round(port, line === 'kept'))
}

function start(kind, port) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), kind, String(port)], {
    // Its standard output is for what it measures.
    env: { ...process.env, ROS_MODE: 'LIVE', LOG_LEVEL: 'silent' },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    next: async () => (await lines.next()).value,
    ask: async (line) => {
      child.stdin.write(`${line}\n`)
      return Number((await lines.next()).value)
    },
    end: () => child.stdin.end(),
  }
}

export const guard = {
  name: 'guard',
  title: 'The egress guard where the network is open',
  async measure() {
    const server = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address()
    const plain = start('plain', port)
    const guarded = start('guarded', port)
    await Promise.all([plain.next(), guarded.next()])
    const rows = []
    for (const kind of ['kept', 'new']) {
      const times = { plain: [], guarded: [] }
      for (let count = 0; count < ROUNDS; count += 1) {
        const pair = [[plain, times.plain], [guarded, times.guarded]]
        for (const [who, into] of count % 2 === 0 ? pair : pair.reverse()) into.push(await who.ask(kind))
      }
      rows.push(ratioRow({ name: `loopback HTTP, ${kind} connection`, unit: 'µs', goal: GOAL, core: times.guarded, peer: times.plain }))
    }
    plain.end()
    guarded.end()
    server.close()
    return {
      peers: 'the same requests without the guard',
      note: `${ROUNDS} rounds of ${REQUESTS} requests, in turns`,
      rows,
    }
  },
}

if (isMain(import.meta)) {
  if (process.argv[2] === undefined) console.log(await show(guard))
  else await client()
}
