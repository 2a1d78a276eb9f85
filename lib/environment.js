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

/**
 * Node changes the environment of the process with this object, and the addon reads that. With another
 * object in its place it does not, and Bun keeps a copy of its own: then the variables are handed over.
 */
const ofProcess = process.env
let handsOver = isMainThread && process.versions.bun !== undefined

binding.attach(isMainThread && !handsOver)
lookAtEnvironment()

/** To be called before the addon is asked for what the mode decides. */
function lookAtEnvironment() {
  if (!handsOver) {
    if (process.env === ofProcess || !isMainThread) return
    handsOver = true
  }
  const env = process.env ?? {}
  const set = HANDED_OVER.filter((name) => env[name] !== undefined)
  binding.adoptEnvironment(Object.fromEntries(set.map((name) => [name, String(env[name])])))
}

module.exports = { INPUTS, lookAtEnvironment }
