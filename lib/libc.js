'use strict'

/** Which C library this very process runs on: no program is asked, as the image may have none. */

const { readFileSync } = require('node:fs')

function libc() {
  // glibc's file has a name of its own, before 2.34 with the version in it. musl's has several, also a
  // plain libc.so, since it is the loader as well.
  const loaded = mappedFiles() ?? sharedObjects()
  return /\/libc(?:\.so\.6|-2\.\d+\.so)$/m.test(loaded) ? 'gnu' : 'musl'
}

function mappedFiles() {
  try {
    return readFileSync('/proc/self/maps', 'latin1')
  } catch {
    return null
  }
}

/** Where there is no /proc. A report would ask DNS for the names of peers, unless it is told not to. */
function sharedObjects() {
  if (process.report === undefined) return ''
  const { excludeNetwork } = process.report
  process.report.excludeNetwork = true
  try {
    return process.report.getReport().sharedObjects.join('\n')
  } finally {
    process.report.excludeNetwork = excludeNetwork
  }
}

module.exports = { libc }
