'use strict'

const binding = require('./binding.js')
const { typeError } = require('./config-error.js')
const { reasonOf, valueToJson } = require('./logger-fields.js')

function redactPhi(text) {
  if (typeof text !== 'string') throw typeError('text', 'a string', text)
  return binding.redactText(text)
}

/** A copy of what JSON can hold, with what identifies a person taken out. */
function redactPhiValue(value) {
  const json = serialise(value)
  if (json === undefined) return undefined
  const redacted = binding.redactJson(json)
  if (redacted === null || redacted === undefined) throw unredactable(value)
  return JSON.parse(redacted)
}

function serialise(value) {
  try {
    return valueToJson(value)
  } catch (error) {
    // Its own words may hold what it could not give.
    throw typeError('value', `what JSON can hold, without ${reasonOf(error) ?? 'anything that throws'}`, value)
  }
}

function unredactable(value) {
  return typeError('value', 'what can be redacted', value)
}

module.exports = { redactPhi, redactPhiValue }
