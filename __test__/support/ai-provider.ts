import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What the provider does with one request. */
export type Behaviour = (response: ServerResponse, request: ProviderRequest) => void

export interface ProviderRequest {
  path: string
  key: string | undefined
  body: any
  at: number
  /** Its connection is closed, or it has been answered. */
  over: boolean
}

export interface AIProvider {
  url: string
  /** Connections accepted so far. */
  connections(): number
  requests: ProviderRequest[]
  /** What to do with the next requests, in turn; the last one goes for all that follow. */
  next(...behaviours: Behaviour[]): void
  stop(): Promise<void>
}

/** An HTTP server on loopback that speaks as OpenAI's and Anthropic's do, as far as the SDKs look. */
export async function startAIProvider(host = '127.0.0.1'): Promise<AIProvider> {
  const sockets = new Set<Socket>()
  const requests: ProviderRequest[] = []
  let connections = 0
  let behaviours: Behaviour[] = [says('{"text":"hello"}')]

  const server = createServer(async (request, response) => {
    const body = await read(request)
    const { authorization, 'x-api-key': apiKey } = request.headers
    const seen = { path: request.url ?? '', key: authorization?.replace('Bearer ', '') ?? String(apiKey), body, at: performance.now(), over: false }
    response.once('close', () => (seen.over = true))
    requests.push(seen)
    const behaviour = behaviours.length > 1 ? behaviours.shift()! : behaviours[0]!
    behaviour(response, seen)
  })
  server.on('connection', (socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, host)
  await once(server, 'listening')

  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    requests,
    next(...wanted) {
      behaviours = wanted
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** An answer in the provider's form, whose content is `text`. */
export function says(text: string, { stop = 'stop' }: { stop?: string } = {}): Behaviour {
  return (response, { path }) => json(response, 200, path.includes('/messages') ? message(text) : completion(text, stop))
}

/** A refusal that repeats what it was sent, as providers do. */
export function refuses(status: number, headers: Record<string, string> = {}): Behaviour {
  return (response, { body, key }) =>
    json(response, status, { error: { type: 'some_error', code: 'some_code', message: `refused ${JSON.stringify(body)} of ${key}` } }, headers)
}

/** A 200 whose body is not what the header says. */
export function sends(body: string, type = 'application/json'): Behaviour {
  return (response) => {
    response.setHeader('Content-Type', type)
    response.end(body)
  }
}

/** Nothing at all. */
export const hangs: Behaviour = () => {}

/** Headers and half a body, and then nothing. */
export const stalls: Behaviour = (response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' })
  response.write('{"choices": [')
}

export const hangsUp: Behaviour = (response) => {
  response.socket?.destroy()
}

function json(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

function completion(text: string, stop: string): object {
  return {
    id: 'c', object: 'chat.completion', created: 0, model: 'gpt-4o-2024-08-06',
    choices: [{ index: 0, finish_reason: stop, message: { role: 'assistant', content: text } }],
    usage: { prompt_tokens: 1_000, completion_tokens: 200, total_tokens: 1_200 },
  }
}

function message(text: string): object {
  return {
    id: 'm', type: 'message', role: 'assistant', model: 'claude', stop_reason: 'end_turn', stop_sequence: null,
    content: [{ type: 'text', text }],
    usage: { input_tokens: 1_000, output_tokens: 200 },
  }
}

async function read(request: IncomingMessage): Promise<unknown> {
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request) text += chunk
  return text === '' ? undefined : JSON.parse(text)
}
