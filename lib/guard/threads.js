'use strict'

/**
 * Worker threads. Each has handles of its own, so each gets a guard of its own before its script
 * runs: by the message that tells a new thread what to run, which no `env` and no `execArgv` of the
 * Worker can leave out.
 */

const Module = require('node:module')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')
const vm = require('node:vm')
const workerThreads = require('node:worker_threads')
const { replace } = require('./internals.js')

const { MessagePort } = workerThreads

const THREAD = join(__dirname, 'thread.js')
const HOOKS_URL = pathToFileURL(join(__dirname, 'hooks.mjs')).href
const THREAD_URL = pathToFileURL(THREAD).href

/** A script that is given as text has `require` as a global, unless its thread takes text for modules. */
const REQUIRE_THREAD = `(globalThis.require??process.getBuiltinModule("module").createRequire("/"))(${JSON.stringify(THREAD)})`

function hold() {
  holdHooks()
  holdPreloads()
  replace(MessagePort.prototype, 'postMessage', (postMessage) =>
    function (message, ...rest) {
      if (message?.type !== 'loadScript' || !isOrder(message)) return postMessage.call(this, message, ...rest)
      return postMessage.call(this, withGuard(message), ...rest)
    },
  )
}

/**
 * Module hooks run on a thread that is started in another way. The guard comes to it as the first
 * of its hooks, when a program asks for one.
 */
function holdHooks() {
  if (typeof Module.register !== 'function') return
  let brought = false
  replace(Module, 'register', (register) =>
    function (...args) {
      if (!brought) {
        brought = true
        register.call(this, HOOKS_URL)
      }
      return register.apply(this, args)
    },
  )
  Module.syncBuiltinESMExports()
}

/** What a worker preloads of its own runs before that message comes, so the guard is preloaded first. */
function holdPreloads() {
  replace(workerThreads, 'Worker', (Worker) =>
    new Proxy(Worker, {
      construct: (target, [script, options, ...rest], newTarget) =>
        Reflect.construct(target, [script, withPreload(options), ...rest], newTarget),
    }),
  )
  Module.syncBuiltinESMExports()
}

function withPreload(options) {
  if (typeof options !== 'object' || options === null) return options
  const { env, execArgv } = options
  const changed = {}
  if (Array.isArray(execArgv) && execArgv.length > 0) changed.execArgv = ['--require', THREAD, ...execArgv]
  if (env?.NODE_OPTIONS) changed.env = { ...env, NODE_OPTIONS: `--require ${JSON.stringify(THREAD)} ${env.NODE_OPTIONS}` }
  if (Object.keys(changed).length === 0) return options
  // Options may be anywhere on the chain of prototypes, and frozen.
  return Object.create(options, Object.getOwnPropertyDescriptors(changed))
}

/** The message in which Node orders a new thread to run a script, and none of a program's own. */
function isOrder(message) {
  return (
    message.publicPort instanceof MessagePort &&
    Object.hasOwn(message, 'environmentData') &&
    Object.hasOwn(message, 'cwdCounter') &&
    typeof message.filename === 'string'
  )
}

function withGuard(message) {
  switch (message.doEval) {
    case 'internal':
      return message
    case 'classic':
      return { ...message, filename: guardedSource(message.filename) }
    case 'module':
      return { ...message, filename: `import ${JSON.stringify(THREAD_URL)};${message.filename}` }
    case 'data-url':
      return { ...message, filename: guardedUrl(message.filename) }
    default:
      return { ...message, doEval: 'classic', filename: guardedFile(message.filename) }
  }
}

/** The script's own first line stays the first line, and strict if it was. */
function guardedSource(source) {
  try {
    new vm.Script(source)
  } catch {
    // Modules and TypeScript are recognised by Node itself, where it can.
    return `import ${JSON.stringify(THREAD_URL)};${source}`
  }
  const strict = /^(?:\s|\/\/.*|\/\*[^]*?\*\/)*(['"])use strict\1/.test(source) ? '"use strict";' : ''
  return `${strict}${REQUIRE_THREAD};${source}`
}

function guardedUrl(url) {
  const source = `import ${JSON.stringify(THREAD_URL)};import ${JSON.stringify(url)}`
  return `data:text/javascript,${encodeURIComponent(source)}`
}

/** Runs the file as Node would have: as the main script, under its own name. */
function guardedFile(filename) {
  return `${REQUIRE_THREAD}.run(${JSON.stringify(filename)})`
}

module.exports = { hold }
