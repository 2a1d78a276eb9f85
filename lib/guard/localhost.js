'use strict'

/**
 * The names of this machine for itself, answered without asking anybody (RFC 6761, 6.3): a hosts
 * file may lack them, and then the system asks the name server.
 */

const dns = require('node:dns')
const { readFileSync } = require('node:fs')
const binding = require('../binding.js')
const { networkBlocked } = require('../environment.js')

const NAME = 'localhost'
const IPV4 = '127.0.0.1'
const IPV6 = '::1'
/** As the binding numbers it, from Node.js 22. */
const IPV6_FIRST = 2

/** Whether the guard answers by itself now: in an open mode, and in an audit, the system does. */
function answers() {
  return networkBlocked() && !binding.guardAudits()
}

function isName(host) {
  return answers() && binding.isLocalhost(`${host}`)
}

function isAddress(address) {
  return answers() && binding.isLoopback(`${address}`)
}

/** The addresses of `localhost`, of one family or, with 0, of both. */
function addresses(family, order) {
  if (family === 4) return [IPV4]
  if (family === 6) return [IPV6]
  const ipv6First = order === IPV6_FIRST || dns.getDefaultResultOrder() === 'ipv6first'
  return ipv6First ? [IPV6, IPV4] : [IPV4, IPV6]
}

/** What `dns.lookupService` says of a port: its name where the system has one. */
function service(port) {
  try {
    const known = readFileSync('/etc/services', 'latin1').matchAll(/^([^\s#]+)\s+(\d+)\/tcp\b/gm)
    for (const [, name, number] of known) {
      if (Number(number) === port) return name
    }
  } catch {
    // A system without such a list says the number.
  }
  return `${port}`
}

module.exports = { NAME, addresses, isAddress, isName, service }
