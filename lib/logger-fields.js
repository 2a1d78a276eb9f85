'use strict'

/**
 * From what a program hands to the log to JSON. It never changes what it is given, and what it throws
 * says why in a word and holds no value.
 */

const { types } = require('node:util')

/** How deep fields may go, and how many errors one behind the other are told. */
const MAX_DEPTH = 32
const MAX_CAUSES = 8
/** In characters. What is longer is data, and belongs elsewhere. */
const MAX_LENGTH = 1 << 20

/** Why fields are left out; the words are all that the log says of it. */
class Unserialisable extends Error {
  constructor(reason) {
    super(reason)
    this.reason = reason
  }
}

/** The fields as the JSON of an object, or '' where there are none. */
function toJson(fields) {
  if (fields === undefined || fields === null) return ''
  try {
    return bounded(JSON.stringify(isSimple(fields) ? fields : asObject(fields)))
  } catch (error) {
    return `{"fieldsOmitted":"${reasonOf(error)}"}`
  }
}

/** A value of any kind as JSON, or undefined where JSON has nothing for it. */
function valueToJson(value) {
  return JSON.stringify(copy(value, '', []))
}

function bounded(json) {
  if (json.length > MAX_LENGTH) throw new Unserialisable('too large')
  return json
}

function reasonOf(error) {
  return error instanceof Unserialisable ? error.reason : 'it threw'
}

/**
 * Whether this is an object whose values `JSON.stringify` writes as they are: nearly all fields are
 * such, and a copy would cost them half their time.
 */
function isSimple(fields) {
  if (Object.getPrototypeOf(fields) !== Object.prototype) return false
  for (const key in fields) {
    const value = fields[key]
    switch (typeof value) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'undefined':
        break
      case 'object':
        if (value === null) break
        return false
      default:
        return false
    }
  }
  return true
}

/** What stands for fields that are none: an error is known by its name, anything else as a value. */
function asObject(fields) {
  if (types.isNativeError(fields) || fields instanceof Error) return { error: copy(fields, 'error', []) }
  const copied = copy(fields, '', [])
  const isObject = typeof copied === 'object' && copied !== null && !Array.isArray(copied)
  return isObject ? copied : { value: copied }
}

/** A copy that `JSON.stringify` writes as a reader expects it. `above` are the objects around it. */
function copy(value, key, above) {
  switch (typeof value) {
    case 'bigint':
      throw new Unserialisable('a BigInt')
    case 'function':
    case 'symbol':
      return undefined
    case 'object':
      return value === null ? null : copyObject(value, key, above)
    default:
      return value
  }
}

function copyObject(object, key, above) {
  if (above.includes(object)) throw new Unserialisable('a cycle')
  if (above.length === MAX_DEPTH) throw new Unserialisable('too deep')
  const within = [...above, object]
  if (types.isNativeError(object) || object instanceof Error) return copyError(object, within)
  if (ArrayBuffer.isView(object) || types.isAnyArrayBuffer(object)) return ofBytes(object)
  if (typeof object.toJSON === 'function') return copy(object.toJSON(key), key, within)
  if (Array.isArray(object)) return object.map((value, at) => copy(value, `${at}`, within))
  if (types.isMap(object)) return copyMap(object, within)
  if (types.isSet(object)) return [...object].map((value, at) => copy(value, `${at}`, within))
  if (types.isBoxedPrimitive(object)) return copy(object.valueOf(), key, within)
  if (types.isRegExp(object)) return `${object}`
  return copyMembers(Object.entries(object), within)
}

function copyMembers(entries, within) {
  // Without a prototype, `__proto__` is a key like any other.
  const copied = Object.create(null)
  for (const [key, value] of entries) copied[key] = copy(value, key, within)
  return copied
}

/** An object where the keys are text, or else a list of pairs. */
function copyMap(map, within) {
  const entries = [...map]
  if (entries.every(([key]) => typeof key === 'string')) return copyMembers(entries, within)
  return entries.map((pair) => pair.map((value, at) => copy(value, `${at}`, within)))
}

/** No detector reads through bytes, so none are written. */
function ofBytes(bytes) {
  const { name } = bytes.constructor ?? {}
  return `[${typeof name === 'string' ? name : 'bytes'}: ${bytes.byteLength} bytes]`
}

/**
 * An error by what all errors have. Whatever else hangs on one may be a request with its headers, and
 * is left out.
 */
function copyError(error, within) {
  if (within.filter((object) => object instanceof Error).length > MAX_CAUSES) return '[more causes]'
  const { name, message, code, stack, cause, errors } = error
  const copied = { name: text(name), message: text(message) }
  if (typeof code === 'string' || typeof code === 'number') copied.code = code
  copied.stack = typeof stack === 'string' ? stack : `${copied.name}: ${copied.message}`
  if (cause !== undefined) copied.cause = copyRelated(cause, 'cause', within)
  if (Array.isArray(errors)) copied.errors = errors.map((one, at) => copyRelated(one, `${at}`, within))
  return copied
}

/** Errors do come to be their own cause; that is no reason to lose the rest. */
function copyRelated(value, key, within) {
  return within.includes(value) ? '[circular]' : copy(value, key, within)
}

function text(value) {
  return typeof value === 'string' ? value : ''
}

module.exports = { MAX_LENGTH, Unserialisable, toJson, valueToJson }
