'use strict'

/**
 * Connections that the kernel level has reset before this thread hears of the flip. Node's HTTP client
 * and undici take a reset for the end of a body without a length, so it is told apart here.
 */

const net = require('node:net')
const binding = require('../binding.js')
const { networkBlocked } = require('../environment.js')
const { tellReaders } = require('./ending.js')
const { isRefused } = require('./outbound.js')
const { refusal } = require('./refusal.js')

function hold() {
  const { destroy } = net.Socket.prototype
  Object.defineProperty(net.Socket.prototype, 'destroy', {
    configurable: true,
    writable: true,
    value: {
      destroy(error, callback) {
        return destroy.call(this, explained(this, error), callback)
      },
    }.destroy,
  })
}

/** The refusal in the place of a reset by the guard. */
function explained(socket, error) {
  if (error?.code !== 'ECONNRESET' || !networkBlocked() || !isRefused(lowest(socket._handle))) return error
  const refused = refusal('tcp', binding.blockReason())
  tellReaders(socket, refused)
  return refused
}

/** The handle of the connection, below all TLS. */
function lowest(handle) {
  let at = handle
  while (at?._parent) at = at._parent
  return at
}

module.exports = { hold }
