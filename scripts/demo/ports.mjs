import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the range that Linux takes the ports of outgoing connections from (32768 and up), so that
// no client of the demo can hold a port while its server restarts.
const FIRST = 20_000
const LAST = 32_000

/** Distinct TCP ports of 127.0.0.1 that nothing listens on. */
export async function freePorts(count) {
  const ports = new Set()
  for (let attempts = 0; ports.size < count; attempts += 1) {
    if (attempts === 200) throw new Error(`no ${count} free ports between ${FIRST} and ${LAST}`)
    const port = randomInt(FIRST, LAST)
    if (await isFree(port)) ports.add(port)
  }
  return [...ports]
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
