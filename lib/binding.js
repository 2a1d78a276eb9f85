'use strict'

/**
 * Loads the native part: from this folder, where a build put it, or from the package of the
 * platform, which npm installs beside this one.
 */

const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { libc } = require('./libc.js')
const { version } = require('../package.json')

/** Those that there is a package for; the same as the `targets` in package.json. */
const PLATFORMS = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'linux-x64-gnu',
  'linux-x64-musl',
  'win32-x64-msvc',
]

/** As the packages name it. */
function currentPlatform() {
  const name = `${process.platform}-${process.arch}`
  if (process.platform === 'linux') return `${name}-${libc()}`
  return process.platform === 'win32' ? `${name}-msvc` : name
}

function load() {
  const platform = currentPlatform()
  const built = join(__dirname, `researchflow-core.${platform}.node`)
  const source = existsSync(built) ? built : packageOf(platform)
  let binding
  try {
    binding = require(source)
  } catch (cause) {
    throw failure(`the binary of @researchflow/core for ${platform} is there and cannot be loaded: ${cause.message}`, cause)
  }
  const found = binding.coreVersion()
  if (found === version) return binding
  throw failure(
    `expected version ${version} of the binary of @researchflow/core for ${platform}, but found ${found}; install @researchflow/core again, or build it again in a clone`,
  )
}

function packageOf(platform) {
  if (!PLATFORMS.includes(platform)) {
    throw failure(`@researchflow/core has no binary for ${platform}; there is one for each of ${PLATFORMS.join(', ')}`)
  }
  const name = `@researchflow/core-${platform}`
  try {
    return require.resolve(name)
  } catch (cause) {
    throw failure(
      `the package ${name}, which holds the binary of @researchflow/core for this platform, is not installed: ` +
        'run npm install on the platform that the program runs on and without --omit=optional; ' +
        'a node_modules folder that was copied from another platform holds the binary of that one',
      cause,
    )
  }
}

function failure(message, cause) {
  const error = new Error(message, cause && { cause })
  error.code = 'RF_NO_BINARY'
  return error
}

module.exports = load()
