'use strict'

/**
 * Connections that this process did not open itself: another process passed them to it, or they are
 * opened by the number of a descriptor. Those that went out are ended by a flip like its own; those
 * that came in stay.
 */

const { readFileSync } = require('node:fs')
const { isMainThread } = require('node:worker_threads')
const { networkBlocked } = require('../environment.js')
const { end } = require('./ending.js')
const { internals, replace } = require('./internals.js')
const { atFlip, isOpen } = require('./outbound.js')
const { refusal } = require('./refusal.js')
const { destination, judge, mayStay } = require('./verdict.js')

const LISTENING = '0A'

let received = []
let sweepAt = 256

function hold() {
  const { TCP } = internals()
  replace(TCP.prototype, 'open', (open) =>
    function (...args) {
      const status = open.apply(this, args)
      if (status !== 0) return status
      const error = admit(this)
      if (error === null) return status
      end(this, error)
      throw error
    },
  )
  if (isMainThread) holdChannel(process)
  atFlip(endRefused)
}

/** Looks first at what comes over the channel between `target`, a process, and this one. */
function holdChannel(target) {
  target.prependListener('internalMessage', (message, handle) => {
    if (message?.cmd !== 'NODE_HANDLE' || !(handle instanceof internals().TCP)) return
    // What the primary of a cluster hands out it has accepted.
    if (message.msg?.cmd === 'NODE_CLUSTER' && message.msg.act === 'newconn') return
    const error = admit(handle)
    // Its receiver first makes a socket of it, which then gets the error.
    if (error !== null) setImmediate(end, handle, error)
  })
}

/** The error where it may not stay. In an open mode nothing is looked at before the flip. */
function admit(handle) {
  remember(handle)
  return networkBlocked() ? judge('tcp', decide, handle) : null
}

function decide(handle) {
  const peer = peerOf(handle)
  const reason = peer && destination(peer.address, peer.port)
  return reason && cameIn(handle, listeningPorts()) ? null : reason
}

function remember(handle) {
  received.push({ ref: new WeakRef(handle) })
  if (received.length < sweepAt) return
  received = received.filter(isOpen)
  sweepAt = Math.max(256, received.length * 2)
}

function endRefused(reason) {
  let ports
  for (const { ref } of received.filter(isOpen)) {
    const handle = ref.deref()
    const peer = peerOf(handle)
    if (peer === null || !destination(peer.address, peer.port)) continue
    ports ??= listeningPorts()
    if (cameIn(handle, ports) || mayStay('tcp', peer.address, peer.port)) continue
    end(handle, refusal('tcp', reason))
  }
}

/** Nobody, for a socket that listens or is not connected. */
function peerOf(handle) {
  const peer = {}
  return handle.getpeername(peer) === 0 && peer.address !== undefined ? peer : null
}

/** A connection came in when somebody on this machine listens on its port. */
function cameIn(handle, ports) {
  const own = {}
  return handle.getsockname(own) === 0 && ports.has(own.port)
}

/** As Linux tells them; elsewhere none, so that what was passed on counts as having gone out. */
function listeningPorts() {
  const ports = new Set()
  for (const table of ['tcp', 'tcp6']) {
    for (const line of linesOf(`/proc/self/net/${table}`)) {
      const [, local, , state] = line.trim().split(/\s+/)
      if (state === LISTENING) ports.add(Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16))
    }
  }
  return ports
}

function linesOf(file) {
  try {
    return readFileSync(file, 'latin1').split('\n').slice(1)
  } catch {
    return []
  }
}

module.exports = { hold, holdChannel }
