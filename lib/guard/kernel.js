'use strict'

const binding = require('../binding.js')
const { currentMode } = require('../mode.js')

/**
 * The kernel level of the guard. It is put in force at once in a blocked mode, and otherwise at the
 * moment that the mode comes to block the network, on a native thread. It is never taken back.
 */

/** Puts it in force or arms it, and says which; throws where it cannot be had. */
function install() {
  // As the environment is now, not as it was at the last call.
  currentMode()
  return reported(binding.engageKernelGuard())
}

/** How far it is. After a flip it says what was put in force; throws when that failed. */
function report() {
  return reported(binding.kernelGuard())
}

function reported({ error, state, ...rest }) {
  if (state === 'failed') {
    throw Object.assign(new Error(error), { code: 'RF_GUARD_UNAVAILABLE' })
  }
  return { state, ...rest }
}

module.exports = { install, report }
