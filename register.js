'use strict'

/**
 * `node --import @researchflow/core/register app.js`, or an import at the top of the program:
 * installs the egress guard. `EGRESS_ENFORCE=process|kernel` says the level and `EGRESS_AUDIT=1`
 * that it only counts.
 */

const { installEgressGuard } = require('./lib/guard/index.js')

const YES = ['1', 'true', 't', 'yes', 'y', 'on']

installEgressGuard({
  enforce: process.env.EGRESS_ENFORCE || 'process',
  // Auditing lets calls through: only a clear yes switches it on.
  audit: YES.includes((process.env.EGRESS_AUDIT ?? '').toLowerCase()),
})
