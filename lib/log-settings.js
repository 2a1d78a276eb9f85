'use strict'

/**
 * What the environment says of the log, read once, when the package is loaded: a line must not cost
 * a look at it. The first thread that loads the package decides for the process.
 */

const { realpathSync } = require('node:fs')
const { constants } = require('node:os')
const { basename, join } = require('node:path')
const { isMainThread } = require('node:worker_threads')
const binding = require('./binding.js')

const LEVELS = binding.logLevels()
const SILENT = LEVELS.length
const FORMATS = ['text', 'json']

/** A shorter key can be found by trying: 112 bits are the least for HMAC (NIST SP 800-131A rev. 2, 10). */
const KEY_BYTES = 16

/** Until the program handles them itself, these end the process, and the lines go out first. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** The place of a level among the levels, `silent` behind them all; -1 for anything else. */
function placeOf(level) {
  return level === 'silent' ? SILENT : LEVELS.indexOf(level)
}

function configure(env) {
  const { LOG_LEVEL: level, LOG_FORMAT: format, PHI_HASH_KEY: key } = env
  const isData = isCommandLine()
  if (!binding.configureLog(format === 'json', coloured(env), isData)) return []
  if (key) binding.setPhiHashKey(key)
  // What a run of the command line has to tell is what it prints.
  const place = placeOf(level || (isData ? 'error' : 'info'))
  if (place >= 0) binding.setLogThreshold(place)
  return mistakes(env)
}

/** `{ name, problem, untilThen, advice }` of each variable that says something else than it should. */
function mistakes({ LOG_LEVEL: level, LOG_FORMAT: format, PHI_HASH_KEY: key }) {
  return [
    {
      name: 'LOG_LEVEL',
      problem: `expected ${LEVELS.join(', ')} or silent, but found something else`,
      untilThen: 'it is info',
      advice: 'write one of them exactly so',
      isWrong: level && placeOf(level) < 0,
    },
    {
      name: 'LOG_FORMAT',
      problem: `expected ${FORMATS.join(' or ')}, but found something else`,
      untilThen: 'it is text',
      advice: 'write one of them exactly so',
      isWrong: format && !FORMATS.includes(format),
    },
    {
      name: 'PHI_HASH_KEY',
      problem: `expected a secret of ${KEY_BYTES} bytes or more, but found a shorter one`,
      untilThen: 'its hashes can be guessed',
      advice: 'take 32 random bytes (openssl rand -hex 32)',
      isWrong: key && Buffer.byteLength(key) < KEY_BYTES,
    },
  ].filter(({ isWrong }) => isWrong)
}

/** Whether this process is the package's own command, whose standard output is for its results alone. */
function isCommandLine() {
  const [, program = ''] = process.argv
  if (!basename(program).startsWith('researchflow-core')) return false
  try {
    return realpathSync(program) === realpathSync(join(__dirname, '..', 'bin', 'researchflow-core.js'))
  } catch {
    return false
  }
}

/** As Node.js has it: `FORCE_COLOR` goes before `NO_COLOR`, and nothing said leaves it to the terminal. */
function coloured({ FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal }) {
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if (refused || terminal === 'dumb') return false
  return undefined
}

function flushAtSignals() {
  for (const name of SIGNALS) flushAtSignal(name)
  // Node.js has gone back to the system's way by now. Registered late, this is called late.
  process.on('removeListener', (name) => {
    if (SIGNALS.includes(name)) flushAtSignal(name)
  })
}

function flushAtSignal(name) {
  if (process.listenerCount(name) === 0) binding.flushLogAtSignal(constants.signals[name])
}

/**
 * The function that hands a line over. Where the system does not call the log at an exit, the main
 * thread waits for the lines there, and from then on for each one.
 */
function makeWriter() {
  const write = binding.logWriter()
  if (!isMainThread || process.platform !== 'win32') return write
  let exits = false
  process.on('exit', () => {
    exits = true
    binding.flushLog()
  })
  return (level, parts) => {
    write(level, parts)
    if (exits) binding.flushLog()
  }
}

const wrong = configure(process.env)
// Signals come to the main thread alone.
if (isMainThread) flushAtSignals()

module.exports = { LEVELS, mistakes, placeOf, writeLine: makeWriter(), wrong }
