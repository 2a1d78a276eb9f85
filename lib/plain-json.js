'use strict'

/**
 * JSON of plain objects, arrays, strings, numbers, booleans and null, as `JSON.stringify` writes them:
 * nearly all that is logged. It looks at each value once, to see what it is and to write it, which
 * takes less time than `JSON.stringify` does.
 */

const MAX_DEPTH = 32
/** In characters. What is longer is data, and belongs elsewhere. */
const MAX_LENGTH = 1 << 20

/** Longer texts are quicker with `JSON.stringify`. */
const SHORT = 500
/** Whatever JSON writes in another way than it is, and all that is not ASCII. */
const SPECIAL = /[^ !#-[\]-~]/

/**
 * The names of members as JSON, as the first of an object and as any other; there are few of them in a
 * program, and they are short.
 */
const MAX_NAMES = 1024
const MAX_NAME_LENGTH = 64
const names = new Map()

/** Why something is left out; the words are all that is said of it. */
class Unserialisable extends Error {
  constructor(reason) {
    super(reason)
    this.reason = reason
  }
}

/** The reason where it was ours; what was thrown can be anything, and even to look at it may throw. */
function reasonOf(thrown) {
  try {
    return thrown instanceof Unserialisable ? thrown.reason : undefined
  } catch {
    return undefined
  }
}

/** JSON, or a text that is to become part of some, unless it is too long. */
function bounded(json) {
  if (json.length > MAX_LENGTH) throw new Unserialisable('too large')
  return json
}

function isPlainObject(value) {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && typeof value.toJSON !== 'function'
}

/**
 * A plain object as JSON. `other(value, key)` is asked for what is not plain in it, or too deep, and
 * answers undefined where JSON has nothing for that.
 */
function writeObject(object, depth, other) {
  let json = ''
  for (const key in object) {
    const written = write(object[key], key, depth, other)
    if (written !== undefined) {
      const name = nameOf(key)
      json += (json === '' ? name.first : name.next) + written
    }
    // At once, so that what is thrown away in the end is not made.
    bounded(json)
  }
  return json === '' ? '{}' : bounded(`${json}}`)
}

function writeArray(array, depth, other) {
  let json = '['
  for (let at = 0; at < array.length; at += 1) {
    json += (at === 0 ? '' : ',') + (write(array[at], at, depth, other) ?? 'null')
    bounded(json)
  }
  return bounded(`${json}]`)
}

function write(value, key, depth, other) {
  switch (typeof value) {
    case 'string':
      return bounded(value).length > SHORT || SPECIAL.test(value) ? JSON.stringify(value) : `"${value}"`
    case 'number':
      return Number.isFinite(value) ? `${value}` : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'undefined':
      return undefined
    case 'object':
      if (value === null) return 'null'
      if (depth < MAX_DEPTH) {
        if (isPlainObject(value)) return writeObject(value, depth + 1, other)
        if (Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype) return writeArray(value, depth + 1, other)
      }
  }
  return other(value, key)
}

function nameOf(key) {
  const known = names.get(key)
  if (known !== undefined) return known
  const json = JSON.stringify(bounded(key))
  const name = { first: `{${json}:`, next: `,${json}:` }
  if (names.size < MAX_NAMES && key.length <= MAX_NAME_LENGTH) names.set(key, name)
  return name
}

module.exports = { bounded, isPlainObject, MAX_DEPTH, MAX_LENGTH, reasonOf, Unserialisable, writeObject }
