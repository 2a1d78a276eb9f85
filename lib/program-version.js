'use strict'

/** The version of the program that runs: npm tells it to what it starts. */
function programVersion() {
  return process.env.npm_package_version || '1.0.0'
}

module.exports = { programVersion }
