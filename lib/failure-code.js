'use strict'

/**
 * The code for an error that a check of the program's own threw: by the error's own code, never by
 * its text. Sources: Node's `errors` page, Postgres' appendix A, RFC 5280 names as OpenSSL has them.
 */

const CODES = new Map([
  ['ABORT_ERR', 'cancelled'],
  ['ECONNREFUSED', 'connection_refused'],
  ['ENOENT', 'connection_refused'],
  ['ENOTFOUND', 'dns_failure'],
  ['EAI_AGAIN', 'dns_failure'],
  ['EAI_NODATA', 'dns_failure'],
  ['EAI_NONAME', 'dns_failure'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['EACCES', 'unreachable'],
  ['ETIMEDOUT', 'timeout'],
  ['ESOCKETTIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['ECONNRESET', 'unexpected_reply'],
  ['EPIPE', 'unexpected_reply'],
  ['UND_ERR_SOCKET', 'unexpected_reply'],
  ['28P01', 'auth_failed'],
  ['28000', 'auth_failed'],
  ['42501', 'auth_failed'],
  ['53300', 'too_many_connections'],
  ['57P01', 'starting_up'],
  ['57P02', 'starting_up'],
  ['57P03', 'starting_up'],
  ['25006', 'read_only'],
  ['3D000', 'invalid_config'],
  ['08P01', 'unexpected_reply'],
])

/** OpenSSL's verification results, as Node puts them into `error.code`. */
const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/

/** A name of a class or a code, as programs write them: nobody's words, and so fit for a log. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/

function failureOf(error) {
  try {
    const cause = [error?.name, error?.code].filter((word) => typeof word === 'string' && IDENTIFIER.test(word)).join(' ')
    return { code: codeWithin(error), cause: cause === '' ? undefined : cause }
  } catch {
    // Anything can be thrown, also what throws when it is looked at.
    return { code: 'error', cause: undefined }
  }
}

function codeWithin(error) {
  // A chain of causes can be a ring; nobody needs more of it than this.
  for (let depth = 0, at = error; depth < 5 && isObject(at); depth += 1, at = at.cause) {
    const { code, name } = at
    if (typeof code === 'string') {
      const known = CODES.get(code)
      if (known) return known
      if (TLS.test(code)) return 'tls_error'
    }
    if (name === 'TimeoutError') return 'timeout'
    if (name === 'AbortError') return 'cancelled'
    // Node tries every address of a name and wraps what each one said.
    if (at.errors?.length > 0 && isObject(at.errors[0])) return codeWithin(at.errors[0])
  }
  return 'error'
}

function isObject(value) {
  return typeof value === 'object' && value !== null
}

module.exports = { failureOf }
