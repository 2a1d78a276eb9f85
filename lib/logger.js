'use strict'

const binding = require('./binding.js')
const { objectOption, stringOption, typeError } = require('./config-error.js')
const { LEVELS, placeOf, writeLine, wrong } = require('./log-settings.js')
const { MAX_LENGTH, toJson } = require('./logger-fields.js')
const { memberOf, requestIdMember } = require('./request-id.js')

const [DEBUG, INFO, WARN, ERROR] = LEVELS.keys()

/** One number in memory that all threads share: a line below it costs this look and no more. */
const threshold = binding.logThreshold()

/**
 * A logger whose own part of every line is JSON already: `context` is that of an object, or ''. Its
 * methods need no `this`, so that they can be handed around.
 */
function makeLogger(module, requestId, context) {
  const origin = `"module":${JSON.stringify(module)}${requestId === undefined ? '' : memberOf(requestId)}`
  const members = context.slice(1, -1)
  const start = `${origin}\n${members}\n`
  const keys = members === '' ? undefined : Object.keys(JSON.parse(context)).map((key) => `${JSON.stringify(key)}:`)

  function write(level, message, fields) {
    if (typeof message !== 'string' || message.length > MAX_LENGTH) {
      writeUnusual(level, message, fields)
      return
    }
    const json = fields === undefined ? '' : toJson(fields)
    const bound = requestId === undefined ? requestIdMember() : ''
    if (keys !== undefined && keys.some(isIn, json)) {
      writeLine(level, `${origin}${bound}\n\n${merged(context, json)}\n${message}`)
    } else if (bound !== '') {
      writeLine(level, `${origin}${bound}\n${members}\n${json}\n${message}`)
    } else {
      writeLine(level, `${start}${json}\n${message}`)
    }
  }

  /** A message that is none: what can be shown of it is, and nothing that comes is a reason to throw. */
  function writeUnusual(level, message, fields) {
    if (typeof message === 'string') {
      write(level, `[a message of ${message.length} characters, left out]`, fields)
    } else if (typeof message === 'object' && message !== null) {
      // Other loggers have the fields first.
      if (typeof fields === 'string') write(level, fields, message)
      else write(level, messageOf(message), fields === undefined ? message : { message, fields })
    } else if (typeof message === 'function' || typeof message === 'symbol') {
      write(level, `[a ${typeof message}]`, fields)
    } else {
      write(level, `${message}`, fields)
    }
  }

  return {
    debug(message, fields) {
      if (threshold[0] <= DEBUG) write(DEBUG, message, fields)
    },
    info(message, fields) {
      if (threshold[0] <= INFO) write(INFO, message, fields)
    },
    warn(message, fields) {
      if (threshold[0] <= WARN) write(WARN, message, fields)
    },
    error(message, fields) {
      if (threshold[0] <= ERROR) write(ERROR, message, fields)
    },
    logError(message, error, fields) {
      if (threshold[0] <= ERROR) write(ERROR, message, joined(fields, { error }))
    },
    child(bindings) {
      const { id, context: own } = readContext(bindings, requestId)
      return makeLogger(module, id, merged(context, own))
    },
    isLevelEnabled(level) {
      const place = placeOf(level)
      return place >= threshold[0] && place < LEVELS.length
    },
    flush() {
      binding.flushLog()
    },
  }
}

/** For `some` over the keys of a logger's context, with the JSON of the fields as `this`. */
function isIn(key) {
  return this.includes(key)
}

/** The JSON of one object with the members of both, those of the second before those of the first. */
function merged(first, second) {
  if (first === '' || second === '') return first === '' ? second : first
  return JSON.stringify({ ...JSON.parse(first), ...JSON.parse(second) })
}

/** Fields with more fields of ours; where they cannot be read, the log says so in their place. */
function joined(fields, more) {
  try {
    if (fields === undefined || fields === null) return more
    return { ...(typeof fields === 'object' && !(fields instanceof Error) ? fields : { value: fields }), ...more }
  } catch {
    return { fieldsOmitted: 'it threw', ...more }
  }
}

function messageOf(error) {
  try {
    return error instanceof Error && typeof error.message === 'string' ? error.message : ''
  } catch {
    return ''
  }
}

/** The context as JSON, and the id of a request apart, which has a place of its own in a line. */
function readContext(context, byDefault) {
  const given = objectOption('context', context)
  const { requestId } = given
  if (typeof requestId !== 'string' || requestId === '') return { id: byDefault, context: toJson(context) }
  delete given.requestId
  return { id: requestId, context: toJson({ ...given }) }
}

function createLogger(module, context) {
  const name = required('module', module)
  const { id, context: own } = readContext(context)
  return makeLogger(name, id, own)
}

function createRequestLogger(requestId, module = 'request') {
  return makeLogger(required('module', module), required('requestId', requestId), '')
}

function required(option, value) {
  if (value === undefined) throw typeError(option, 'a string that is not empty', value)
  return stringOption(option, value)
}

function setLogLevel(level) {
  const place = placeOf(level)
  if (place < 0) throw typeError('level', `one of ${LEVELS.join(', ')}, silent`, level)
  binding.setLogThreshold(place)
}

const logger = createLogger('orchestrator')

for (const { name, problem, untilThen } of wrong) {
  createLogger('logger').warn(`${name}: ${problem}; ${untilThen}`)
}

module.exports = { createLogger, createRequestLogger, logger, setLogLevel }
