'use strict'

const binding = require('./binding.js')
const { currentMode } = require('./mode.js')
const { readOptions } = require('./readiness-options.js')
const { failureOf } = require('./failure-code.js')

/** What a thread of ours tells this one, by its number: to begin a run, or that nobody waits for it. */
const BEGIN = 0
const ABORT = 1

/** What stays behind the public face, for `health-routes.js` and `probe-server.js`. */
const internals = new WeakMap()

function createReadiness(options) {
  const { checks, cacheMs, caFile, service, version } = readOptions(options)
  const running = new Map()

  // The addon holds this function for as long as the readiness lives: it must not hold that back.
  let nativeRef

  function tell(order, index, run) {
    if (order === ABORT) {
      running.get(run)?.abort(new DOMException('the result is not waited for any more', 'AbortError'))
      running.delete(run)
    }
    if (order !== BEGIN) return
    const controller = new AbortController()
    running.set(run, controller)
    perform(checks[index].run, controller.signal).then((failure) => {
      running.delete(run)
      nativeRef.deref()?.settle(run, failure?.code, failure?.cause)
    })
  }

  const native = new binding.NativeReadiness(
    checks.map(({ name, critical, timeoutMs, dependency, url, run }) => ({
      name,
      critical,
      timeoutMs,
      dependency,
      url,
      inJs: run !== undefined,
    })),
    cacheMs,
    caFile,
    tell,
  )
  nativeRef = new WeakRef(native)

  const followed = checks
    .filter((check) => check.variable !== undefined)
    .map(({ name, variable, url }) => ({ name, variable, url }))

  /** Takes the environment of this moment: the mode, and URLs that were changed in their place. */
  function prepare() {
    currentMode()
    for (const check of followed) {
      const url = process.env[check.variable]
      if (url !== check.url) {
        check.url = url
        native.setUrl(check.name, url)
      }
    }
  }

  const readiness = Object.freeze({
    async check() {
      prepare()
      return JSON.parse(await native.check())
    },
    drain() {
      native.drain()
    },
    close() {
      return native.close()
    },
  })
  internals.set(readiness, {
    native,
    prepare,
    service,
    version,
    answer(details) {
      prepare()
      return native.answer(details)
    },
  })
  return readiness
}

/** Runs a check of the program's own; the result is a failure, or nothing when all is well. */
async function perform(run, signal) {
  try {
    return (await run(signal)) === false ? { code: 'error', cause: 'the check said false' } : undefined
  } catch (error) {
    return failureOf(error)
  }
}

async function checkOnce(options) {
  const readiness = createReadiness(options)
  try {
    return await readiness.check()
  } finally {
    await readiness.close()
  }
}

module.exports = { checkOnce, createReadiness, internals }
