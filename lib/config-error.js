'use strict'

/**
 * Errors for wrong use: what was expected, for which option, and what kind of thing came.
 * The value itself is never said, because options hold credentials.
 */

function configError(ErrorType, option, expected, value, found = kindOf(value)) {
  const error = new ErrorType(`${option}: expected ${expected}, but found ${found}`)
  error.code = `RF_CONFIG_${option.replace(/[^A-Za-z0-9]+/g, '_').replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}`
  return error
}

function typeError(option, expected, value) {
  return configError(TypeError, option, expected, value)
}

function rangeError(option, expected, value) {
  return configError(RangeError, option, expected, value)
}

/** For what throws when it is looked at: a getter, a revoked proxy. */
function unreadableError(option, expected) {
  return configError(TypeError, option, expected, undefined, 'something that cannot be read')
}

function kindOf(value) {
  if (value === null) return 'null'
  if (value === undefined) return 'undefined'
  if (Array.isArray(value)) return 'an array'
  switch (typeof value) {
    case 'number':
      if (Number.isNaN(value)) return 'NaN'
      if (!Number.isFinite(value)) return 'an infinite number'
      if (value < 0) return 'a negative number'
      return Number.isInteger(value) ? 'an integer' : 'a fraction'
    case 'string':
      return value === '' ? 'an empty string' : 'a string'
    case 'object':
      return 'an object'
    default:
      return `a ${typeof value}`
  }
}

/** Refuses keys that no option has, so that a misspelt one is not silently without effect. */
function refuseUnknownKeys(owner, options, known) {
  const unknown = Object.keys(options).filter((key) => !known.includes(key)).length
  if (unknown > 0) {
    const error = new TypeError(
      `${owner}: expected the keys ${known.join(', ')}, but found ${unknown} other${unknown > 1 ? 's' : ''}`,
    )
    error.code = 'RF_CONFIG_UNKNOWN_OPTION'
    throw error
  }
}

/** An integer within a range, or the default when it is left out. */
function integerOption(option, value, { min, max, byDefault }) {
  if (value === undefined) return byDefault
  const expected = `an integer from ${min} to ${max}`
  if (typeof value !== 'number') throw typeError(option, expected, value)
  if (!Number.isInteger(value)) throw rangeError(option, expected, value)
  if (value < min || value > max) throw configError(RangeError, option, expected, value, value < min ? 'a smaller one' : 'a larger one')
  return value
}

function stringOption(option, value, byDefault) {
  if (value === undefined) return byDefault
  if (typeof value !== 'string' || value === '') {
    throw typeError(option, 'a string that is not empty', value)
  }
  return value
}

function booleanOption(option, value, byDefault) {
  if (value === undefined) return byDefault
  if (typeof value !== 'boolean') throw typeError(option, 'true or false', value)
  return value
}

/** A copy of the object's own keys, so that what somebody put on `Object.prototype` is no option. */
function objectOption(option, value) {
  if (value === undefined) return {}
  const proto = value === null || typeof value !== 'object' ? undefined : Object.getPrototypeOf(value)
  // An object of another realm has another `Object.prototype`, whose own prototype is none.
  if (proto === undefined || (proto !== null && Object.getPrototypeOf(proto) !== null)) {
    throw typeError(option, 'a plain object', value)
  }
  return Object.assign(Object.create(null), value)
}

module.exports = {
  booleanOption,
  integerOption,
  objectOption,
  rangeError,
  refuseUnknownKeys,
  stringOption,
  typeError,
  unreadableError,
}
