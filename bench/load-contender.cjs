'use strict'

/**
 * One contender of `load.mjs`, in a process of its own: `node load-contender.cjs nothing|core|peer`.
 * Prints what the import took, in ms and in ms of CPU, and the resident memory after it, in MB.
 */

const contenders = {
  nothing() {},
  core() {
    require('..')
  },
  peer() {
    require('pino')
    require('prom-client')
    require('pg')
    require('ioredis')
  },
}

const load = contenders[process.argv[2]]
const [begun, cpu] = [process.hrtime.bigint(), process.cpuUsage()]
load()
const took = Number(process.hrtime.bigint() - begun) / 1e6
const { user, system } = process.cpuUsage(cpu)
console.log(JSON.stringify([took, (user + system) / 1e3, process.memoryUsage.rss() / 1e6]))
