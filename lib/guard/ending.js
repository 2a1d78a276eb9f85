'use strict'

/** Ends a connection so that whoever reads from it can't take that for an ordinary end. */

const dgram = require('node:dgram')
const net = require('node:net')
const { ownerOf, replace } = require('./internals.js')

/** What TLS was put on top of a handle, as long as somebody keeps it. */
const above = new WeakMap()

function hold() {
  replace(process.binding('tls_wrap'), 'wrap', (wrap) =>
    function (handle, ...rest) {
      const made = wrap.call(this, handle, ...rest)
      above.set(handle, new WeakRef(made))
      return made
    },
  )
}

/**
 * Ends it whatever its owner's listeners do. What they throw is the program's to hear, and no reason
 * to leave anything open.
 */
function end(handle, error) {
  const owner = ownerOf(handle)
  discardUnsent(handle)
  if (owner instanceof net.Socket) {
    for (const stream of [owner, ...streamsAbove(handle)]) attempt(() => tellReaders(stream, error))
    attempt(() => owner.destroy(error))
    if (!isOpen(handle)) return
  } else if (owner instanceof dgram.Socket) {
    attempt(() => owner.listenerCount('error') > 0 && owner.emit('error', error))
    attempt(() => closeUnlessClosed(owner))
    if (!isOpen(handle)) return
  }
  attempt(() => handle.close())
}

/** A closed handle has no descriptor. On Windows none has one: there its owner is believed. */
function isOpen(handle) {
  return handle.fd >= 0
}

/**
 * The system goes on sending what was written before a socket was closed, for minutes where the peer
 * does not read. A reset throws it away.
 */
function discardUnsent(handle) {
  if (typeof handle.reset !== 'function') return
  handle.close = function (done) {
    delete this.close
    // It cannot be had while the socket is being shut down.
    if (this.reset(done) !== 0) this.close(done)
  }
}

function attempt(step) {
  try {
    step()
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}

function* streamsAbove(handle) {
  for (let at = above.get(handle)?.deref(); at !== undefined; at = above.get(at)?.deref()) {
    const stream = ownerOf(at)
    if (stream instanceof net.Socket) yield stream
  }
}

/** Whoever reads an answer or a stream of this socket gets the error before the socket has it. */
function tellReaders(socket, error) {
  const request = socket._httpMessage
  const session = http2SessionOf(socket)
  expectErrors(socket, request, session, ...http2StreamsOf(session))
  if (request?.res && !request.res.complete) breakOff(request.res, error)
}

/** The end of the connection is the end of a body without a length, and would make it complete. */
function breakOff(response, error) {
  Object.defineProperty(response, 'complete', { configurable: true, get: () => false, set() {} })
  response.destroy(error)
}

/** Nobody who does not listen for errors is brought down by this one. */
function expectErrors(...emitters) {
  for (const emitter of emitters) {
    if (emitter?.listenerCount('error') === 0) emitter.on('error', () => {})
  }
}

/** Node keeps it on the socket, under a key that is no part of its API. */
function http2SessionOf(socket) {
  return Reflect.ownKeys(socket)
    .map((key) => Object.getOwnPropertyDescriptor(socket, key).value)
    .find((value) => typeof value?.goaway === 'function')
}

function http2StreamsOf(session) {
  if (session === undefined) return []
  const state = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'state')
  const { streams, pendingStreams } = session[state] ?? {}
  return [...(streams?.values() ?? []), ...(pendingStreams ?? [])]
}

function closeUnlessClosed(socket) {
  try {
    socket.close()
  } catch (error) {
    // Its listener has closed it.
    if (error.code !== 'ERR_SOCKET_DGRAM_NOT_RUNNING') throw error
  }
}

module.exports = { attempt, end, hold, tellReaders }
