import { type IncomingHttpHeaders, type Server, request } from 'node:http'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/**
 * Asks a server of this process, or what listens on a port, on a connection of its own, and reads
 * the answer to its end. The path goes over the wire as it stands; `fetch` would normalise it.
 */
export function get(to: Server | number, path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port: portOf(to), path, method: options.method ?? 'GET', headers: options.headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      response.on('error', reject)
    })
    asking.on('error', reject)
    asking.end(options.body)
  })
}

function portOf(to: Server | number): number {
  if (typeof to === 'number') return to
  const address = to.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  return address.port
}
