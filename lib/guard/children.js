'use strict'

/** Child processes: each could send what it likes, so a blocked mode starts those that are named. */

const { join } = require('node:path')
const binding = require('../binding.js')
const { networkBlocked } = require('../environment.js')
const { EACCES, internals, ownerOf, replace, substituteError } = require('./internals.js')
const kernel = require('./kernel.js')
const { holdChannel } = require('./received.js')
const { judge, program } = require('./verdict.js')

const REGISTER = join(__dirname, '..', '..', 'register.js')
const NO_PROGRAM = join(__dirname, 'no-program')

function hold() {
  const { Process, spawnSync } = internals()
  replace(Process.prototype, 'spawn', (spawn) =>
    function (...args) {
      const order = orderOf(args)
      const error = judgeProgram(order.file)
      const child = ownerOf(this)
      if (child !== undefined) holdChannel(child)
      if (error === null) return spawn.apply(this, withEnvironment(args, carried(order.envPairs)))
      if (child === undefined) return EACCES
      substituteError(child, error)
      return failToStart(this, spawn, args)
    },
  )
  replace(spawnSync, 'spawn', (spawn) =>
    function (options, ...rest) {
      const error = judgeProgram(options?.file)
      if (error !== null) return refusedResult(error)
      return spawn.call(this, { ...options, envPairs: carried(options.envPairs) }, ...rest)
    },
  )
  // The program that takes the place of this one is not held by what is in this one.
  if (typeof process.execve === 'function') {
    replace(process, 'execve', (execve) =>
      function (file, args = [], env = process.env, ...rest) {
        const error = judgeProgram(file)
        if (error !== null) throw error
        return execve.call(this, file, args, carriedObject(env), ...rest)
      },
    )
  }
}

function judgeProgram(file) {
  return judge('child_process', decideProgram, file)
}

/** Once the kernel holds this process it holds by the same rules what that starts. */
function decideProgram(file) {
  return kernel.held() ? null : program(file)
}

/** Older releases pass one object; newer ones (file, args, cwd, envPairs, ...). */
function orderOf([first, , , envPairs]) {
  return typeof first === 'object' && first !== null ? first : { file: first, envPairs }
}

function withEnvironment(args, envPairs) {
  const [first, list, cwd, , ...rest] = args
  return typeof first === 'object' ? [{ ...first, envPairs }] : [first, list, cwd, envPairs, ...rest]
}

/**
 * A program that does not exist is started in the place of the refused one: its streams then end as
 * those of any program that could not start.
 */
function failToStart(handle, spawn, args) {
  const [first, list, , , ...rest] = args
  const instead =
    typeof first === 'object'
      ? [{ ...first, file: NO_PROGRAM, cwd: undefined, envPairs: [] }]
      : [NO_PROGRAM, list, undefined, [], ...rest]
  const status = spawn.apply(handle, instead)
  return status === 0 ? 0 : EACCES
}

/** Node makes an error of the number in `error` and puts it back; it gets the refusal instead. */
function refusedResult(error) {
  let current = EACCES
  return {
    pid: 0,
    status: null,
    signal: null,
    output: null,
    get error() {
      return current
    },
    set error(_made) {
      current = error
    },
  }
}

/**
 * A program that starts in a blocked mode is given the mode and the lists of this process, and where
 * it is Node, or starts Node, the guard. What its own environment says about them does not count.
 */
function carried(envPairs) {
  if (!networkBlocked() || binding.guardAudits()) return envPairs
  // Without pairs the program would get the environment as it is.
  const pairs = envPairs ?? Object.entries(process.env).map((pair) => pair.join('='))
  const lists = binding.egressLists()
  const set = {
    NO_NETWORK: '1',
    EGRESS_ALLOW: lists.allow,
    EGRESS_ALLOW_CHILDREN: lists.allowChildren,
    EGRESS_AUDIT: '',
  }
  // What a held Node starts is held too, so that it may start programs itself.
  if (kernel.held()) set.EGRESS_ENFORCE = 'kernel'
  if (binding.blockReason() === 'standby_mode') Object.assign(set, { ROS_MODE: 'STANDBY', ROS_MODE_FILE: '' })
  const name = (pair) => pair.slice(0, pair.indexOf('='))
  const given = pairs.find((pair) => name(pair) === 'NODE_OPTIONS')?.slice('NODE_OPTIONS='.length)
  set.NODE_OPTIONS = [`--require ${JSON.stringify(REGISTER)}`, given].filter(Boolean).join(' ')
  const kept = pairs.filter((pair) => !Object.hasOwn(set, name(pair)))
  return [...kept, ...Object.entries(set).map((pair) => pair.join('='))]
}

/** What is no environment is left to be refused by Node. */
function carriedObject(env) {
  if (typeof env !== 'object' || env === null) return env
  const pairs = carried(Object.entries(env).map((pair) => pair.join('=')))
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

module.exports = { hold }
