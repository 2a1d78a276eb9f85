import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

interface Ran {
  code: number
  /** The message that the program printed of its error, or its level. */
  said: string
  /** The warnings of the guard. */
  warnings: string[]
}

const REGISTER = join(import.meta.dirname, '..', 'register.js')

/** Imports the guard in a process of its own, and in a worker thread of that. */
function register(env: NodeJS.ProcessEnv): Promise<Ran> {
  const script = `
    import(${JSON.stringify(REGISTER)}).then(
      () => new (require('node:worker_threads').Worker)('1', { eval: true, execArgv: ['--import', ${JSON.stringify(REGISTER)}] })
        .on('exit', () => process.stdout.write('installed')),
      ({ code, name, message }) => process.stdout.write([name, code, message].join(' | ')))`
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH, ROS_MODE: 'STANDBY', LOG_FORMAT: 'json', LOG_LEVEL: 'warn', ...env } }
    execFile(process.execPath, ['-e', script], options, (error, stdout, stderr) => {
      const lines = stderr.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as { level: string; message: string })
      const warnings = lines.filter(({ level }) => level === 'warn').map(({ message }) => message)
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: stdout, warnings })
    })
  })
}

describe('the variables of @researchflow/core/register', () => {
  it.each(['yes', 'KERNEL', ' process', 'hunter2'])('a level that is none is refused by the name of its variable and without its value: %s', async (value) => {
    const { said } = await register({ EGRESS_ENFORCE: value })
    expect(said).toBe("TypeError | RF_CONFIG_EGRESS_ENFORCE | EGRESS_ENFORCE: expected 'process' or 'kernel', but found a string")
  })

  it.each(['audit', 'kernel', '2', 'hunter2'])('a word that is neither yes nor no audits nothing and is warned of once, without the word: %s', async (value) => {
    const ran = await register({ EGRESS_AUDIT: value })
    expect(ran).toEqual({ code: 0, said: 'installed', warnings: ['EGRESS_AUDIT: expected one of 1, true, t, yes, y, on to audit; the guard refuses'] })
  })

  it.each(['', '0', 'No', 'off', 'Yes', '1'])('a clear word is taken as it is: %j', async (value) => {
    expect(await register({ EGRESS_AUDIT: value, EGRESS_ENFORCE: '' })).toEqual({ code: 0, said: 'installed', warnings: [] })
  })
})

describe('the options of a Worker under the guard', () => {
  it.each([
    ['as they are', '{}'],
    ['with flags of its own', "{ execArgv: ['--no-warnings'] }"],
    ['with NODE_OPTIONS of its own', "{ env: { NODE_OPTIONS: '--no-warnings' } }"],
  ])('are taken from a prototype too, frozen or not, %s', async (_how, own) => {
    const script = `
      require(${JSON.stringify(REGISTER)})
      const inherited = Object.freeze({ eval: true, workerData: 'of a prototype', env: undefined, execArgv: undefined })
      const options = Object.freeze(Object.create(inherited, Object.getOwnPropertyDescriptors(${own})))
      new (require('node:worker_threads').Worker)("const { parentPort, workerData } = require('node:worker_threads'); parentPort.postMessage(workerData)", options)
        .on('message', (message) => process.stdout.write(message))`
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env: { PATH: process.env.PATH, ROS_MODE: 'LIVE', LOG_LEVEL: 'silent' } })
    expect(stdout).toBe('of a prototype')
  })
})
