import { type IncomingHttpHeaders, type Server, request } from 'node:http'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** Asks a server of this process on a connection of its own, and reads the answer to its end. */
export function get(server: Server, path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen')
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port: address.port, path, method: options.method ?? 'GET', headers: options.headers, agent: false }, (response) => {
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
