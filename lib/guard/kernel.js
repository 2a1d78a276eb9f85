'use strict'

const binding = require('../binding.js')
const { currentMode } = require('../mode.js')

/**
 * The kernel level of the guard. It is put in force at once in a blocked mode, and otherwise at the
 * moment that the mode comes to block the network, on a native thread. It is never taken back.
 */

const REFUSED = ' refused'

const ARMED =
  'the kernel level is armed: that it can be had was tried; it comes at the moment that the mode blocks the network'

/** Puts it in force or arms it, and says what holds; throws where it cannot be had. */
function install() {
  // As the environment is now, not as it was at the last call.
  currentMode()
  const told = binding.engageKernelGuard()
  if (told.state === 'failed') throw unavailable(told)
  return reportOf(told)
}

/** What holds now, in the words of the guard's report; null where nobody asked for this level. */
function report() {
  const told = binding.kernelGuard()
  return told.state === 'off' ? null : reportOf(told)
}

/** Whether the kernel holds what this process starts. */
function held() {
  return state() === 'in_force'
}

/** `off`, `armed`, `in_force`, or `failed` where it was to come and did not. */
function state() {
  return binding.kernelGuard().state
}

function reportOf({ state, error, verified, gaps }) {
  switch (state) {
    case 'in_force':
      return { verified: verified.filter((tried) => tried.includes(REFUSED)).map(heldWay), gaps }
    case 'failed':
      return { verified: [], gaps: [`the kernel level is not in force: ${error}`] }
    default:
      return { verified: [], gaps: [ARMED] }
  }
}

function heldWay(tried) {
  return { way: `${tried.replace(REFUSED, '')}, by the kernel`, held: true }
}

function unavailable({ error }) {
  return Object.assign(new Error(error), { code: 'RF_GUARD_UNAVAILABLE' })
}

module.exports = { held, install, report, state }
