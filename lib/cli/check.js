'use strict'

const { get } = require('node:http')
const { failureOf } = require('../failure-code.js')
const { checkOnce } = require('../readiness.js')

const MAX_MS = 600_000
const LOCAL = new Set(['127.0.0.1', '[::1]', 'localhost'])
const MAX_BYTES = 1 << 20

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
  const port = /^\d{1,5}$/.test(process.env.PROBE_PORT ?? '') ? process.env.PROBE_PORT : '9464'
  const full = text.startsWith('/') ? `http://127.0.0.1:${port}${text}` : text
  if (URL.canParse(full)) {
    const url = new URL(full)
    if (url.protocol === 'http:' && LOCAL.has(url.hostname) && url.username === '' && url.password === '') return url
  }
  throw new UsageError('--url: expected a path, or an http:// URL of 127.0.0.1, [::1] or localhost, but found something else')
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
