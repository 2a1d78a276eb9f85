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

/** What is wrong with most strings that look like the right URL. */
const IN_A_URL =
  'in a URL, @ : / ? # of the user and the password percent-encoded, a port from 1 to 65535, and parameters with values that are known'

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

/** A key of JSON answers, where one that looks like a number would come first, and a label of metrics. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/

function readOptions(given) {
  const options = objectOption('options', given)
  refuseUnknownKeys('options', options, KEYS)
  const timeoutMs = milliseconds('timeoutMs', options.timeoutMs, DEFAULTS.timeoutMs)
  const caFile = stringOption('caFile', options.caFile, process.env.NODE_EXTRA_CA_CERTS || undefined)
  const dependencies = DEPENDENCIES.map((dependency) =>
    readDependency(dependency, options[dependency.name], { timeoutMs, caFile }),
  )
  return {
    checks: [...dependencies.filter(Boolean), ...readChecks(options.checks, timeoutMs)],
    cacheMs: integerOption('cacheMs', options.cacheMs, {
      min: 0,
      max: MAX_MS,
      byDefault: DEFAULTS.cacheMs,
    }),
    caFile,
    service: stringOption('service', options.service, DEFAULTS.service),
    version: stringOption('version', options.version, programVersion()),
  }
}

function milliseconds(option, value, byDefault) {
  return integerOption(option, value, { min: 1, max: MAX_MS, byDefault })
}

function readDependency({ name, variable, expected }, value, { timeoutMs, caFile }) {
  const check = { name, dependency: name, critical: true, timeoutMs }
  if (value === false) return undefined
  if (value === undefined) return { ...check, variable, url: process.env[variable] }
  if (typeof value === 'string') {
    if (!binding.isUsableUrl(name, value, caFile)) {
      throw typeError(name, `${expected} (${IN_A_URL})`, value)
    }
    return { ...check, url: value }
  }
  if (name === 'db' && typeof value?.query === 'function') {
    return { ...check, url: destination(value), run: oneAtATime(() => value.query('SELECT 1')) }
  }
  throw typeError(name, expected, value)
}

/**
 * A query that waits in a pool can't be taken back: the next run waits for the one that is there.
 * One that has waited this long may be on a connection that is dead, and another is tried.
 */
const STALE_MS = 15_000
const MOST_QUERIES = 2

function oneAtATime(start) {
  const queries = []
  return () => {
    const newest = queries.at(-1)
    const isStale = newest !== undefined && performance.now() - newest.since > STALE_MS
    if (newest !== undefined && !(isStale && queries.length < MOST_QUERIES)) return newest.answered
    const query = { since: performance.now() }
    query.answered = Promise.resolve(start()).finally(() => queries.splice(queries.indexOf(query), 1))
    queries.push(query)
    return query.answered
  }
}

/**
 * Where a `pg` Pool connects to, as a URL without credentials; nothing unless its options name one
 * host, as `pg` itself reads them. What it would take from its own environment is not looked at.
 */
function destination({ options }) {
  if (typeof options !== 'object' || options === null) return undefined
  const { host, port } =
    typeof options.connectionString === 'string' ? inUrl(options.connectionString) : options
  if (typeof host !== 'string' || host === '' || host.includes(',')) return undefined
  const query = new URLSearchParams({ host, port: String(port || process.env.PGPORT || 5432) })
  return `postgres://pool@/?${query}`
}

/** `pg` lets a parameter go before the place where a URL has its host, and the last of several. */
function inUrl(text) {
  try {
    const { hostname, port, searchParams } = new URL(text)
    const host = decodeURIComponent(hostname).replace(/^\[(.*)\]$/, '$1')
    const last = (name) => searchParams.getAll(name).at(-1)
    return { host: last('host') || host, port: last('port') || port }
  } catch {
    // What is no URL, or holds a broken escape, does not say where it leads.
    return {}
  }
}

function readChecks(given, timeoutMs) {
  return Object.entries(objectOption('checks', given)).map(([name, value]) => {
    if (!NAME.test(name) || DEPENDENCIES.some((dependency) => dependency.name === name)) {
      throw typeError(
        'checks',
        'names of a letter and up to 63 letters, digits, dots, hyphens and underscores, other than db, redis and worker',
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
