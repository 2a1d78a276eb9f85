'use strict'

/** What Node's own diagnostics ask DNS for: the host to debug on, and the names of peers in a report. */

const Module = require('node:module')
const { isIP } = require('node:net')
const binding = require('../binding.js')
const { networkBlocked } = require('../environment.js')
const { replace } = require('./internals.js')
const localhost = require('./localhost.js')
const { atFlip } = require('./outbound.js')
const { judge, lookup } = require('./verdict.js')

function hold() {
  if (process.features.inspector) holdInspector()
  if (process.report !== undefined && 'excludeNetwork' in process.report) keepReportsLocal(process.report)
}

/** `inspector.open` resolves its host natively. */
function holdInspector() {
  // Each calls the next, and one judgement is enough.
  let judged = false
  for (const object of [process.binding('inspector'), require('node:inspector'), require('node:inspector/promises')]) {
    replace(object, 'open', (open) =>
      function (port, host, ...rest) {
        if (judged) return open.call(this, port, host, ...rest)
        const admitted = admit(host)
        judged = true
        try {
          return open.call(this, port, admitted, ...rest)
        } finally {
          judged = false
        }
      },
    )
  }
  Module.syncBuiltinESMExports()
}

/** The host to listen on: no question is asked for an address, and none for `localhost`. */
function admit(host) {
  if (!host || isIP(`${host}`) !== 0) return host
  const error = judge('dns', lookup, host)
  if (error !== null) throw error
  return localhost.isName(host) ? localhost.addresses(4)[0] : host
}

/** A report asks for the names of the peers of open connections, unless told not to. */
function keepReportsLocal(report) {
  const { get, set, ...rest } = Object.getOwnPropertyDescriptor(report, 'excludeNetwork')
  const exclude = () => set.call(report, true)
  Object.defineProperty(report, 'excludeNetwork', {
    ...rest,
    get,
    set(value) {
      set.call(report, value)
      if (networkBlocked() && !binding.guardAudits()) exclude()
    },
  })
  exclude()
  atFlip(exclude)
}

module.exports = { hold }
