'use strict'

const binding = require('./binding.js')
const { typeError } = require('./config-error.js')
const { currentMode } = require('./mode.js')
const { programVersion } = require('./program-version.js')

const STATUSES = numbered(binding.callStatuses())
const REASONS = numbered(binding.refusals())
const OTHER = binding.otherProvider()

/** Nothing longer has a place of its own, so nothing longer is handed over to be judged. */
const LONGEST_NAME = 40

const countCall = binding.callCounter()

/**
 * The numbers of providers, by the name as the caller spells it. Only names that have a place are
 * kept, and no more spellings than this.
 */
const MAX_SPELLINGS = 256
const numbers = new Map()

function numbered(names) {
  return new Map(names.map((name, number) => [name, number]))
}

/** Never throws, whatever comes: what is no clean name is counted as `other`. */
function providerNumber(provider) {
  return numbers.get(provider) ?? lookUp(providerName(provider))
}

function lookUp(provider) {
  if (typeof provider !== 'string' || provider.length > LONGEST_NAME) return OTHER
  const number = binding.providerNumber(provider)
  if (number !== OTHER && numbers.size < MAX_SPELLINGS) numbers.set(provider, number)
  return number
}

function isNamed(provider) {
  return provider !== undefined && provider !== null && provider !== ''
}

/** What a call counts under: no name at all is `unknown`, in the counters and in the errors alike. */
function providerName(provider) {
  return isNamed(provider) ? provider : 'unknown'
}

/** Whether a provider's name may be shown in an error. */
function isCleanProvider(provider) {
  return (
    typeof provider === 'string' &&
    provider.length <= LONGEST_NAME &&
    binding.isCleanProvider(provider)
  )
}

function oneOf(option, numbersByName, value) {
  const number = numbersByName.get(value)
  if (number === undefined) {
    throw typeError(option, `one of ${[...numbersByName.keys()].join(', ')}`, value)
  }
  return number
}

function reasonNumber(reason) {
  return oneOf('reason', REASONS, reason)
}

function recordExternalCall(provider, status, seconds) {
  const number = STATUSES.get(status) ?? oneOf('status', STATUSES, status)
  const call = providerNumber(provider) * STATUSES.size + number
  if (seconds === undefined) {
    countCall(call)
    return
  }
  if (typeof seconds !== 'number') throw typeError('seconds', 'a number', seconds)
  countCall(call, seconds)
}

function recordBlockedCall(reason, provider) {
  const number = reasonNumber(reason)
  binding.countBlockedCall(number, isNamed(provider) ? providerNumber(provider) : undefined)
}

function getSnapshot() {
  return JSON.parse(binding.telemetrySnapshot())
}

function getRuntimeMode() {
  const { mode, noNetwork, mockOnly } = currentMode()
  return { ros_mode: mode, governance_mode: mode, no_network: noNetwork, mock_only: mockOnly }
}

function getMetrics() {
  // What follows shows the mode, and a change of the environment counts from now on.
  currentMode()
  return JSON.parse(binding.telemetryReport(programVersion()))
}

function toPrometheus(format = 'text') {
  if (format !== 'text' && format !== 'openmetrics') {
    throw typeError('format', "'text' or 'openmetrics'", format)
  }
  currentMode()
  return binding.metricsPage(format === 'openmetrics')
}

function reset() {
  binding.resetTelemetry()
}

const telemetry = Object.freeze({
  recordExternalCall,
  recordBlockedCall,
  getSnapshot,
  getRuntimeMode,
  getMetrics,
  toPrometheus,
  reset,
})

function getTelemetry() {
  return telemetry
}

module.exports = { getTelemetry, isCleanProvider, providerName, reasonNumber }
