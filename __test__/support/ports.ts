import { createServer } from 'node:net'

/** A TCP port of 127.0.0.1 that nothing listened on a moment ago. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
      const address = probe.address()
      if (address === null || typeof address === 'string') {
        reject(new Error('a TCP server has no port'))
        return
      }
      probe.close(() => resolve(address.port))
    })
  })
}
