'use strict'

/** The kernel level: the same rules, kept by Linux for this process and all it starts. */

/** `{ verified, gaps }`, as in the report: what was tried and is held, and what this level leaves. */
function install() {
  const error = new Error("enforce: 'kernel' is not available in this build")
  error.code = 'RF_GUARD_KERNEL_UNAVAILABLE'
  throw error
}

/** Whether the kernel holds what this process starts. */
function held() {
  return false
}

module.exports = { held, install }
