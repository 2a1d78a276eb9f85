'use strict'

const gate = require('./lib/egress-gate.js')
const { checkOnce, createReadiness } = require('./lib/readiness.js')
const { healthRoutes } = require('./lib/health-routes.js')
const { installEgressGuard } = require('./lib/guard/index.js')
const log = require('./lib/logger.js')
const mode = require('./lib/mode.js')
const middleware = require('./lib/mode-middleware.js')
const { redactPhi, redactPhiValue } = require('./lib/phi.js')
const { assignRequestId, withRequestId } = require('./lib/request-id.js')
const { getTelemetry } = require('./lib/telemetry.js')

// Written out, so that `import { … }` from an ES module finds every name.
exports.AppMode = mode.AppMode
exports.MODE_CONFIGS = mode.MODE_CONFIGS
exports.resolveMode = mode.resolveMode
exports.currentMode = mode.currentMode
exports.enterStandby = mode.enterStandby
exports.onModeChange = mode.onModeChange
exports.getCurrentMode = mode.getCurrentMode
exports.getCurrentModeConfig = mode.getCurrentModeConfig
exports.allowsRealAI = mode.allowsRealAI
exports.requiresAuth = mode.requiresAuth
exports.isStandbyMode = mode.isStandbyMode

exports.enforceStandbyMode = middleware.enforceStandbyMode
exports.blockWritesInStandby = middleware.blockWritesInStandby
exports.blockAIInDemo = middleware.blockAIInDemo
exports.blockDataUploadInDemo = middleware.blockDataUploadInDemo
exports.blockExportInDemo = middleware.blockExportInDemo
exports.requireLiveAuth = middleware.requireLiveAuth
exports.addModeInfo = middleware.addModeInfo

exports.createReadiness = createReadiness
exports.checkOnce = checkOnce
exports.healthRoutes = healthRoutes

exports.checkExternalCall = gate.checkExternalCall
exports.gateExternalCall = gate.gateExternalCall
exports.ExternalCallBlockedError = gate.ExternalCallBlockedError
exports.checkAICallAllowed = gate.checkExternalCall
exports.gatedAICall = gate.gateExternalCall
exports.AICallBlockedError = gate.ExternalCallBlockedError

exports.getTelemetry = getTelemetry
exports.installEgressGuard = installEgressGuard

exports.createLogger = log.createLogger
exports.createRequestLogger = log.createRequestLogger
exports.logger = log.logger
exports.setLogLevel = log.setLogLevel
exports.withRequestId = withRequestId
exports.assignRequestId = assignRequestId
exports.redactPhi = redactPhi
exports.redactPhiValue = redactPhiValue
