'use strict'

/**
 * Tries each way at start, as in a blocked mode. Every attempt is one that the system itself would
 * fail on this machine, so nothing is sent even where a way turns out not to be held.
 */

const { ChildProcess } = require('node:child_process')
const { isMainThread, Worker } = require('node:worker_threads')
const { internals } = require('./internals.js')
const { tryOut } = require('./verdict.js')

/** TEST-NET-1 and the documentation prefix of IPv6: nobody's. */
const NOWHERE = { v4: '192.0.2.1', v6: '2001:db8::1' }
const DISCARD = 9
/** Longer than a label may be: a resolver fails it without a question. */
const NO_NAME = 'x'.repeat(64)
const THREAD_MS = 5_000

const nothing = () => {}

/** What was tried: the way, in words, and what it is counted as. */
const TRIALS = [
  ['TCP connect over IPv4', 'tcp', () => connect('bind', 'connect', '127.0.0.1', NOWHERE.v4)],
  ['TCP connect over IPv6', 'tcp', () => connect('bind6', 'connect6', '::1', NOWHERE.v6)],
  ['UDP send over IPv4', 'udp', () => send('bind', 'send', '127.0.0.1', NOWHERE.v4)],
  ['UDP send over IPv6', 'udp', () => send('bind6', 'send6', '::1', NOWHERE.v6)],
  ['UDP connect over IPv4', 'udp', () => associate('bind', 'connect', '127.0.0.1', NOWHERE.v4)],
  ['UDP connect over IPv6', 'udp', () => associate('bind6', 'connect6', '::1', NOWHERE.v6)],
  ['dns.lookup', 'dns', () => require('node:dns').lookup(NO_NAME, nothing)],
  ['dns.promises.lookup', 'dns', () => void require('node:dns').promises.lookup(NO_NAME).catch(nothing)],
  ['dns.lookupService', 'dns', () => require('node:dns').lookupService('127.0.0.1', DISCARD, nothing)],
  ['dns.resolve of a Resolver', 'dns', () => resolver().resolve4(NO_NAME, nothing)],
  ['dns.resolve of a promise Resolver', 'dns', () => void promiseResolver().resolve4(NO_NAME).catch(nothing)],
  ['dns.reverse', 'dns', () => resolver().reverse('127.0.0.1', nothing)],
  ['child process', 'child_process', spawnNothing],
  ['child process, synchronous', 'child_process', () => void require('node:child_process').spawnSync('/dev/null/none')],
]

/** `{ verified, failed }`: the ways that are held, and the names of those that are not. */
function verify() {
  const verified = []
  const failed = []
  for (const [way, countedAs, attempt] of TRIALS) {
    const held = tryOut(() => attemptQuietly(attempt)).has(countedAs)
    if (held) verified.push({ way, held: true })
    else failed.push(way)
  }
  // A thread's own threads are started by the same code as those of the main thread.
  if (isMainThread) {
    if (threadIsHeld()) verified.push({ way: 'worker thread with an empty env and execArgv', held: true })
    else failed.push('worker thread with an empty env and execArgv')
  }
  return { verified, failed }
}

function attemptQuietly(attempt) {
  try {
    attempt()
  } catch {
    // A refusal that is thrown, or a system without the protocol.
  }
}

/** From a loopback address the system routes nowhere else. */
function connect(bind, method, from, to) {
  const { TCP } = internals()
  const { TCPConnectWrap } = process.binding('tcp_wrap')
  const handle = new TCP(0)
  handle[bind](from, 0, 0)
  handle[method](new TCPConnectWrap(), to, DISCARD)
  handle.close()
}

function send(bind, method, from, to) {
  const { UDP } = internals()
  const { SendWrap } = process.binding('udp_wrap')
  const handle = new UDP()
  handle[bind](from, 0, 0)
  handle[method](new SendWrap(), [Buffer.alloc(0)], 1, DISCARD, to, false)
  handle.close()
}

function associate(bind, method, from, to) {
  const { UDP } = internals()
  const handle = new UDP()
  handle[bind](from, 0, 0)
  handle[method](to, DISCARD)
  handle.close()
}

/** Its questions would go to a port of this machine where nobody listens. */
function resolver() {
  const { Resolver } = require('node:dns')
  return localOnly(new Resolver({ timeout: 1, tries: 1 }))
}

function promiseResolver() {
  const { Resolver } = require('node:dns').promises
  return localOnly(new Resolver({ timeout: 1, tries: 1 }))
}

function localOnly(made) {
  made.setServers([`127.0.0.1:${DISCARD}`])
  return made
}

function spawnNothing() {
  const child = new ChildProcess()
  child.once('error', nothing)
  child.spawn({ file: '/dev/null/none', args: [''], envPairs: [], stdio: 'ignore' })
}

/** Starts a thread that inherits nothing and asks it whether it has a guard. */
function threadIsHeld() {
  const answer = new Int32Array(new SharedArrayBuffer(4))
  const script = `
    const { workerData: answer } = require('node:worker_threads')
    Atomics.store(answer, 0, globalThis[Symbol.for('researchflow.egress-guard')] ? 1 : 2)
    Atomics.notify(answer, 0)`
  const worker = new Worker(script, { eval: true, env: {}, execArgv: [], workerData: answer, stdin: false })
  worker.unref()
  worker.once('error', nothing)
  Atomics.wait(answer, 0, 0, THREAD_MS)
  return Atomics.load(answer, 0) === 1
}

module.exports = { verify }
