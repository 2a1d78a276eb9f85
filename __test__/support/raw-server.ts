import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a raw server does with a connection. It ends when `signal` aborts. */
export type Behaviour = (socket: Socket, signal: AbortSignal) => void | Promise<void>

export interface RawServer {
  port: number
  /** Connections accepted so far. */
  connections(): number
  /** Connections open now. */
  open(): number
  bytesIn(): number
  bytesOut(): number
  /** What clients have sent so far, as latin1. */
  received(): string
  stop(): Promise<void>
}

export async function startRawServer(behaviour: Behaviour, host = '127.0.0.1', port = 0): Promise<RawServer> {
  const sockets = new Map<Socket, AbortController>()
  let connections = 0
  let bytesIn = 0
  let bytesOut = 0
  let received = ''
  const server: Server = createServer({ noDelay: true }, (socket) => {
    connections += 1
    const ending = new AbortController()
    sockets.set(socket, ending)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      bytesIn += chunk.length
      if (received.length < 1 << 20) received += chunk.toString('latin1')
    })
    socket.on('close', () => {
      bytesOut += socket.bytesWritten
      ending.abort()
      sockets.delete(socket)
    })
    void Promise.resolve(behaviour(socket, ending.signal)).catch(() => socket.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')

  return {
    port: address.port,
    connections: () => connections,
    open: () => sockets.size,
    bytesIn: () => bytesIn,
    bytesOut: () => [...sockets.keys()].reduce((sum, socket) => sum + socket.bytesWritten, bytesOut),
    received: () => received,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const gone = [...sockets.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
      for (const socket of sockets.keys()) socket.destroy()
      await Promise.all([closed, ...gone])
    },
  }
}

/** Accepts and says nothing. */
export const silent: Behaviour = () => {}

/** Closes before a byte is said. */
export const closeAtOnce: Behaviour = (socket) => {
  socket.end()
}

/** Resets the connection before a byte is said. */
export const resetAtOnce: Behaviour = (socket) => {
  socket.resetAndDestroy()
}

/** Answers the first bytes that come with `reply`, then holds the connection. */
export function answerOnce(reply: string | Buffer): Behaviour {
  return (socket) => {
    socket.once('data', () => socket.write(reply))
  }
}

/** Answers the first bytes that come with `reply`, then closes. */
export function answerAndClose(reply: string | Buffer): Behaviour {
  return (socket) => {
    socket.once('data', () => socket.end(reply))
  }
}

/** Answers every batch of bytes that comes with `reply`. */
export function answerEach(reply: string | Buffer | ((received: string) => string)): Behaviour {
  return (socket) => {
    socket.on('data', (chunk) => {
      socket.write(typeof reply === 'function' ? reply(chunk.toString('latin1')) : reply)
    })
  }
}

/** Once it is asked, sends one byte of `reply` at a time, again and again without an end. */
export function drip(reply: string, everyMs = 1_000): Behaviour {
  return async (socket, signal) => {
    // What came before the question would be no answer to it.
    await once(socket, 'data', { signal }).catch(() => undefined)
    for (let at = 0; !signal.aborted; at += 1) {
      socket.write(reply[at % reply.length]!)
      await sleep(everyMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** Sends junk without a line end as fast as it is read, without an end. */
export const endlessJunk: Behaviour = async (socket, signal) => {
  socket.resume()
  const chunk = Buffer.alloc(64 << 10, 'x')
  while (!signal.aborted) {
    if (!socket.write(chunk)) await once(socket, 'drain', { signal })
  }
}

/** 64 KiB of junk without a line end. */
export const junk64k = Buffer.alloc(64 << 10, 'j')

/** What an HTTP server says to bytes that are no HTTP. */
export const httpBadRequest = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/** Answers each Redis command that comes with what `reply` says to it, in the order they came. */
export function redisLike(reply: (command: string) => string): Behaviour {
  return (socket) => {
    let pending = ''
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1')
      // A command is `*n`, then n times `$length` and the word.
      for (;;) {
        const count = /^\*(\d+)\r\n/.exec(pending)
        if (count === null) return
        const words: string[] = []
        let at = count[0].length
        while (words.length < Number(count[1])) {
          const length = /^\$(\d+)\r\n/.exec(pending.slice(at, at + 16))
          if (length === null) return
          const start = at + length[0].length
          const end = start + Number(length[1])
          if (pending.length < end + 2) return
          words.push(pending.slice(start, end))
          at = end + 2
        }
        pending = pending.slice(at)
        socket.write(reply(words.join(' ').toUpperCase()))
      }
    })
  }
}

/** A Redis that answers PING with `reply`, and every other command with OK. */
export function onPing(reply: string | (() => string)): Behaviour {
  return redisLike((command) => (command === 'PING' ? (typeof reply === 'function' ? reply() : reply) : '+OK\r\n'))
}
