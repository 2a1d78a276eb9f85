'use strict'

/** The one place where a refusal is made and counted. */

const { ExternalCallBlockedError } = require('../egress-gate.js')
const { getTelemetry } = require('../telemetry.js')

const telemetry = getTelemetry()

/** The error that the caller of a refused `way` gets. It says the way and never the destination. */
function refusal(way, reason) {
  return new ExternalCallBlockedError(reason, way)
}

/** Counts one refused call. A call that an audit lets through counts too. */
function count(way, reason) {
  telemetry.recordBlockedCall(reason, way)
}

/** What the process has counted, by `reason=R,provider=P`. */
function counted() {
  return telemetry.getSnapshot().external_calls_blocked_total
}

module.exports = { count, counted, refusal }
