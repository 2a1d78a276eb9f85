'use strict'

const { isMainThread } = require('node:worker_threads')
const binding = require('./binding.js')
const { integerOption, objectOption, refuseUnknownKeys, typeError } = require('./config-error.js')
const { onTurn } = require('./event-loop.js')
const { currentMode } = require('./mode.js')
const { environmentHost, environmentPort, MAX_PORT, readHost } = require('./probe-address.js')
const { followGuard } = require('./probe-guard.js')
const { createReadiness, internals } = require('./readiness.js')

const KEYS = ['port', 'host', 'readiness', 'maxLoopLagMs']
const DAY_MS = 86_400_000

/** What the system's codes mean here. */
const REASONS = {
  EADDRINUSE: 'the port is taken; choose another by `port` or PROBE_PORT',
  EADDRNOTAVAIL: 'the host is no address of this machine; choose another by `host` or PROBE_HOST',
  EMFILE: 'the process has as many files and sockets open as it may; raise its limit (ulimit -n), or find what does not close them',
  EAGAIN: 'the process has as many threads as it may',
  ENFILE: 'the system has as many files and sockets open as it may',
  EACCES: 'the port may not be listened on by this user; choose one above 1023 by `port` or PROBE_PORT',
}

/** Servers that listen, and what they ask: they live until they are closed, whoever keeps them. */
const listening = new Set()

async function startProbeServer(options) {
  const { port, host, maxLoopLagMs, given } = readOptions(options)
  // The mode of this moment, which a change of the environment may have made.
  currentMode()
  const readiness = given ?? createReadiness()
  const { native, prepare, service, version } = internals.get(readiness)
  const entry = { server: undefined, readiness }
  const stops = []
  try {
    entry.server = listen({ host, port, maxLoopLagMs, service, version }, native)
    listening.add(entry)
    // The environment is read on its own thread: at each turn of the loop, for the probes to come.
    if (isMainThread) {
      stops.push(onTurn(prepare))
      stops.push(followGuard())
    }
  } catch (error) {
    await end()
    throw error
  }
  let closed
  return Object.freeze({
    port: entry.server.port,
    close() {
      closed ??= end()
      return closed
    },
  })

  async function end() {
    for (const stop of stops) stop()
    await entry.server?.close()
    listening.delete(entry)
    if (given === undefined) await readiness.close()
  }
}

function listen(options, native) {
  const server = binding.startProbeServer(options, native)
  if (server instanceof binding.NativeProbeServer) return server
  throw listenError(server.code)
}

function readOptions(given) {
  const options = objectOption('options', given)
  refuseUnknownKeys('options', options, KEYS)
  if (options.readiness !== undefined && !internals.has(options.readiness)) {
    throw typeError('readiness', 'what createReadiness returned', options.readiness)
  }
  return {
    port: options.port === undefined ? environmentPort() : integerOption('port', options.port, { min: 0, max: MAX_PORT }),
    host: options.host === undefined ? environmentHost() : readHost('host', options.host),
    maxLoopLagMs: integerOption('maxLoopLagMs', options.maxLoopLagMs, { min: 100, max: DAY_MS, byDefault: 10_000 }),
    given: options.readiness,
  }
}

function listenError(systemCode) {
  const code = systemCode ?? 'RF_PROBE_LISTEN'
  const error = new Error(`startProbeServer: cannot listen: ${REASONS[code] ?? 'the system refused it'} (${code})`)
  return Object.assign(error, { code, syscall: 'listen' })
}

module.exports = { startProbeServer }
