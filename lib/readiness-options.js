'use strict'

const binding = require('./binding.js')
const {
  booleanOption,
  integerOption,
  objectOption,
  refuseUnknownKeys,
  stringOption,
  typeError,
} = require('./config-error.js')
const { programVersion } = require('./program-version.js')

const DEFAULTS = { timeoutMs: 2000, cacheMs: 1000, service: 'orchestrator' }
const MAX_MS = 600_000
const KEYS = [
  'db',
  'redis',
  'worker',
  'checks',
  'timeoutMs',
  'cacheMs',
  'caFile',
  'service',
  'version',
]
const CHECK_KEYS = ['run', 'critical', 'timeoutMs']

const DEPENDENCIES = [
  {
    name: 'db',
    variable: 'DATABASE_URL',
    expected: "a 'postgres://' URL with a user, an object with a query function, or false",
  },
  {
    name: 'redis',
    variable: 'REDIS_URL',
    expected: "a 'redis://', 'rediss://' or 'unix://' URL, or false",
  },
  {
    name: 'worker',
    variable: 'WORKER_CALLBACK_URL',
    expected: "an 'http://' or 'https://' URL, or false",
  },
]

/** A name is a key of JSON answers and a label of metrics. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/

function readOptions(given) {
  const options = objectOption('options', given)
  refuseUnknownKeys('options', options, KEYS)
  const timeoutMs = milliseconds('timeoutMs', options.timeoutMs, DEFAULTS.timeoutMs)
  const dependencies = DEPENDENCIES.map((dependency) =>
    readDependency(dependency, options[dependency.name], timeoutMs),
  )
  return {
    checks: [...dependencies.filter(Boolean), ...readChecks(options.checks, timeoutMs)],
    cacheMs: integerOption('cacheMs', options.cacheMs, {
      min: 0,
      max: MAX_MS,
      byDefault: DEFAULTS.cacheMs,
    }),
    caFile: stringOption('caFile', options.caFile, process.env.NODE_EXTRA_CA_CERTS || undefined),
    service: stringOption('service', options.service, DEFAULTS.service),
    version: stringOption('version', options.version, programVersion()),
  }
}

function milliseconds(option, value, byDefault) {
  return integerOption(option, value, { min: 1, max: MAX_MS, byDefault })
}

function readDependency({ name, variable, expected }, value, timeoutMs) {
  const check = { name, dependency: name, critical: true, timeoutMs }
  if (value === false) return undefined
  if (value === undefined) return { ...check, variable, url: process.env[variable] }
  if (typeof value === 'string') {
    if (!binding.isUsableUrl(name, value)) {
      throw typeError(name, expected, value)
    }
    return { ...check, url: value }
  }
  if (name === 'db' && typeof value?.query === 'function') {
    return { ...check, url: destination(value), run: oneAtATime(() => value.query('SELECT 1')) }
  }
  throw typeError(name, expected, value)
}

/** A query that waits in a pool can't be taken back: the next run waits for the one that is there. */
function oneAtATime(start) {
  let running
  return () => {
    running ??= Promise.resolve(start()).finally(() => {
      running = undefined
    })
    return running
  }
}

/** Where a `pg` Pool connects to, as a URL without credentials; nothing when it does not say. */
function destination({ options }) {
  if (typeof options !== 'object' || options === null) return undefined
  if (typeof options.connectionString === 'string') return options.connectionString
  const { host = 'localhost', port = 5432 } = options
  if (typeof host !== 'string') return undefined
  const query = new URLSearchParams({ host, port: String(port) })
  return `postgres://pool@/?${query}`
}

function readChecks(given, timeoutMs) {
  return Object.entries(objectOption('checks', given)).map(([name, value]) => {
    if (!NAME.test(name) || DEPENDENCIES.some((dependency) => dependency.name === name)) {
      throw typeError(
        'checks',
        'names of up to 64 letters, digits, dots, hyphens and underscores other than db, redis and worker',
        name,
      )
    }
    const option = `checks.${name}`
    if (typeof value === 'function') return { name, critical: true, timeoutMs, run: value }
    const check = objectOption(option, value)
    refuseUnknownKeys(option, check, CHECK_KEYS)
    if (typeof check.run !== 'function') throw typeError(`${option}.run`, 'a function', check.run)
    return {
      name,
      critical: booleanOption(`${option}.critical`, check.critical, true),
      timeoutMs: milliseconds(`${option}.timeoutMs`, check.timeoutMs, timeoutMs),
      run: check.run,
    }
  })
}

module.exports = { readOptions }
