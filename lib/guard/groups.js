'use strict'

/** Multicast groups. Joining one is told to the network, and so is leaving it. */

const { attempt } = require('./ending.js')
const { internals, replace } = require('./internals.js')
const { atFlip, isOpen } = require('./outbound.js')
const { destination, judge, mayStay } = require('./verdict.js')

/** How a group is joined and left, and which argument names it. */
const KINDS = [
  { join: 'addMembership', leave: 'dropMembership', at: 0 },
  { join: 'addSourceSpecificMembership', leave: 'dropSourceSpecificMembership', at: 1 },
]

/** What is joined through Node's API, and what a flip has left: then `left` is true. */
let memberships = []

function hold() {
  const { UDP } = internals()
  for (const { join, leave, at } of KINDS) {
    const original = replace(UDP.prototype, leave, (drop) =>
      function (...args) {
        const known = take(this, leave, args)
        // What a flip has left, the program leaves without an error and without a second report.
        return known?.left ? 0 : drop.apply(this, args)
      },
    )
    replace(UDP.prototype, join, (add) =>
      function (...args) {
        const error = judge('udp', destination, args[at], 0)
        if (error !== null) throw error
        const status = add.apply(this, args)
        if (status !== 0) return status
        take(this, leave, args)
        memberships.push({ ref: new WeakRef(this), leave, args, group: args[at], drop: original, left: false })
        return status
      },
    )
  }
  atFlip(leaveRefused)
}

/** Leaving costs a report or two; whoever stays answers for the group whenever a router asks. */
function leaveRefused() {
  for (const membership of memberships.filter((one) => !one.left && isOpen(one))) {
    if (mayStay('udp', membership.group, 0)) continue
    membership.left = true
    attempt(() => membership.drop.apply(membership.ref.deref(), membership.args))
  }
}

function take(handle, leave, args) {
  const same = (one) => one.ref.deref() === handle && one.leave === leave && `${one.args}` === `${args}`
  const found = memberships.find(same)
  memberships = memberships.filter((one) => one !== found && isOpen(one))
  return found
}

module.exports = { hold }
