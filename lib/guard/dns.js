'use strict'

/**
 * Questions to DNS. `dns.lookup` and what connects by name ask the system (`getaddrinfo`);
 * `dns.resolve*`, `dns.reverse` and Resolvers have sockets of their own. A name that is not listed
 * is refused before it is asked for.
 */

const dns = require('node:dns')
const binding = require('../binding.js')
const { EACCES, internals, replace } = require('./internals.js')
const localhost = require('./localhost.js')
const { atFlip } = require('./outbound.js')
const { destination, judge, lookup, query, reverse } = require('./verdict.js')

const DNS_PORT = 53

function hold() {
  const { cares } = internals()
  holdSystem(cares, 'getaddrinfo', cares.GetAddrInfoReqWrap, lookup, (host, family, _hints, order) =>
    localhost.isName(host) ? [localhost.addresses(family, order)] : null,
  )
  holdSystem(cares, 'getnameinfo', cares.GetNameInfoReqWrap, reverse, (address, port) =>
    localhost.isAddress(address) ? [localhost.NAME, localhost.service(port)] : null,
  )
  holdChannels(cares.ChannelWrap)
}

/** The callback form calls the binding by its name, and is refused or answered there. */
function holdSystem(cares, name, Request, decide, answer) {
  replace(cares, name, (ask) =>
    function (request, subject, ...rest) {
      const error = judge('dns', decide, subject)
      if (error === null) {
        const known = answer(subject, ...rest)
        if (known === null) return ask(request, subject, ...rest)
        process.nextTick(() => request.oncomplete(null, ...known))
        return 0
      }
      if (typeof request?.callback !== 'function') return EACCES
      process.nextTick(request.callback, error)
      return 0
    },
  )
  holdRequests(Request.prototype, decide, answer)
}

/**
 * The promise form has kept the function itself. It writes everything into its request first, inside
 * the promise: a name that is refused throws there, and one that the guard answers settles the promise
 * before it throws, so that nobody hears of that.
 */
function holdRequests(prototype, decide, answer) {
  const settle = (request) => {
    const { hostname, oncomplete, resolve, reject } = request
    if (hostname === undefined || !oncomplete || !resolve || !reject) return
    const known = answer(hostname, request.family ?? request.port)
    if (known === null) return
    request.oncomplete(null, ...known)
    throw ANSWERED
  }
  hook(prototype, 'hostname', (request, host) => {
    if (request.callback !== undefined) return
    const error = judge('dns', decide, host)
    if (error !== null) throw error
  })
  hook(prototype, 'resolve', settle)
  hook(prototype, 'reject', settle)
  hook(prototype, 'oncomplete', settle, learning)
}

const ANSWERED = new Error('the guard has answered')

/** Calls `written` after a field is written; `read` is what is read in its place. */
function hook(prototype, field, written, read = (value) => value) {
  const FIELD = Symbol(field)
  Object.defineProperty(prototype, field, {
    configurable: true,
    get() {
      return read(this[FIELD])
    },
    set(value) {
      this[FIELD] = value
      written(this, value)
    },
  })
}

/** What a listed name was resolved to may be connected to. */
function learning(oncomplete) {
  if (typeof oncomplete !== 'function') return oncomplete
  return function (error, addresses, ...rest) {
    if (!error) learn(this.hostname, addresses)
    return oncomplete.call(this, error, addresses, ...rest)
  }
}

function learn(name, addresses) {
  if (typeof name !== 'string' || !Array.isArray(addresses)) return
  for (const address of addresses) {
    if (typeof address === 'string') binding.learnAddress(name, address)
  }
}

function holdChannels(ChannelWrap) {
  const { prototype } = ChannelWrap
  const asks = Object.getOwnPropertyNames(prototype).filter((name) => /^(query|getHostBy)/.test(name))
  for (const name of asks) {
    const decide = name === 'getHostByAddr' ? reverse : query
    const learns = name === 'queryA' || name === 'queryAaaa'
    replace(prototype, name, (ask) =>
      function (request, subject, ...rest) {
        const error = judge('dns', decideQuestion, this, decide, subject)
        if (error !== null) return refuseQuestion(request, error)
        if (name === 'getHostByAddr' && localhost.isAddress(subject)) {
          process.nextTick(() => request.oncomplete(null, [localhost.NAME]))
          return 0
        }
        if (learns) learnAnswer(request, subject)
        const status = ask.call(this, request, subject, ...rest)
        rememberAsking(this)
        return status
      },
    )
  }
  // A question without an answer is asked again: not after the flip.
  atFlip(() => {
    if (binding.guardAudits()) return
    for (const ref of asking) ref.deref()?.cancel()
    asking = []
    known = new WeakSet()
  })
}

/** The channels that asked since the last flip, each once, for as long as somebody keeps them. */
let asking = []
let known = new WeakSet()
let sweepAt = 64

function rememberAsking(channel) {
  if (known.has(channel)) return
  known.add(channel)
  asking.push(new WeakRef(channel))
  if (asking.length < sweepAt) return
  asking = asking.filter((ref) => ref.deref() !== undefined)
  sweepAt = Math.max(64, asking.length * 2)
}

function refuseQuestion(request, error) {
  if (typeof request?.callback === 'function') process.nextTick(request.callback, error)
  else if (typeof request?.reject === 'function') request.reject(error)
  else return EACCES
  return 0
}

function learnAnswer(request, name) {
  const { oncomplete } = request
  if (typeof oncomplete !== 'function') return
  request.oncomplete = function (error, addresses, ...rest) {
    if (!error) learn(name, addresses)
    return oncomplete.call(this, error, addresses, ...rest)
  }
}

/** A listed name is asked for, of the system's servers or of listed ones. */
function decideQuestion(channel, decide, subject) {
  return decide(subject) ?? refusedServer(channel.getServers())
}

function refusedServer(servers) {
  const foreign = (server) => !systemServers.has(`${server}`)
  if (servers.some(foreign)) systemServers = readSystemServers()
  for (const [address, port] of servers.filter(foreign)) {
    const reason = destination(address, port || DNS_PORT)
    if (reason) return reason
  }
  return null
}

let systemServers = new Set()

/** The servers that the system is configured with now. */
function readSystemServers() {
  return new Set(new dns.Resolver()._handle.getServers().map(String))
}

module.exports = { hold }
