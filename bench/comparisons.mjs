/** All that `make bench` compares, in the order of docs/performance.md. */
import { guard } from './guard.mjs'
import { load } from './load.mjs'
import { logger } from './logger.mjs'
import { probeOfRedis, probeOfTheStack } from './probe.mjs'
import { readinessOfFastServers, readinessOfTheStack } from './readiness.mjs'
import { telemetry } from './telemetry.mjs'

export const comparisons = [readinessOfTheStack, readinessOfFastServers, telemetry, guard, logger, probeOfTheStack, probeOfRedis, load]
