'use strict'

/** What to look at for each code that a check fails with: the table in docs/readiness.md. */
const ADVICE = {
  auth_failed: 'user and password in the URL; a password that holds `@ : / ? #` must be percent-encoded',
  cancelled: 'the check closed, or its own code aborted it',
  connection_refused: 'whether the server runs, and the port',
  dns_failure: 'the host in the URL; the pod\'s resolver',
  error: 'the cause in the log: file descriptors, a code that is not known here, or your own check',
  'http_<status>': 'the worker\'s own log',
  invalid_config:
    'the form of the URL, such as a second `@`, a `#`, or a `@` behind the host that should be percent-encoded; files it names; whether the database exists',
  not_configured: '`DATABASE_URL`, `REDIS_URL`, `WORKER_CALLBACK_URL`; pass `false` for what is not used',
  read_only: 'failover: the server takes no writes and the URL asks for them; Redis cannot save its data',
  starting_up: 'wait: recovery, shutdown, or loading of data',
  timeout: 'the step in the log line says what was waited for',
  tls_error: 'the server\'s certificate, its host name, `caFile`, `sslrootcert`',
  too_many_connections: '`max_connections`, `maxclients`, pools of other processes',
  unexpected_reply: 'whether something else listens on that port',
  unreachable: 'routes, network policies, permissions of a Unix socket',
}

/** The advice for an outcome; nothing when it is ok. */
function adviceFor(outcome) {
  if (outcome === 'blocked') return 'the mode blocks the network: list the service in EGRESS_ALLOW if it is an internal one'
  const code = /^failed: (.*)$/.exec(outcome)?.[1]
  if (code === undefined) return undefined
  return ADVICE[code.startsWith('http_') ? 'http_<status>' : code]
}

module.exports = { ADVICE, adviceFor }
