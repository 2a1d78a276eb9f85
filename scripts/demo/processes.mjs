import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'

const TAIL_LINES = 25
const INHERITED = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TERM', 'TZ', 'LD_LIBRARY_PATH']
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => existsSync(file))

/** A program of the demo failed; the message ends with its own last lines. */
export class ServiceFailure extends Error {}

/**
 * The programs of the demo. Each has a process group of its own, so that a Ctrl-C on the terminal
 * reaches the demo alone, and is ended by the kernel when the demo is killed. Their environment is
 * made here and not inherited: a NO_NETWORK in the caller's shell must not change what is shown.
 */
export class Processes {
  #running = new Set()
  #stopping = false
  #secrets
  #temp
  #onDeath

  constructor({ secrets, temp, onDeath }) {
    this.#secrets = secrets
    this.#temp = temp
    this.#onDeath = onDeath
  }

  /**
   * Starts a program. `stopSignal` asks it to end, `hurrySignal` ends it without delay,
   * `user` is the account that a root caller runs it as, `input` goes to its standard input.
   */
  start(name, file, args, options = {}) {
    if (this.#stopping) throw new Error(`${name} is not started: the demo is stopping`)
    const { env = {}, cwd = '/', user, input, stopSignal = 'SIGTERM', hurrySignal = 'SIGKILL' } = options
    const [command, ...rest] = withPrivileges([file, ...args], { user, deathSignal: hurrySignal })
    const child = spawn(command, rest, {
      cwd,
      env: { ...inheritedEnvironment(), TMPDIR: this.#temp, ...env },
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    const program = new Program({ name, child, stopSignal, hurrySignal, secrets: this.#secrets })
    this.#running.add(program)
    void program.exited.then((end) => {
      this.#running.delete(program)
      if (!program.mayEnd) this.#onDeath(program.failure(`${name} ended by itself (${end})`))
    })
    if (input !== undefined) {
      child.stdin.on('error', () => {})
      child.stdin.end(input)
    }
    return program
  }

  /** Runs a program to its end; anything but exit code 0 is a ServiceFailure. */
  async run(name, file, args, options) {
    const program = this.start(name, file, args, options)
    program.mayEnd = true
    const end = await program.exited
    if (end !== 'exit code 0') throw program.failure(`${name} failed (${end})`)
  }

  /** Ends all of them, side by side; returns when none is left. */
  async stopAll({ graceMs }) {
    this.#stopping = true
    await Promise.all([...this.#running].map((program) => program.stop({ graceMs })))
  }
}

class Program {
  /** True once an end is asked for, and so no failure. */
  mayEnd = false
  #child
  #stopSignal
  #hurrySignal
  #secrets
  #tail = ['']

  constructor({ name, child, stopSignal, hurrySignal, secrets }) {
    this.name = name
    this.#child = child
    this.#stopSignal = stopSignal
    this.#hurrySignal = hurrySignal
    this.#secrets = secrets
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => this.#keep(text))
    }
    this.exited = this.#exit()
  }

  /** Asks for the end; past `graceMs` it is no longer a question. */
  async stop({ graceMs, signal = this.#stopSignal }) {
    this.mayEnd = true
    const attempts = [[signal, graceMs], [this.#hurrySignal, 2_000], ['SIGKILL', Infinity]]
    for (const [name, patienceMs] of attempts) {
      if (patienceMs === 0) continue
      this.#signal(name)
      if (await this.#endsWithin(patienceMs)) break
    }
    this.#sweep()
  }

  /** Sends a signal that the program may end of. */
  signal(name) {
    this.mayEnd = true
    this.#signal(name)
  }

  failure(summary) {
    let text = this.#tail.join('\n').trim()
    for (const secret of this.#secrets) text = text.replaceAll(secret, '[secret]')
    const lines = text === '' ? '  (it printed nothing)' : text.replace(/^/gm, '  | ')
    return new ServiceFailure(`${summary}; its last lines:\n${lines}`)
  }

  async #exit() {
    try {
      const [code, signal] = await once(this.#child, 'exit')
      // What the program wrote last may still be in the pipe.
      await sleep(20)
      return signal ? `signal ${signal}` : `exit code ${code}`
    } catch (error) {
      return `did not start: ${error.code ?? error.name}`
    }
  }

  async #endsWithin(patienceMs) {
    if (patienceMs === Infinity) return this.exited
    const timer = new AbortController()
    const late = sleep(patienceMs, false, { signal: timer.signal }).catch(() => false)
    const ended = await Promise.race([this.exited, late])
    timer.abort()
    return ended
  }

  #keep(text) {
    const lines = (this.#tail.pop() + stripVTControlCharacters(text)).split('\n')
    this.#tail = [...this.#tail, ...lines].slice(-TAIL_LINES)
  }

  #signal(name) {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(name)
  }

  /** Ends what the program itself had started. */
  #sweep() {
    if (this.#child.pid === undefined) return
    try {
      process.kill(-this.#child.pid, 'SIGKILL')
    } catch {
      // The group is empty, as it should be.
    }
  }
}

/** The command under setpriv: as another user, and with a signal from the kernel when the demo dies. */
function withPrivileges(command, { user, deathSignal }) {
  if (SETPRIV === undefined) {
    if (user !== undefined) throw new Error('setpriv is missing: install the package util-linux')
    return command
  }
  const identity = user === undefined ? [] : [`--reuid=${user}`, `--regid=${user}`, '--init-groups']
  return [SETPRIV, ...identity, `--pdeathsig=${deathSignal.replace(/^SIG/, '')}`, '--', ...command]
}

function inheritedEnvironment() {
  const entries = INHERITED.map((name) => [name, process.env[name]])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}
