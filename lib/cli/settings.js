'use strict'

const { environmentAudit, environmentLevel } = require('../egress-settings.js')
const { mistakes } = require('../log-settings.js')
const { environmentHost, environmentPort } = require('../probe-address.js')

/** Variables that must not be wrong: whatever reads one throws. */
const STRICT = [
  { name: 'EGRESS_ENFORCE', read: environmentLevel, advice: 'write process or kernel; until then no program starts that registers the guard' },
  { name: 'PROBE_PORT', read: environmentPort, advice: 'write a port, such as 9464; until then startProbeServer throws' },
  {
    name: 'PROBE_HOST',
    read: environmentHost,
    advice: 'write 127.0.0.1, or 0.0.0.0 where probes come from outside; until then startProbeServer throws',
  },
]

/** `{ name, state, text, advice }` of each variable that was not written as it should be, without its value. */
function wrongSettings() {
  const found = []
  for (const { name, read, advice } of STRICT) {
    try {
      read()
    } catch ({ message }) {
      found.push({ name, state: 'bad', text: message.slice(`${name}: `.length), advice })
    }
  }
  const { problem } = environmentAudit()
  if (problem !== undefined) {
    found.push({
      name: 'EGRESS_AUDIT',
      state: 'warn',
      text: `${problem}, but found something else`,
      advice: 'write 1 to audit, or 0; until then the guard refuses',
    })
  }
  for (const { name, problem, untilThen, advice } of mistakes(process.env)) {
    found.push({ name, state: 'warn', text: problem, advice: `${advice}; until then ${untilThen}` })
  }
  return found
}

module.exports = { wrongSettings }
