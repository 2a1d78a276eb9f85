'use strict'

const binding = require('./binding.js')
const { onTurn } = require('./event-loop.js')
const { installEgressGuard } = require('./guard/index.js')
const { onModeChange } = require('./mode.js')

/** Where the guard leaves word that it is installed. */
const INSTALLED = Symbol.for('researchflow.egress-guard')

/**
 * Keeps the status page told of what the egress guard holds: when it is installed, and after each
 * change of the mode, which may bring its kernel level.
 */
function followGuard() {
  let isTold = false
  const tell = () => {
    // Without options it changes nothing, and reports what holds.
    const { level, gaps } = installEgressGuard()
    binding.tellGuardReport(level, binding.guardAudits(), gaps)
  }
  const look = () => {
    if (isTold || globalThis[INSTALLED] === undefined) return
    isTold = true
    tell()
  }
  look()
  const stops = [onTurn(look), onModeChange(() => isTold && tell())]
  return () => {
    for (const stop of stops) stop()
  }
}

module.exports = { followGuard }
