'use strict'

/**
 * The one place where a refusal is made and counted.
 */

const WHY = Object.freeze({
  standby_mode: 'the mode is STANDBY',
  no_network: 'NO_NETWORK is set',
  mock_only: 'MOCK_ONLY is set',
  mode_unset: 'no mode is set, and ROS_MODE or GOVERNANCE_MODE has to open the network',
})

class ExternalCallBlockedError extends Error {
  constructor(reason, provider) {
    super(`the call to ${provider} is blocked: ${WHY[reason] ?? reason}`)
    this.name = 'ExternalCallBlockedError'
    this.code = 'RF_EGRESS_BLOCKED'
    this.reason = reason
    this.provider = provider
  }
}

const counts = new Map()

/** The error that the caller of a refused `way` gets. It says the way and never the destination. */
function refusal(way, reason) {
  return new ExternalCallBlockedError(reason, way)
}

/** Counts one refused call. A call that an audit lets through counts too. */
function count(way, reason) {
  const key = `reason=${reason},provider=${way}`
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** What this thread has counted, by `reason=R,provider=P`. */
function counted() {
  return Object.fromEntries(counts)
}

module.exports = { count, counted, refusal }
