/** `make bench`: every comparison, side by side in one run. Prints Markdown. */
import { cpus, totalmem } from 'node:os'
import { guard } from './guard.mjs'
import { logger } from './logger.mjs'
import { probe } from './probe.mjs'
import { readinessOfFastServers, readinessOfTheStack } from './readiness.mjs'
import { render } from './table.mjs'
import { telemetry } from './telemetry.mjs'

const [cpu] = cpus()
const memory = Math.round(totalmem() / 2 ** 30)
console.log(`Node ${process.versions.node} on ${process.platform} ${process.arch}, ${cpus().length} x ${cpu.model.trim()}, ${memory} GiB\n`)
for (const comparison of [readinessOfTheStack, readinessOfFastServers, telemetry, guard, logger, probe]) console.log(render(await comparison()))
process.exit()
