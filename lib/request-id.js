'use strict'

const { AsyncLocalStorage } = require('node:async_hooks')
const binding = require('./binding.js')
const { typeError } = require('./config-error.js')

/** Letters, digits and a few signs, as the ids of proxies and tracers have them. */
const SANE_ID = /^[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}$/
const HEADER = 'x-request-id'

const storage = new AsyncLocalStorage()
let used = false

/** The JSON member with the id of the request that is being served here, or ''. */
function requestIdMember() {
  return used ? (storage.getStore() ?? '') : ''
}

function memberOf(requestId) {
  return `,"requestId":${JSON.stringify(requestId)}`
}

/** Runs `fn`, and all that it starts, with this id in every line. */
function withRequestId(id, fn) {
  if (typeof id !== 'string' || id === '') throw typeError('id', 'a string that is not empty', id)
  if (typeof fn !== 'function') throw typeError('fn', 'a function', fn)
  used = true
  return storage.run(memberOf(id), fn)
}

/**
 * Gives every request an id: that of its `X-Request-Id` where it is a clean word that tells nothing
 * of a person, else a new UUID. The answer carries it.
 */
function assignRequestId(request, response, next) {
  const given = request.headers?.[HEADER]
  const id = typeof given === 'string' && SANE_ID.test(given) && binding.redactText(given) === given ? given : newId()
  response.setHeader('X-Request-Id', id)
  return withRequestId(id, next)
}

/** Loaded when it is wanted: it takes a fifth of what this whole package takes, and Node has it built in. */
function newId() {
  return require('node:crypto').randomUUID()
}

module.exports = { assignRequestId, memberOf, requestIdMember, withRequestId }
