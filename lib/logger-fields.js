'use strict'

/**
 * From what a program hands to the log to JSON. It never changes what it is given, and what it throws
 * says why in a word and holds no value.
 */

const { types } = require('node:util')
const { bounded, isPlainObject, MAX_DEPTH, MAX_LENGTH, reasonOf, Unserialisable, writeObject } = require('./plain-json.js')

/** How many errors one behind the other are told, and how many values are. */
const MAX_CAUSES = 8
const MAX_VALUES = 100_000

/** The fields as the JSON of an object, or '' where there are none. */
function toJson(fields) {
  if (fields === undefined || fields === null) return ''
  try {
    return isPlainObject(fields) ? writeObject(fields, 0, fieldToJson) : bounded(JSON.stringify(asObject(fields)))
  } catch (error) {
    return `{"fieldsOmitted":"${reasonOf(error) ?? 'it threw'}"}`
  }
}

function fieldToJson(value, key) {
  return JSON.stringify(startCopy(value, `${key}`))
}

/** A value of any kind and length as JSON, or undefined where JSON has nothing for it. */
function valueToJson(value) {
  return JSON.stringify(startCopy(value, '', Infinity))
}

/** What stands for fields that are none: an error is known by its name, anything else as a value. */
function asObject(fields) {
  if (types.isNativeError(fields) || fields instanceof Error) return { error: startCopy(fields, 'error') }
  const value = startCopy(fields, '')
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value }
}

/** A copy that `JSON.stringify` writes as a reader expects it. */
function startCopy(value, key, mostCharacters = MAX_LENGTH) {
  valuesLeft = MAX_VALUES
  charactersLeft = mostCharacters
  return copy(value, key, [])
}

/** How many values may be copied yet; one that is reached in many ways is copied as often. */
let valuesLeft = 0
/** How many characters their texts and keys may have yet. */
let charactersLeft = 0

/** A text that has a place in the copy. */
function kept(characters) {
  charactersLeft -= characters.length
  if (charactersLeft < 0) throw new Unserialisable('too large')
  return characters
}

/** A gathering of so many values has to be given up before it is gone through: one may be all holes. */
function refuseMoreThanLeft(count) {
  if (count > valuesLeft) throw new Unserialisable('too large')
}

/** `above` are the objects around the value. */
function copy(value, key, above) {
  valuesLeft -= 1
  refuseMoreThanLeft(0)
  switch (typeof value) {
    case 'string':
      return kept(value)
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
  if (Array.isArray(object)) return copyList(object, within)
  if (types.isMap(object)) return copyMap(object, within)
  if (types.isSet(object)) return copyList(valuesOf(object), within)
  if (types.isBoxedPrimitive(object)) return copy(object.valueOf(), key, within)
  if (types.isRegExp(object)) return kept(`${object}`)
  return copyMembers(Object.entries(object), within)
}

function copyMembers(entries, within) {
  // Without a prototype, `__proto__` is a key like any other.
  const members = Object.create(null)
  for (const [key, value] of entries) members[kept(key)] = copy(value, key, within)
  return members
}

function copyList(list, within) {
  refuseMoreThanLeft(list.length)
  return Array.from(list, (value, at) => copy(value, `${at}`, within))
}

function valuesOf(gathering) {
  refuseMoreThanLeft(gathering.size)
  return [...gathering]
}

/** An object where the keys are text, or else a list of pairs. */
function copyMap(map, within) {
  const entries = valuesOf(map)
  if (entries.every(([key]) => typeof key === 'string')) return copyMembers(entries, within)
  return entries.map((pair) => copyList(pair, within))
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
  const told = { name: text(name), message: text(message) }
  if (typeof code === 'string' || typeof code === 'number') told.code = copy(code)
  told.stack = kept(typeof stack === 'string' ? stack : `${told.name}: ${told.message}`)
  if (cause !== undefined) told.cause = copyRelated(cause, 'cause', within)
  if (Array.isArray(errors)) {
    refuseMoreThanLeft(errors.length)
    told.errors = Array.from(errors, (one, at) => copyRelated(one, `${at}`, within))
  }
  return told
}

/** Errors do come to be their own cause; that is no reason to lose the rest. */
function copyRelated(value, key, within) {
  return within.includes(value) ? '[circular]' : copy(value, key, within)
}

function text(value) {
  return typeof value === 'string' ? kept(value) : ''
}

module.exports = { MAX_LENGTH, reasonOf, toJson, valueToJson }
