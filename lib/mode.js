'use strict'

const binding = require('./binding.js')
const { typeError, unreadableError } = require('./config-error.js')
const { INPUTS, lookAtEnvironment } = require('./environment.js')

const AppMode = Object.freeze({ DEMO: 'DEMO', LIVE: 'LIVE', STANDBY: 'STANDBY' })

const MODE_CONFIGS = Object.freeze({
  DEMO: modeConfig(AppMode.DEMO, false),
  LIVE: modeConfig(AppMode.LIVE, true),
  STANDBY: modeConfig(AppMode.STANDBY, false),
})

function modeConfig(mode, open) {
  return Object.freeze({
    mode,
    requiresAuth: open,
    allowsRealAI: open,
    allowsRealData: open,
    allowsExport: open,
  })
}

let known = { generation: -1, snapshot: undefined }

function currentMode() {
  lookAtEnvironment()
  const generation = binding.modeGeneration()
  if (generation !== known.generation) {
    known = { generation, snapshot: frozen(binding.modeSnapshot()) }
  }
  return known.snapshot
}

function frozen(native) {
  Object.freeze(native.warnings)
  return Object.freeze({
    ...native,
    // The addon leaves a missing value out; here it is there and null.
    blockReason: native.blockReason ?? null,
  })
}

function resolveMode(env) {
  if (typeof env !== 'object' || env === null) throw typeError('env', 'an object', env)
  const given = {}
  for (const name of INPUTS) {
    const value = readVariable(env, name)
    if (value === undefined) continue
    if (typeof value !== 'string') throw typeError(`env.${name}`, 'a string', value)
    given[name] = value
  }
  return frozen(binding.resolveMode(given))
}

function readVariable(env, name) {
  try {
    return Object.hasOwn(env, name) ? env[name] : undefined
  } catch {
    throw unreadableError(`env.${name}`, 'a string')
  }
}

function enterStandby(reason) {
  if (typeof reason !== 'string' || reason.trim() === '') {
    throw typeError('reason', 'a string that is not empty', reason)
  }
  binding.enterStandby()
}

const listeners = new Set()
let listening = false

function onModeChange(listener) {
  if (typeof listener !== 'function') throw typeError('listener', 'a function', listener)
  if (!listening) {
    binding.onModeChange(announce)
    listening = true
  }
  // A registration of its own, so that one function registered twice is called twice.
  const registration = { listener }
  listeners.add(registration)
  return () => {
    listeners.delete(registration)
  }
}

function announce(now, before) {
  const snapshots = [frozen(now), frozen(before)]
  for (const { listener } of [...listeners]) {
    try {
      listener(...snapshots)
    } catch (error) {
      // Its error is the program's to hear, and no reason to keep the news from the others.
      process.nextTick(() => {
        throw error
      })
    }
  }
}

function getCurrentMode() {
  return currentMode().mode
}

function getCurrentModeConfig() {
  return MODE_CONFIGS[currentMode().mode]
}

function allowsRealAI() {
  return getCurrentModeConfig().allowsRealAI
}

function requiresAuth() {
  return getCurrentModeConfig().requiresAuth
}

function isStandbyMode() {
  return getCurrentMode() === AppMode.STANDBY
}

module.exports = {
  AppMode,
  MODE_CONFIGS,
  allowsRealAI,
  currentMode,
  enterStandby,
  getCurrentMode,
  getCurrentModeConfig,
  isStandbyMode,
  onModeChange,
  requiresAuth,
  resolveMode,
}
