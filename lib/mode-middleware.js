'use strict'

const { AppMode, currentMode, getCurrentModeConfig } = require('./mode.js')

/** What may be read in STANDBY: these paths and what is below them. */
const STANDBY_PATHS = [
  '/status',
  '/health',
  '/api/status',
  '/api/health',
  '/api/config',
  '/api/governance/mode',
  '/api/governance/config',
]

const READS = new Set(['GET', 'HEAD'])

const ALLOWED_OPERATIONS = STANDBY_PATHS.map((path) => `GET ${path}`)

function enforceStandbyMode(request, response, next) {
  if (currentMode().mode !== AppMode.STANDBY) return next()
  if (READS.has(request.method) && isStandbyPath(fullPath(request))) return next()
  refuseInStandby(response, 'Only status and configuration may be read in STANDBY mode.')
}

/** What is not known to read is taken for a write. */
function isRead({ method }) {
  return READS.has(method) || method === 'OPTIONS'
}

function blockWritesInStandby(request, response, next) {
  if (currentMode().mode !== AppMode.STANDBY || isRead(request)) return next()
  send(response, 503, {
    error: 'Write operations blocked in STANDBY mode',
    mode: AppMode.STANDBY,
    message: 'Write operations are disabled while the system is in STANDBY mode.',
    blockedOperation: request.method,
  })
}

/** In DEMO the route is answered with a sample instead of a model's words. */
function blockAIInDemo(request, response, next) {
  unlessLive(response, next, () =>
    send(response, 200, {
      mode: AppMode.DEMO,
      mockResponse: true,
      message: 'This is a demonstration. Real AI calls are disabled in DEMO mode.',
      data: { demo: true, endpoint: pathOf(request.url), note: 'Switch to LIVE mode for real AI.' },
    }),
  )
}

function blockDataUploadInDemo(request, response, next) {
  unlessLive(response, next, () =>
    send(response, 403, {
      error: 'Data upload not allowed in DEMO mode',
      mode: AppMode.DEMO,
      message: 'Switch to LIVE mode to upload real research data',
    }),
  )
}

function blockExportInDemo(request, response, next) {
  unlessLive(response, next, () =>
    send(response, 403, {
      error: 'Export not allowed in DEMO mode',
      mode: AppMode.DEMO,
      message: 'Switch to LIVE mode to export your research artifacts',
    }),
  )
}

/** In LIVE a request needs a user, or credentials for what comes after to judge. */
function requireLiveAuth(request, response, next) {
  const { requiresAuth } = getCurrentModeConfig()
  if (!requiresAuth || request.user || request.headers.authorization) return next()
  send(response, 401, {
    error: 'Authentication required for LIVE mode',
    mode: AppMode.LIVE,
    message: 'Please authenticate to access this resource in LIVE mode',
  })
}

/** Adds `_meta` to every JSON object that is answered. Arrays and plain values stay as they are. */
function addModeInfo(request, response, next) {
  const { json } = response
  // A plain server's response has no `json` to add to.
  if (typeof json !== 'function') return next()
  response.json = function jsonWithMode(body, ...rest) {
    return json.call(this, withModeInfo(body), ...rest)
  }
  next()
}

function withModeInfo(body) {
  // As it would be written: a document of a database driver shows only what its `toJSON` gives.
  const shown = typeof body?.toJSON === 'function' ? body.toJSON() : body
  const isObject = typeof shown === 'object' && shown !== null && !Array.isArray(shown)
  return isObject ? { ...shown, _meta: modeInfo() } : shown
}

function modeInfo() {
  const { mode, requiresAuth, allowsRealAI } = getCurrentModeConfig()
  return { mode, requiresAuth, allowsRealAI, timestamp: new Date().toISOString() }
}

function unlessLive(response, next, answerInDemo) {
  const { mode } = currentMode()
  if (mode === AppMode.LIVE) return next()
  if (mode === AppMode.DEMO) return answerInDemo()
  refuseInStandby(response, 'No data is processed in STANDBY mode.')
}

function refuseInStandby(response, message) {
  send(response, 503, {
    error: 'System in STANDBY mode',
    mode: AppMode.STANDBY,
    message,
    allowedOperations: ALLOWED_OPERATIONS,
  })
}

/** The path as the client asked for it, also where this is mounted below one. */
function fullPath(request) {
  return pathOf(request.originalUrl ?? request.url)
}

function pathOf(url) {
  return url.split(/[?#]/, 1)[0]
}

function isStandbyPath(path) {
  // What a proxy or a file server could read as another path is refused as it stands.
  if (!/^[\w/.-]*$/.test(path) || path.includes('//') || /(^|\/)\.\.?(\/|$)/.test(path)) {
    return false
  }
  return STANDBY_PATHS.some((allowed) => path === allowed || path.startsWith(`${allowed}/`))
}

function send(response, status, body) {
  response.statusCode = status
  response.setHeader('Cache-Control', 'no-store')
  // Through Express where it is there, so that what wraps its answers sees this one too.
  if (typeof response.json === 'function') {
    response.json(body)
    return
  }
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.end(JSON.stringify(body))
}

module.exports = {
  addModeInfo,
  blockAIInDemo,
  blockDataUploadInDemo,
  blockExportInDemo,
  blockWritesInStandby,
  enforceStandbyMode,
  requireLiveAuth,
}
