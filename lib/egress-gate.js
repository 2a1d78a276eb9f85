'use strict'

const { currentMode } = require('./mode.js')
const { typeError } = require('./config-error.js')
const { getTelemetry, isCleanProvider, providerName, reasonNumber } = require('./telemetry.js')

const telemetry = getTelemetry()

const BLOCKED = {
  standby_mode:
    'the mode is STANDBY; to open it, set ROS_MODE to LIVE or DEMO, or the file that ROS_MODE_FILE names, and restart where STANDBY was entered for good',
  no_network: 'NO_NETWORK is on; to open it, unset NO_NETWORK or set it to false',
  mock_only: 'MOCK_ONLY is on; to open it, unset MOCK_ONLY or set it to false',
  mode_unset: 'no mode is set; to open it, set ROS_MODE to LIVE or DEMO',
  governance_mode: 'the governance policy of the program refuses it',
  phi_detected: 'PHI was detected in what was to be sent; to send it, remove the PHI',
}

const ALLOWED = Object.freeze({ allowed: true })
const REFUSED = new Map(
  Object.keys(BLOCKED).map((reason) => [reason, Object.freeze({ allowed: false, reason })]),
)

class ExternalCallBlockedError extends Error {
  constructor(reason, provider) {
    reasonNumber(reason)
    const named = providerName(provider)
    const clean = isCleanProvider(named)
    super(`external call${clean ? ` to ${named}` : ''} blocked: ${BLOCKED[reason]}`)
    this.name = 'ExternalCallBlockedError'
    this.code = 'RF_EGRESS_BLOCKED'
    this.reason = reason
    // Loggers write the fields of an error too, so what is no clean name is not one of them.
    this.provider = clean ? named : 'other'
  }
}

/** Asks and counts nothing: whoever acts on the answer counts what came of it. */
function checkExternalCall(_provider = 'unknown') {
  const { blockReason } = currentMode()
  return blockReason === null ? ALLOWED : REFUSED.get(blockReason)
}

async function gateExternalCall(provider, fn) {
  if (typeof fn !== 'function') throw typeError('fn', 'a function', fn)
  const { blockReason } = currentMode()
  if (blockReason !== null) {
    const named = providerName(provider)
    telemetry.recordBlockedCall(blockReason, named)
    throw new ExternalCallBlockedError(blockReason, named)
  }
  const begun = performance.now()
  let result
  try {
    result = await fn()
  } catch (error) {
    telemetry.recordExternalCall(provider, 'failure', secondsSince(begun))
    throw error
  }
  telemetry.recordExternalCall(provider, 'success', secondsSince(begun))
  return result
}

function secondsSince(begun) {
  return (performance.now() - begun) / 1000
}

module.exports = { ExternalCallBlockedError, checkExternalCall, gateExternalCall }
