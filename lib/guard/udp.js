'use strict'

/** Datagrams: dgram's send and connect, and bare handles. */

const dgram = require('node:dgram')
const { EACCES, internals, ownerOf, replace } = require('./internals.js')
const { track } = require('./outbound.js')
const { destination, judge } = require('./verdict.js')

/** The refusal of a connect, for the callback that gets the error which Node makes of a number. */
const refused = new WeakMap()

function hold() {
  const { UDP } = internals()
  for (const name of ['send', 'send6']) {
    replace(UDP.prototype, name, (send) =>
      function (request, list, count, port, address, ...rest) {
        // A connected socket sends without a destination: (request, list, count, hasCallback).
        const connected = typeof port !== 'number'
        const error = connected ? judge('udp', decidePeer, this) : judge('udp', destination, address, port)
        if (error !== null) return refuseSend(this, request, error)
        return connected
          ? send.call(this, request, list, count, port)
          : send.call(this, request, list, count, port, address, ...rest)
      },
    )
  }
  for (const name of ['connect', 'connect6']) {
    replace(UDP.prototype, name, (connect) =>
      function (address, port, ...rest) {
        const error = judge('udp', destination, address, port)
        if (error !== null) return refuseConnect(this, error)
        const status = connect.call(this, address, port, ...rest)
        if (status === 0) track(this, 'udp', address, port)
        return status
      },
    )
  }
  holdSockets(UDP)
}

function decidePeer(handle) {
  const peer = {}
  // Without a peer nothing can be sent; the empty name is admitted by nothing.
  return handle.getpeername(peer) === 0 ? destination(peer.address, peer.port) : destination('', 0)
}

function refuseSend(handle, request, error) {
  if (typeof request?.callback === 'function') {
    process.nextTick(request.callback, error)
    return 0
  }
  const socket = ownerOf(handle)
  if (socket === undefined) return EACCES
  // Node drops what fails without a callback. Whoever listens for errors hears of this one.
  process.nextTick(() => {
    if (socket.listenerCount('error') > 0) socket.emit('error', error)
  })
  return 0
}

function refuseConnect(handle, error) {
  const socket = ownerOf(handle)
  if (socket !== undefined) refused.set(socket, error)
  return EACCES
}

function holdSockets(UDP) {
  const { prototype } = dgram.Socket
  replace(prototype, 'send', (send) =>
    function (...args) {
      holdOwnMethods(this, UDP)
      return send.apply(this, args)
    },
  )
  replace(prototype, 'connect', (connect) =>
    function (port, address, callback) {
      holdOwnMethods(this, UDP)
      if (typeof address === 'function') [address, callback] = [undefined, address]
      const socket = this
      if (typeof callback !== 'function') {
        // Without a callback the error is an event.
        return withErrorEvent(socket, () => connect.call(socket, port, address))
      }
      return connect.call(socket, port, address, function (error, ...rest) {
        return callback.call(this, error ? takeRefused(socket, error) : error, ...rest)
      })
    },
  )
  if (prototype.connectSync === undefined) return
  replace(prototype, 'connectSync', (connectSync) =>
    function (...args) {
      holdOwnMethods(this, UDP)
      try {
        return connectSync.apply(this, args)
      } catch (error) {
        throw takeRefused(this, error)
      }
    },
  )
}

function withErrorEvent(socket, connect) {
  const { emit } = socket
  const own = Object.hasOwn(socket, 'emit')
  const restore = () => {
    if (own) socket.emit = emit
    else delete socket.emit
  }
  socket.emit = function (event, ...rest) {
    if (event === 'connect' || event === 'error' || event === 'close') restore()
    return event === 'error'
      ? emit.call(this, event, takeRefused(socket, rest[0]))
      : emit.call(this, event, ...rest)
  }
  try {
    return connect()
  } catch (error) {
    restore()
    throw error
  }
}

function takeRefused(socket, otherwise) {
  const error = refused.get(socket) ?? otherwise
  refused.delete(socket)
  return error
}

/** An IPv6 socket that is older than the guard has copied the methods it was made with. */
function holdOwnMethods(socket, UDP) {
  if (socket.type !== 'udp6') return
  const state = Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === 'state symbol')
  const handle = socket[state]?.handle
  for (const name of ['send', 'connect']) {
    if (handle && Object.hasOwn(handle, name)) handle[name] = UDP.prototype[`${name}6`]
  }
}

module.exports = { hold }
