'use strict'

/** What the environment says of the guard: for `register`, which obeys, and for `doctor`, which looks. */

const { typeError } = require('./config-error.js')

const LEVELS = ['process', 'kernel']
const YES = ['1', 'true', 't', 'yes', 'y', 'on']
const NO = ['', '0', 'false', 'f', 'no', 'n', 'off']

/** The level of `EGRESS_ENFORCE`; throws where it names none. */
function environmentLevel() {
  const { EGRESS_ENFORCE: text } = process.env
  if (!text) return 'process'
  if (!LEVELS.includes(text)) throw typeError('EGRESS_ENFORCE', "'process' or 'kernel'", text)
  return text
}

/** Auditing lets calls through: only a clear yes of `EGRESS_AUDIT` switches it on. */
function environmentAudit() {
  const word = (process.env.EGRESS_AUDIT ?? '').toLowerCase()
  const audit = YES.includes(word)
  return { audit, problem: audit || NO.includes(word) ? undefined : `expected one of ${YES.join(', ')} to audit` }
}

module.exports = { environmentAudit, environmentLevel }
