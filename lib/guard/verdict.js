'use strict'

/**
 * What every held way asks: may this leave? In an open mode the answer is one native call.
 */

const binding = require('../binding.js')
const { networkBlocked } = require('../environment.js')
const log = require('./log.js')
const { count, refusal } = require('./refusal.js')

/** The ways that were judged while a trial runs, or null. */
let trial = null

const logged = new Set()

/** The error to refuse `way` with, or null where `decide(...subject)` admits it. */
function judge(way, decide, ...subject) {
  if (trial !== null) {
    trial.add(way)
    return refusal(way, 'standby_mode')
  }
  if (!networkBlocked()) return null
  const reason = decide(...subject)
  if (!reason) return null
  count(way, reason)
  if (!binding.guardAudits()) return refusal(way, reason)
  logOnce(way, reason)
  return null
}

/** Whether an open connection may stay. It is no new call, so it is not counted. */
function mayStay(way, address, port) {
  const reason = destination(address, port)
  if (!reason) return true
  if (!binding.guardAudits()) return false
  logOnce(`open ${way}`, reason)
  return true
}

function logOnce(way, reason) {
  const key = `${way} ${reason}`
  if (logged.has(key)) return
  logged.add(key)
  log.warn('the egress guard would refuse this; it only audits', { way, reason })
}

/**
 * Runs `attempt` as if the mode were blocked and nothing listed, and gives the ways that asked.
 * Nothing is counted, and whatever asks is refused. `attempt` is synchronous.
 */
function tryOut(attempt) {
  const asked = new Set()
  trial = asked
  try {
    attempt()
  } finally {
    trial = null
  }
  return asked
}

// The system cuts a port to 16 bits; so does the judgement.
const destination = (address, port) => binding.decideEgress(`${address}`, port & 0xffff)
const lookup = (host) => binding.decideLookup(`${host}`)
const query = (name) => binding.decideQuery(`${name}`)
const reverse = (address) => binding.decideReverse(`${address}`)
const program = (file) => binding.decideChild(`${file}`, file === process.execPath)

module.exports = { destination, judge, lookup, mayStay, program, query, reverse, tryOut }
