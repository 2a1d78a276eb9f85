'use strict'

/**
 * `node --import @researchflow/core/register app.js`, or an import at the top of the program:
 * installs the egress guard. `EGRESS_ENFORCE=process|kernel` says the level and `EGRESS_AUDIT=1`
 * that it only counts.
 */

const { isMainThread } = require('node:worker_threads')
const { typeError } = require('./lib/config-error.js')
const { installEgressGuard } = require('./lib/guard/index.js')
const log = require('./lib/guard/log.js')

const LEVELS = ['process', 'kernel']
const YES = ['1', 'true', 't', 'yes', 'y', 'on']
const NO = ['', '0', 'false', 'f', 'no', 'n', 'off']

installEgressGuard({ enforce: levelOf(process.env.EGRESS_ENFORCE), audit: isAudit(process.env.EGRESS_AUDIT) })

function levelOf(text) {
  if (!text) return 'process'
  if (!LEVELS.includes(text)) throw typeError('EGRESS_ENFORCE', "'process' or 'kernel'", text)
  return text
}

/** Auditing lets calls through: only a clear yes switches it on. */
function isAudit(text = '') {
  const word = text.toLowerCase()
  if (YES.includes(word)) return true
  if (!NO.includes(word) && isMainThread) {
    log.warn(`EGRESS_AUDIT: expected one of ${YES.join(', ')} to audit; the guard refuses`)
  }
  return false
}
