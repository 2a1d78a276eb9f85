'use strict'

const { isMainThread } = require('node:worker_threads')
const binding = require('../binding.js')
const { booleanOption, objectOption, refuseUnknownKeys, typeError } = require('../config-error.js')
const children = require('./children.js')
const dns = require('./dns.js')
const { PROCESS_GAPS } = require('./gaps.js')
const { internals } = require('./internals.js')
const kernel = require('./kernel.js')
const { log } = require('./log.js')
const outbound = require('./outbound.js')
const tcp = require('./tcp.js')
const threads = require('./threads.js')
const udp = require('./udp.js')
const { verify } = require('./verify.js')

const LEVELS = ['process', 'kernel']

/** Where a second copy of the package finds the guard of the first. */
const INSTALLED = Symbol.for('researchflow.egress-guard')

/**
 * Installs the guard in this thread, and in every thread that it starts. Called again, it only
 * becomes stricter: from auditing to refusing, from `process` to `kernel`.
 */
function installEgressGuard(options) {
  const { enforce, audit } = readOptions(options)
  let installed = globalThis[INSTALLED]
  if (installed === undefined) {
    if (isMainThread) binding.guardAudits(audit)
    installed = install()
    Object.defineProperty(globalThis, INSTALLED, { value: installed })
    if (isMainThread) announce(installed, audit)
  } else if (isMainThread && !audit && options !== undefined) {
    binding.guardAudits(false)
  }
  if (enforce === 'kernel' && installed.level !== 'kernel') {
    const { verified, gaps } = kernel.install()
    Object.assign(installed, { level: 'kernel', verified: [...installed.verified, ...verified], gaps })
  }
  return reportOf(installed)
}

function readOptions(options) {
  const given = objectOption('options', options)
  refuseUnknownKeys('options', given, ['enforce', 'audit'])
  const { enforce = 'process' } = given
  if (!LEVELS.includes(enforce)) throw typeError('enforce', "'process' or 'kernel'", enforce)
  return { enforce, audit: booleanOption('audit', given.audit, false) }
}

function install() {
  internals()
  tcp.hold()
  udp.hold()
  dns.hold()
  children.hold()
  threads.hold()
  outbound.follow()
  keepReportsLocal()
  const { verified, failed } = verify()
  const gaps = [...failed.map((way) => `${way} was tried at start and is not held`), ...PROCESS_GAPS]
  return { level: 'process', verified, gaps }
}

/** A diagnostic report asks DNS for the names of the peers of open connections. */
function keepReportsLocal() {
  if (process.report !== undefined && 'excludeNetwork' in process.report) process.report.excludeNetwork = true
}

function announce({ verified, gaps }, audit) {
  log('info', 'the egress guard is installed', {
    level: 'process',
    audit,
    verified: verified.length,
    gaps,
  })
}

function reportOf({ level, verified, gaps }) {
  return { level, verified: verified.map((entry) => ({ ...entry })), gaps: [...gaps] }
}

module.exports = { installEgressGuard }
