'use strict'

/**
 * JSON of plain objects, arrays, strings, numbers, booleans and null, as `JSON.stringify` writes them:
 * nearly all that is logged. It looks at each value once, to see what it is and to write it, which
 * takes half the time of `JSON.stringify`.
 */

const MAX_DEPTH = 32
/** In characters. What is longer is data, and belongs elsewhere. */
const MAX_LENGTH = 1 << 20

/** Longer texts are quicker with `JSON.stringify`. */
const SHORT = 500
/** Whatever JSON writes in another way than it is, and all that is not ASCII. */
const SPECIAL = /[^ !#-[\]-~]/

/** The names of members as JSON; there are few of them in a program. */
const MAX_NAMES = 1024
const names = new Map()

/** Why something is left out; the words are all that is said of it. */
class Unserialisable extends Error {
  constructor(reason) {
    super(reason)
    this.reason = reason
  }
}

function bounded(json) {
  if (json.length > MAX_LENGTH) throw new Unserialisable('too large')
  return json
}

/** The object as JSON, or undefined where it is not plain or something in it is not. */
function plainObject(object, depth) {
  if (typeof object !== 'object' || depth === MAX_DEPTH) return undefined
  const prototype = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) return undefined
  let json = '{'
  for (const key in object) {
    const value = object[key]
    if (value === undefined) continue
    const written = plain(value, depth)
    if (written === undefined) return undefined
    json += (json === '{' ? '' : ',') + nameOf(key) + written
  }
  return bounded(`${json}}`)
}

function plain(value, depth) {
  switch (typeof value) {
    case 'string':
      return value.length > SHORT || SPECIAL.test(value) ? JSON.stringify(value) : `"${value}"`
    case 'number':
      return Number.isFinite(value) ? `${value}` : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? plainArray(value, depth + 1) : plainObject(value, depth + 1)
    default:
      return undefined
  }
}

function plainArray(array, depth) {
  if (depth === MAX_DEPTH || Object.getPrototypeOf(array) !== Array.prototype) return undefined
  let json = '['
  for (let at = 0; at < array.length; at += 1) {
    const value = array[at]
    const written = value === undefined ? 'null' : plain(value, depth)
    if (written === undefined) return undefined
    json += (at === 0 ? '' : ',') + written
  }
  return bounded(`${json}]`)
}

function nameOf(key) {
  const known = names.get(key)
  if (known !== undefined) return known
  const name = `${JSON.stringify(key)}:`
  if (names.size < MAX_NAMES) names.set(key, name)
  return name
}

module.exports = { bounded, MAX_DEPTH, MAX_LENGTH, plainObject, Unserialisable }
