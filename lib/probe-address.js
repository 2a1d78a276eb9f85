'use strict'

/** Where the probe server listens when its options do not say: PROBE_PORT and PROBE_HOST. */

const { isIP } = require('node:net')
const { rangeError, typeError } = require('./config-error.js')

const MAX_PORT = 65_535
const PORT = 9464
const LOOPBACK = '127.0.0.1'

/** An empty variable counts as one that is not set. */
function environmentPort() {
  const text = process.env.PROBE_PORT
  if (!text) return PORT
  if (!/^\d{1,5}$/.test(text) || Number(text) > MAX_PORT) {
    throw rangeError('PROBE_PORT', `an integer from 0 to ${MAX_PORT}`, text)
  }
  return Number(text)
}

function environmentHost() {
  return readHost('PROBE_HOST', process.env.PROBE_HOST || LOOPBACK)
}

/** A name would have to be looked up, and what it stands for may change. */
function readHost(option, host) {
  if (host === 'localhost') return LOOPBACK
  // A zone of IPv6 names an interface.
  if (typeof host !== 'string' || isIP(host) === 0 || host.includes('%')) {
    throw typeError(option, "an IP address, or 'localhost'", host)
  }
  return host
}

module.exports = { environmentHost, environmentPort, MAX_PORT, readHost }
