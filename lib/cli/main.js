'use strict'

const { parseArgs } = require('node:util')
const { version } = require('../../package.json')
const { HELP } = require('./help.js')
const { createOutput } = require('./output.js')

/** What ran and found all well; what ran and did not; what was asked for in a way that is none. */
const EXIT = { well: 0, unwell: 1, usage: 2 }

const COMMANDS = {
  check: { load: () => require('./check.js'), options: { url: { type: 'string' }, timeout: { type: 'string' } } },
  mode: { load: () => require('./mode.js'), options: {} },
  doctor: { load: () => require('./doctor.js'), options: {} },
}

const COMMON = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }

/** A command that was not written as it should be. Its text says what is expected, not what came. */
class UsageError extends Error {}

async function main(args) {
  const output = createOutput()
  // A reader such as `head` may have seen enough.
  process.stdout.on('error', ({ code }) => {
    if (code === 'EPIPE') return
    output.error(`researchflow-core: the result could not be written (${code})`)
    process.exitCode = EXIT.unwell
  })
  try {
    process.exitCode = await run(args, output)
  } catch (error) {
    const isUsage = error instanceof UsageError || String(error?.code).startsWith('RF_CONFIG_')
    // Its text says what is missing and what to do; the trace says nothing more.
    const isMissing = error?.code === 'RF_NO_BINARY'
    if (!isUsage && !isMissing) throw error
    output.error(`researchflow-core: ${error.message}`)
    process.exitCode = EXIT.unwell
    if (isMissing) return
    output.error("Try 'researchflow-core --help'.")
    process.exitCode = EXIT.usage
  }
}

async function run(args, output) {
  const [name, ...rest] = args
  if (name === '--version' || name === '-v') return output.line(version) ?? EXIT.well
  if (name === '--help' || name === '-h' || name === 'help') return output.line(HELP.all) ?? EXIT.well
  if (!Object.hasOwn(COMMANDS, name ?? '')) {
    throw new UsageError(`expected a command (${Object.keys(COMMANDS).join(', ')}), but found ${name === undefined ? 'none' : 'another word'}`)
  }
  const { load, options } = COMMANDS[name]
  const { values } = parse(rest, { ...COMMON, ...options })
  if (values.help) return output.line(HELP[name]) ?? EXIT.well
  return (await load().run(values, output, UsageError)) ? EXIT.well : EXIT.unwell
}

function parse(args, options) {
  try {
    return parseArgs({ args, options, allowPositionals: false })
  } catch {
    // Its own text repeats what was given.
    const known = Object.entries(options).map(([name, { type }]) => `--${name}${type === 'string' ? ' <value>' : ''}`)
    throw new UsageError(`expected options out of ${known.join(', ')}, but found something else`)
  }
}

module.exports = { main }
