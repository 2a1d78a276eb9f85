'use strict'

/**
 * `node --import @researchflow/core/register app.js`, or an import at the top of the program:
 * installs the egress guard. `EGRESS_ENFORCE=process|kernel` says the level and `EGRESS_AUDIT=1`
 * that it only counts.
 */

const { isMainThread } = require('node:worker_threads')
const { environmentAudit, environmentLevel } = require('./lib/egress-settings.js')
const { installEgressGuard } = require('./lib/guard/index.js')
const log = require('./lib/guard/log.js')

const { audit, problem } = environmentAudit()
if (problem !== undefined && isMainThread) log.warn(`EGRESS_AUDIT: ${problem}; the guard refuses`)

installEgressGuard({ enforce: environmentLevel(), audit })
