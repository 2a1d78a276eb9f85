'use strict'

/** What level `process` does not hold, in the words of an operator. Said in full by docs/egress.md. */
const PROCESS_GAPS = [
  'native addons open sockets without asking Node.js',
  'child processes that were started while the network was open go on',
  'programs named by EGRESS_ALLOW_CHILDREN send what they like; those that are Node.js carry this guard',
  'a proxy, tunnel or Docker socket on loopback or on a Unix socket passes on what it is given',
  'code that means to get around the guard can: it runs in the same process and can undo what was replaced',
  'a connection that was opened before the guard and was idle when it came is not ended by a flip: start with --import @researchflow/core/register',
  'a lookup that the system resolver had under way at a flip may repeat its question for some seconds',
  'module hooks that were registered before the guard (--loader), and modules that were preloaded ahead of it, are not held',
  'leaving a multicast group at a flip is told to the network, at most twice',
  'a thread whose event loop is busy ends its open connections when it next turns',
]

module.exports = { PROCESS_GAPS }
