'use strict'

const { get } = require('node:http')
const { isIPv6 } = require('node:net')
const { networkInterfaces } = require('node:os')
const { failureOf } = require('../failure-code.js')
const { environmentHost, environmentPort } = require('../probe-address.js')
const { checkOnce } = require('../readiness.js')

const MAX_MS = 600_000
const LOCAL = new Set(['127.0.0.1', '[::1]', 'localhost'])
const MAX_BYTES = 1 << 20

/** What stands for all addresses, and one of them. */
const ON_ALL = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** What a status means for the eye. */
const STATES = { ready: 'good', standby: 'warn', not_ready: 'bad', draining: 'warn' }

async function run({ json, url, timeout }, output, UsageError) {
  const timeoutMs = readTimeout(timeout, UsageError)
  return url === undefined ? checkServices({ json, timeoutMs }, output) : askProcess({ json, url: readUrl(url, UsageError), timeoutMs }, output)
}

async function checkServices({ json, timeoutMs }, output) {
  const report = await output.spinner('asking the services', checkOnce({ timeoutMs }))
  const isWell = report.status === 'ready' || report.status === 'standby'
  if (json) output.line(JSON.stringify(report))
  else show(report, output)
  return isWell
}

function show({ status, checks, details, mode }, output) {
  output.line(`${output.sign(STATES[status])} ${output.paint('bold', status)}, mode ${mode.ros_mode}`)
  const outcomes = Object.entries(checks)
  const widest = (texts) => Math.max(...texts.map((text) => text.length))
  const [names, words] = [widest(Object.keys(checks)), widest(Object.values(checks))]
  for (const [name, outcome] of outcomes) {
    const { latencyMs } = details[name]
    const took = latencyMs === null ? '' : output.paint('dim', `${latencyMs.toFixed(1)} ms`)
    output.line(`  ${output.sign(stateOf(outcome))} ${name.padEnd(names)}  ${outcome.padEnd(words)}  ${took}`.trimEnd())
  }
}

function stateOf(outcome) {
  if (outcome === 'ok') return 'good'
  return outcome === 'blocked' ? 'idle' : 'bad'
}

async function askProcess({ json, url, timeoutMs }, output) {
  const { status, body, failure } = await answerOf(url, timeoutMs)
  if (status === undefined) {
    output.line(json ? JSON.stringify({ failure }) : `${output.sign('bad')} no answer: ${failure}`)
    return false
  }
  const isWell = status === 200
  output.line(json ? body : `${output.sign(isWell ? 'good' : 'bad')} ${status} ${body}`.trimEnd())
  return isWell
}

/** The whole answer within the time; what went wrong is said by its code. */
function answerOf(url, timeoutMs) {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const fail = (error) => resolve({ failure: signal.aborted ? 'timeout' : failureOf(error).code })
    const request = get(url, { agent: false, signal }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        body += chunk
        if (body.length > MAX_BYTES) request.destroy(new Error('too long'))
      })
      response.on('end', () => resolve({ status: response.statusCode, body: body.trimEnd() }))
      response.on('error', fail)
    })
    request.on('error', fail)
  })
}

/** Nothing but this machine: what is farther away is not for a health check to decide. */
function readUrl(text, UsageError) {
  if (text.startsWith('/')) return urlOfProbes(text, UsageError)
  if (URL.canParse(text)) {
    const url = new URL(text)
    if (url.protocol === 'http:' && LOCAL.has(url.hostname) && url.username === '' && url.password === '') return url
  }
  throw new UsageError('--url: expected a path, or an http:// URL of 127.0.0.1, [::1] or localhost, but found something else')
}

/** A path of the probe server that has this environment. */
function urlOfProbes(path, UsageError) {
  const [host, port] = [hostOfProbes(UsageError), environmentPort()]
  if (port === 0) throw new UsageError('PROBE_PORT: expected the port that the process listens on, but found 0, which is any free one')
  // Put together and not resolved: `//host/` would name another one.
  return new URL(`http://${isIPv6(host) ? `[${host}]` : host}:${port}${path}`)
}

function hostOfProbes(UsageError) {
  const host = canonical(environmentHost())
  // A server on all addresses is on this one too.
  if (host in ON_ALL) return ON_ALL[host]
  const own = Object.values(networkInterfaces()).flat()
  if (!host.startsWith('127.') && !own.some(({ address }) => address === host)) {
    throw new UsageError('PROBE_HOST: expected an address of this machine, but found another')
  }
  return host
}

/** An address of IPv6 can be written in many ways; the system lists it in this one. */
function canonical(host) {
  return isIPv6(host) ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host
}

function readTimeout(text, UsageError) {
  if (text === undefined) return 2_000
  const value = Number(text)
  if (!/^\d{1,6}$/.test(text) || value < 1 || value > MAX_MS) {
    throw new UsageError(`--timeout: expected milliseconds from 1 to ${MAX_MS}, but found something else`)
  }
  return value
}

module.exports = { run }
