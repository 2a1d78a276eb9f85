import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type ListenOptions, type Server } from 'node:net'

// Below the range that Linux takes the ports of outgoing connections from: no client can hold the
// port of a server that restarts, and none can come to listen on one that is to refuse.
const [LAST] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/).map(Number) as [number]
const FIRST = Math.max(1_024, LAST - 12_000)

/** A TCP port of 127.0.0.1 that nothing listens on, and that is this process's until it ends. */
export async function freePort(): Promise<number> {
  for (let attempts = 0; attempts < 200 && FIRST < LAST; attempts += 1) {
    const port = randomInt(FIRST, LAST)
    if ((await reserve(port)) && (await isFree(port))) return port
  }
  throw new Error(`no free port between ${FIRST} and ${LAST}`)
}

/**
 * Keeps the port from the other processes that run specs. What is held is a name among the sockets
 * of this machine, which the kernel gives back when the process ends, however it ends.
 */
async function reserve(port: number): Promise<boolean> {
  return (await listen({ path: `\0researchflow-test-port-${port}` })) !== undefined
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen({ host: '127.0.0.1', port, exclusive: true })
  if (server === undefined) return false
  await new Promise((resolve) => server.close(resolve))
  return true
}

/** Nothing where the place is taken. */
function listen(place: ListenOptions): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer().unref()
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)))
    server.listen(place, () => resolve(server))
  })
}
