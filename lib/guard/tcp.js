'use strict'

/** TCP connects, and with them net, tls, http, https, http2, fetch and WebSocket. */

const { EACCES, internals, ownerOf, replace } = require('./internals.js')
const { track } = require('./outbound.js')
const { destination, judge } = require('./verdict.js')

function hold() {
  const { TCP, Pipe } = internals()
  for (const name of ['connect', 'connect6']) {
    replace(TCP.prototype, name, (connect) =>
      function (request, address, port, ...rest) {
        const error = judge('tcp', destination, address, port)
        if (error !== null) return refuse(this, error)
        const status = connect.call(this, request, address, port, ...rest)
        if (status === 0) track(this, 'tcp', address, port)
        return status
      },
    )
  }
  // A Unix socket leaves no machine. A named pipe of Windows can be another machine's.
  if (process.platform === 'win32') {
    replace(Pipe.prototype, 'connect', (connect) =>
      function (request, path, ...rest) {
        const local = /^[\\/]{2}[.?][\\/]/.test(`${path}`)
        const error = local ? null : judge('pipe', destination, '', 0)
        return error === null ? connect.call(this, request, path, ...rest) : refuse(this, error)
      },
    )
  }
}

/** A socket gets the error as its own; a bare handle gets a number, as from the system. */
function refuse(handle, error) {
  const socket = ownerOf(handle)
  if (typeof socket?.destroy !== 'function') return EACCES
  process.nextTick(() => socket.destroy(error))
  return 0
}

module.exports = { hold }
