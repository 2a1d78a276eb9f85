'use strict'

const { isMainThread } = require('node:worker_threads')
const binding = require('./binding.js')
const { lookAtEnvironment } = require('./environment.js')

/**
 * Lets the event loop be watched from outside: a native thread asks it to turn, ten times a second
 * while somebody wants to know, and what is registered here runs at each turn.
 */

/** What JavaScript changed in its environment counts for those who ask from outside. */
const followers = new Set([lookAtEnvironment])

if (isMainThread) {
  binding.followEventLoop(() => {
    for (const follow of followers) follow()
  })
}

/** Calls `follow` at each turn that is asked for; it costs little, and never throws. */
function onTurn(follow) {
  followers.add(follow)
  return () => {
    followers.delete(follow)
  }
}

module.exports = { onTurn }
