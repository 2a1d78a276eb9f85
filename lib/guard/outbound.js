'use strict'

/**
 * The connections that went out, so that a flip into a blocked mode can end them. What was accepted
 * is not among them.
 */

const net = require('node:net')
const binding = require('../binding.js')
const { onModeChange } = require('../mode.js')
const { attempt, end } = require('./ending.js')
const { ownerOf } = require('./internals.js')
const { refusal } = require('./refusal.js')
const { mayStay } = require('./verdict.js')

let outbound = []
let sweepAt = 256

/** Remembers a handle for as long as somebody else does. */
function track(handle, way, address, port) {
  outbound.push({ ref: new WeakRef(handle), way, address, port })
  if (outbound.length < sweepAt) return
  outbound = outbound.filter(isOpen)
  sweepAt = Math.max(256, outbound.length * 2)
}

function isOpen({ ref }) {
  const handle = ref.deref()
  // A closed handle has no descriptor; on Windows none has one, and it goes when it is collected.
  return handle !== undefined && (process.platform === 'win32' || handle.fd >= 0)
}

/** Ends what the decision in force admits no more. */
function endRefused(reason) {
  const before = outbound
  outbound = []
  for (const entry of before.filter(isOpen)) {
    if (mayStay(entry.way, entry.address, entry.port)) outbound.push(entry)
    else end(entry.ref.deref(), refusal(entry.way, reason))
  }
}

/** Whether `handle` is a connection that the decision in force does not admit. */
function isRefused(handle) {
  const entry = outbound.find(({ ref }) => ref.deref() === handle)
  return entry !== undefined && !mayStay(entry.way, entry.address, entry.port)
}

/** Finds the sockets that were connected before the guard came, as far as Node lists them. */
function adopt() {
  for (const socket of [...(process._getActiveHandles?.() ?? []), ...idleInAgents()]) {
    if (!(socket instanceof net.Socket) || socket.server || socket._server) continue
    const { _handle: handle, remoteAddress, remotePort } = socket
    if (handle && remoteAddress !== undefined) track(rawHandle(handle), 'tcp', remoteAddress, remotePort)
  }
}

/** Below TLS is the handle of the connection. */
function rawHandle(handle) {
  const parent = handle._parent
  return parent && ownerOf(parent) ? parent : handle
}

function idleInAgents() {
  return [require('node:http').globalAgent, require('node:https').globalAgent].flatMap((agent) =>
    Object.values(agent.freeSockets ?? {}).flat(),
  )
}

const onFlip = new Set()

/** Also calls `listener` at each flip into a blocked mode, and when an audit ends in one. */
function atFlip(listener) {
  onFlip.add(listener)
}

function follow() {
  adopt()
  onModeChange(({ blockReason }) => flip(blockReason))
  // What it let through is open still.
  binding.onAuditEnd(() => flip(binding.blockReason()))
}

function flip(reason) {
  if (!reason) return
  endRefused(reason)
  for (const listener of onFlip) attempt(() => listener(reason))
}

module.exports = { atFlip, follow, isOpen, isRefused, track }
