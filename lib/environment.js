'use strict'

const { isMainThread } = require('node:worker_threads')
const binding = require('./binding.js')
// Before the first line: attaching may have something to say.
require('./log-settings.js')

const INPUTS = [
  'ROS_MODE',
  'GOVERNANCE_MODE',
  'NO_NETWORK',
  'MOCK_ONLY',
  'ALLOW_UPLOADS',
  'STRICT_PHI_ON_UPLOAD',
  'EGRESS_ALLOW',
]
const HANDED_OVER = [...INPUTS, 'ROS_MODE_FILE', 'EGRESS_ALLOW_CHILDREN']

/** For a variable that cannot be read: no word of the mode, no entry of a list and no file. */
const CLOSES = '?'

/**
 * Node changes the environment of the process with this object, and the addon reads that. Where it is
 * another one, as in Bun, in a test runner and after `process.env = { … }`, the variables are handed
 * over.
 */
const ofProcess = process.env
let handsOver = isMainThread && !changesEnvironment(ofProcess)

binding.attach(isMainThread && !handsOver)
lookAtEnvironment()

/** Nothing that an object shows tells whether the process's environment is behind it, so it is tried. */
function changesEnvironment(env) {
  const trial = 'RF_ENVIRONMENT_TRIAL'
  try {
    env[trial] = '1'
    return binding.environmentHas(trial)
  } catch {
    return false
  } finally {
    // Of one that takes nothing there is nothing to take back either.
    Reflect.deleteProperty(Object(env), trial)
  }
}

/** To be called before the addon is asked for what the mode decides. */
function lookAtEnvironment() {
  if (!handsOver) {
    if (process.env === ofProcess || !isMainThread) return
    handsOver = true
  }
  binding.adoptEnvironment(Object.fromEntries(HANDED_OVER.map((name) => [name, valueOf(name)])))
}

/** Never throws: an event loop that turns calls this as well. */
function valueOf(name) {
  try {
    const value = process.env?.[name]
    return value === undefined ? '' : String(value)
  } catch {
    return CLOSES
  }
}

/** Whether the network is blocked, by the environment of this moment. */
function networkBlocked() {
  lookAtEnvironment()
  return binding.networkBlocked()
}

module.exports = { INPUTS, lookAtEnvironment, networkBlocked }
