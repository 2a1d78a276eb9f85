import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import type { Certificate } from './certificates.ts'
import { freePort } from './ports.ts'
import { startProgram } from './process.ts'
import { tempDirectory } from './temp.ts'

export interface Worker {
  port: number
  url: string
  /** Every request so far, as `METHOD path`. */
  requests: string[]
  headers: IncomingMessage['headers'][]
  /** Connections accepted so far. */
  connections(): number
  stop(): Promise<void>
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** An HTTP(S) server on 127.0.0.1 that answers every request as told. */
export async function startWorker(answer: Answer = healthy, options: { tls?: Certificate; port?: number } = {}): Promise<Worker> {
  const requests: string[] = []
  const headers: IncomingMessage['headers'][] = []
  let connections = 0
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    headers.push(request.headers)
    response.on('error', () => response.destroy())
    answer(request, response)
  }
  const server: Server =
    options.tls === undefined
      ? createServer(listener)
      : createSecureServer({ cert: readFileSync(options.tls.cert), key: readFileSync(options.tls.key) }, listener)
  server.on('connection', (socket) => {
    connections += 1
    socket.on('error', () => socket.destroy())
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return {
    port: address.port,
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    requests,
    headers,
    connections: () => connections,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

/** 200 with a worker's body for `/health`, 404 for all else. */
export const healthy: Answer = (request, response) => {
  const known = request.url?.endsWith('/health') === true
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' })
  response.end(known ? '{"status":"healthy","service":"ros-worker"}' : '{"detail":"Not Found"}')
}

export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(code, headers).end()
  }
}

/** Reads the request and never answers. */
export const hang: Answer = (request) => {
  request.resume()
}

/** Sends the response a byte a second, from its first. */
export const dripHead: Answer = (request) => {
  const { socket } = request
  const response = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
  let at = 0
  const timer = setInterval(() => socket.write(response[at++ % response.length]!), 1_000)
  socket.write(response[at++]!)
  socket.once('close', () => clearInterval(timer))
}

/** Sends the head at once and then the body a byte a second. */
export const dripBody: Answer = (request, response) => {
  response.writeHead(200, { 'content-length': '1000' })
  response.flushHeaders()
  const timer = setInterval(() => response.write('x'), 1_000)
  request.socket.once('close', () => clearInterval(timer))
}

/** 200, and then a body that goes on as long as it is read. */
export const endlessBody: Answer = (request, response) => {
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  const chunk = Buffer.alloc(256 << 10, 'x')
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  }
  response.on('drain', more)
  request.socket.once('close', () => response.removeListener('drain', more))
  more()
}

/** Closes without a word. */
export const hangUp: Answer = (request) => {
  request.socket.destroy()
}

/** Starts the reference worker, FastAPI under Python. */
export async function startFastApiWorker(env: NodeJS.ProcessEnv = {}): Promise<{ port: number; url: string; stop(): Promise<void> }> {
  const root = join(import.meta.dirname, '..', '..')
  const python = join(root, '.venv', 'bin', 'python')
  try {
    accessSync(python, constants.X_OK)
  } catch {
    throw new Error('.venv/bin/python is missing: make setup')
  }
  const port = await freePort()
  const program = await startProgram(python, {
    args: [join(root, 'stack', 'services', 'worker', 'api_server.py')],
    cwd: join(root, 'stack', 'services', 'worker'),
    env: {
      PATH: process.env.PATH,
      PYTHONUNBUFFERED: '1',
      PORT: String(port),
      HOST: '127.0.0.1',
      ROS_MODE: 'LIVE',
      ARTIFACT_PATH: tempDirectory('artifacts'),
      ...env,
    },
    ready: /running on http|startup complete/i,
    readyTimeoutMs: 30_000,
  })
  const url = `http://127.0.0.1:${port}`
  const deadline = Date.now() + 10_000
  while (!(await fetch(`${url}/health`).then((answer) => answer.ok, () => false))) {
    if (Date.now() > deadline || program.hasExited()) throw new Error(`the worker does not answer:\n${program.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { port, url, stop: () => program.stop() }
}
