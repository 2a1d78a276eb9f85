'use strict'

/**
 * The handles below Node's modules. All of Node's own API goes through their prototypes, so a
 * reference to `net.connect` that was taken before is held as well.
 */

const { ChildProcess } = require('node:child_process')

/** What Node's modules return for a call that the system refused. */
const EACCES = process.platform === 'win32' ? -4092 : -13

let known

/** The bindings and the symbol by which a handle knows the socket or process that owns it. */
function internals() {
  known ??= find()
  return known
}

function find() {
  const binding = (name) => {
    try {
      return process.binding(name)
    } catch {
      throw unsupported()
    }
  }
  const { TCP } = binding('tcp_wrap')
  const { Pipe } = binding('pipe_wrap')
  const { UDP } = binding('udp_wrap')
  const { Process } = binding('process_wrap')
  const cares = binding('cares_wrap')
  const spawnSync = binding('spawn_sync')
  for (const found of [TCP, Pipe, UDP, Process, cares?.getaddrinfo, cares?.ChannelWrap, spawnSync?.spawn]) {
    if (typeof found !== 'function') throw unsupported()
  }
  const probe = new ChildProcess()._handle
  const owner = Object.getOwnPropertySymbols(probe).find(
    (symbol) => symbol.description === 'owner_symbol',
  )
  probe.close()
  if (owner === undefined) throw unsupported()
  return { TCP, Pipe, UDP, Process, cares, spawnSync, owner }
}

function unsupported() {
  const error = new Error(
    'the egress guard knows the handles of Node.js 20, 22 and 24, run without its permission model, ' +
      'and finds others here; nothing is held',
  )
  error.code = 'RF_GUARD_UNSUPPORTED'
  return error
}

/** Puts `wrap(original)` in the place of a method, under its name. */
function replace(object, name, wrap) {
  const original = object[name]
  const replacement = wrap(original)
  Object.defineProperty(replacement, 'name', { value: original.name || name, configurable: true })
  Object.defineProperty(object, name, {
    ...Object.getOwnPropertyDescriptor(object, name),
    value: replacement,
  })
  return original
}

/** What owns a handle: a `net.Socket`, a `dgram.Socket` or a `ChildProcess`. */
function ownerOf(handle) {
  return handle[internals().owner]
}

/**
 * Lets Node report a failure on its own road, with `error` in the place of the one that Node makes
 * from a number.
 */
function substituteError(emitter, error) {
  const { emit } = emitter
  const own = Object.hasOwn(emitter, 'emit')
  emitter.emit = function (event, ...rest) {
    if (event !== 'error') return emit.call(this, event, ...rest)
    if (own) this.emit = emit
    else delete this.emit
    return emit.call(this, event, error)
  }
}

module.exports = { EACCES, internals, ownerOf, replace, substituteError }
