'use strict'

const { isMainThread } = require('node:worker_threads')
const binding = require('../binding.js')
const { booleanOption, objectOption, refuseUnknownKeys, typeError } = require('../config-error.js')
const { networkBlocked } = require('../environment.js')
const children = require('./children.js')
const diagnostics = require('./diagnostics.js')
const dns = require('./dns.js')
const ending = require('./ending.js')
const { PROCESS_GAPS } = require('./gaps.js')
const groups = require('./groups.js')
const { internals } = require('./internals.js')
const kernel = require('./kernel.js')
const log = require('./log.js')
const outbound = require('./outbound.js')
const received = require('./received.js')
const resets = require('./resets.js')
const tcp = require('./tcp.js')
const threads = require('./threads.js')
const udp = require('./udp.js')
const { verify } = require('./verify.js')

const LEVELS = ['process', 'kernel']

const AUDITED = 'an audit refuses nothing, so the kernel level was left out: it comes when the audit ends'

/** How often the environment is looked at for open connections and other threads, which ask nobody. */
const LOOK_MS = 250

/** Where a second copy of the package finds the guard of the first. */
const INSTALLED = Symbol.for('researchflow.egress-guard')

/**
 * Installs the guard in this thread, and in every thread that it starts. Called again, it only
 * becomes stricter: from auditing to refusing, from `process` to `kernel`.
 */
function installEgressGuard(options) {
  const { enforce, audit } = readOptions(options)
  const first = globalThis[INSTALLED] === undefined
  if (isMainThread) {
    if (first) setAudit(audit)
    else if (!audit && options !== undefined && binding.guardAudits()) setAudit(false)
  }
  if (first) Object.defineProperty(globalThis, INSTALLED, { value: install() })
  const installed = globalThis[INSTALLED]
  const wantsKernel = enforce === 'kernel' || installed.wantsKernel
  // An audit refuses nothing, and what the kernel refuses is not taken back.
  installed.wantsKernel = wantsKernel && binding.guardAudits()
  if (wantsKernel && !installed.wantsKernel) kernel.install()
  const report = reportOf(installed)
  if (first && isMainThread) announce(report)
  return report
}

function setAudit(audit) {
  binding.guardAudits(audit)
  binding.tellGuardLevel(audit)
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
  groups.hold()
  dns.hold()
  children.hold()
  threads.hold()
  diagnostics.hold()
  ending.hold()
  received.hold()
  resets.hold()
  outbound.follow()
  if (isMainThread) {
    outbound.atFlip(tellWithoutKernel)
    setInterval(networkBlocked, LOOK_MS).unref()
  }
  return { wantsKernel: false, ...verify() }
}

/** A flip that should have brought the kernel level and did not: this level goes on without it. */
function tellWithoutKernel() {
  if (kernel.state() !== 'failed') return
  log.error('the kernel level of the egress guard is not in force; level process goes on holding', {
    gaps: kernel.report().gaps,
  })
}

function announce({ level, verified, gaps }) {
  log.info('the egress guard is installed', {
    level,
    audit: binding.guardAudits(),
    verified: verified.length,
    gaps,
  })
}

/** As it is now: the kernel level may have come with a flip, or have been brought by another thread. */
function reportOf({ wantsKernel, verified, failed }) {
  const byKernel = kernel.report()
  const broken = failed.map((way) => `${way} was tried at start and is not held`)
  const gaps = kernel.held() ? [...broken, ...byKernel.gaps] : [...broken, ...PROCESS_GAPS, ...(byKernel?.gaps ?? [])]
  if (byKernel === null && wantsKernel) gaps.push(AUDITED)
  return {
    level: byKernel !== null && kernel.state() !== 'failed' ? 'kernel' : 'process',
    verified: [...verified.map((entry) => ({ ...entry })), ...(byKernel?.verified ?? [])],
    gaps,
  }
}

module.exports = { installEgressGuard }
