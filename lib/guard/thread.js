'use strict'

/** What a new thread runs first: the guard, then its script. */

const { installEgressGuard } = require('./index.js')

installEgressGuard()

function run(filename) {
  // What Node left behind for a script that was given as text.
  for (const name of ['require', 'module', 'exports', '__filename', '__dirname']) delete globalThis[name]
  delete process._eval
  process.argv[1] = filename
  require('node:module').runMain(filename)
}

module.exports = { run }
