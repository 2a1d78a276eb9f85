'use strict'

/** One line of JSON on standard error. No destination and no argument of a call is ever in it. */
function log(level, message, context) {
  const line = { timestamp: new Date().toISOString(), level, message, module: 'egress-guard', context }
  process.stderr.write(`${JSON.stringify(line)}\n`)
}

module.exports = { log }
