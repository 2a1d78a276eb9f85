'use strict'

const binding = require('./binding.js')
const {
  booleanOption,
  objectOption,
  refuseUnknownKeys,
  stringOption,
  typeError,
} = require('./config-error.js')
const { currentMode } = require('./mode.js')
const { createReadiness, internals } = require('./readiness.js')
const { getTelemetry } = require('./telemetry.js')

const HEALTH = new Set(['/health', '/api/health'])
const READY = new Set(['/health/ready', '/api/health/ready'])
const METRICS = '/api/metrics'

const JSON_TYPE = 'application/json; charset=utf-8'

function healthRoutes(options) {
  const { readiness: given, details, ...rest } = objectOption('options', options)
  const withDetails = booleanOption('details', details, false)
  const readiness = internals.get(given === undefined ? createReadiness(rest) : given)
  if (readiness === undefined) {
    throw typeError('readiness', 'what createReadiness returned', given)
  }
  // The checks of a readiness that was made elsewhere are made; its names may be told here.
  if (given !== undefined) refuseUnknownKeys('options', rest, ['service', 'version'])
  const service = stringOption('service', rest.service, readiness.service)
  const version = stringOption('version', rest.version, readiness.version)

  return function health(request, response, next) {
    const path = request.url.split('?', 1)[0]
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (HEALTH.has(path) && reads) {
      // The answer tells the mode, and a change of the environment counts from now on.
      currentMode()
      return send(request, response, 200, binding.healthAnswer(service, version))
    }
    if (READY.has(path) && reads) {
      return ready(request, response, readiness, withDetails, next)
    }
    if (path === METRICS && reads) {
      return metrics(request, response, version)
    }
    if (typeof next === 'function') return next()
    return refuse(request, response, HEALTH.has(path) || READY.has(path) || path === METRICS)
  }
}

async function ready(request, response, readiness, details, next) {
  let answer
  try {
    answer = await readiness.answer(details)
  } catch (error) {
    if (typeof next === 'function') return next(error)
    answer = { status: 503, body: '{"status":"not_ready"}' }
  }
  send(request, response, answer.status, answer.body)
}

function metrics(request, response, version) {
  if (response.headersSent) return
  response.setHeader('Vary', 'Accept')
  const format = binding.metricsFormat(request.url, request.headers.accept)
  if (typeof format !== 'string') return send(request, response, 400, binding.unknownMetricsFormat())
  if (format === 'json') {
    currentMode()
    // The version of the routes, so that they agree among themselves.
    return send(request, response, 200, binding.telemetryReport(version))
  }
  const page = getTelemetry().toPrometheus(format === 'openmetrics' ? 'openmetrics' : 'text')
  send(request, response, 200, page.body, page.contentType)
}

function refuse(request, response, known) {
  if (!known) return send(request, response, 404, '{"error":"not found"}')
  if (response.headersSent) return
  response.setHeader('Allow', 'GET, HEAD')
  send(request, response, 405, '{"error":"method not allowed"}')
}

function send(request, response, status, body, contentType = JSON_TYPE) {
  // A time limit of the server's own may have answered meanwhile.
  if (response.headersSent || response.writableEnded) return
  response.statusCode = status
  response.setHeader('Content-Type', contentType)
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Content-Length', Buffer.byteLength(body))
  response.end(request.method === 'HEAD' ? undefined : body)
}

module.exports = { healthRoutes }
