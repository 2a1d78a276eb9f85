import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { signal } from './support/process.ts'
import { removeTempDirectory, tempDirectory } from './support/temp.ts'

const ROOT = join(import.meta.dirname, '..')
const READY = '{"status":"ready","checks":{"db":"ok","redis":"ok","worker":"ok"},"mode":{"ros_mode":"LIVE","no_network":false,"mock_only":false}}'
const NO_REDIS = '{"status":"not_ready","checks":{"db":"ok","redis":"failed: connection_refused","worker":"ok"},"mode":{"ros_mode":"LIVE","no_network":false,"mock_only":false}}'
const STANDBY = '{"status":"standby","checks":{"db":"ok","redis":"ok","worker":"ok"},"mode":{"ros_mode":"STANDBY","no_network":false,"mock_only":false}}'
const LIMIT_MS = 90_000

interface Demo {
  make: ChildProcess
  /** Everything the demo writes goes below it, and every process it starts knows it. */
  temp: string
  output(): string
  exited: Promise<[number | null, NodeJS.Signals | null]>
  /** Waits for a line; gives its first group. */
  line(pattern: RegExp): Promise<string>
}

const demos: Demo[] = []

afterEach(() => {
  for (const { make, temp } of demos.splice(0)) {
    if (make.exitCode === null && make.signalCode === null) process.kill(-make.pid!, 'SIGKILL')
    for (const pid of processesOf(temp)) signal(pid, 'SIGKILL')
    removeTempDirectory(temp)
  }
})

describe('make demo', { timeout: LIMIT_MS }, () => {
  it('with ONCE=1 shows ready, the failure of Redis, the recovery and the drain, and exits with 0', async () => {
    const demo = start('ONCE=1')
    expect(await demo.exited, demo.output()).toEqual([0, null])

    const answers = demo.output().split('\n').filter((line) => line.startsWith('{'))
    expect(answers.slice(0, 3)).toEqual([READY, NO_REDIS, READY])
    expect(answers.slice(3).map((line) => JSON.parse(line).status)).toEqual(['draining'])
    expect(demo.output().match(/# HTTP \d+/g)).toEqual(['# HTTP 200', '# HTTP 503', '# HTTP 200', '# HTTP 503'])
    expect(demo.output()).toContain('orchestrator ended with exit code 0')
    await expectNothingLeft(demo)
  })

  it('stays up until Ctrl-C, and then leaves no process and no file', async () => {
    const demo = start()
    const url = await demo.line(/^ +readiness +(http:\S+)$/m)
    await demo.line(/(up until Ctrl-C)$/m)
    expect(demo.output().split('\n')).toContain(READY)
    expect(processesOf(demo.temp).length).toBeGreaterThan(4)
    for (let time = 0; time < 3; time += 1) {
      await sleep(300)
      expect(await (await fetch(url)).text()).toBe(READY)
    }

    // A terminal sends Ctrl-C to make and to what it runs.
    process.kill(-demo.make.pid!, 'SIGINT')
    expect(await demo.exited).toEqual([null, 'SIGINT'])
    expect(demo.output()).toMatch(/SIGINT: stopping\n.*no process and no file is left\n/)
    await expectNothingLeft(demo)
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  it('leaves nothing when Ctrl-C comes while it starts, twice', async () => {
    const demo = start()
    await demo.line(/(starting Postgres)/)
    process.kill(-demo.make.pid!, 'SIGINT')
    await sleep(50)
    process.kill(-demo.make.pid!, 'SIGINT')
    await demo.exited
    await expectNothingLeft(demo)
  })

  it('leaves nothing when it is killed', async () => {
    const demo = start()
    await demo.line(/(up until Ctrl-C)$/m)
    process.kill(-demo.make.pid!, 'SIGKILL')
    await demo.exited
    await expectNothingLeft(demo)
  })

  it('leaves nothing when make alone is killed', async () => {
    const demo = start()
    await demo.line(/(up until Ctrl-C)$/m)
    process.kill(demo.make.pid!, 'SIGKILL')
    await demo.exited
    await expectNothingLeft(demo)
  })

  it('starts in STANDBY, whatever the caller has in the environment', async () => {
    const demo = start('MODE=STANDBY', { ROS_MODE: 'LIVE', NO_NETWORK: '1', DATABASE_URL: 'postgres://nowhere', REDIS_URL: 'x' })
    const url = await demo.line(/^ +readiness +(http:\S+)$/m)
    expect(demo.output().split('\n')).toContain(STANDBY)
    expect((await fetch(url)).status).toBe(200)
    expect((await fetch(new URL('/api/projects', url))).status).toBe(503)
    process.kill(-demo.make.pid!, 'SIGTERM')
    await demo.exited
    await expectNothingLeft(demo)
  })

  it('ends with the last words of a service that dies under it, and exit code 1 of its own', async () => {
    const demo = start()
    await demo.line(/(up until Ctrl-C)$/m)
    const redis = processesOf(demo.temp).find((pid) => commandOf(pid).startsWith('redis-server'))
    signal(redis!, 'SIGKILL')
    const [code] = await demo.exited
    expect(code).toBe(2)
    expect(demo.output()).toMatch(/redis ended by itself \(signal SIGKILL\); its last lines:\n  \| .*\n/)
    expect(demo.output()).toMatch(/make.*demo\] Error 1/)
    await expectNothingLeft(demo)
  })

  it('refuses a mode that is none, with its own words', async () => {
    const demo = start('MODE=live')
    const [code] = await demo.exited
    expect(code).toBe(2)
    expect(demo.output()).toContain('MODE must be one of LIVE, DEMO, STANDBY, written exactly so')
    await expectNothingLeft(demo)
  })
})

/** make and what it runs in a process group of their own, as on a terminal. */
function start(argument?: string, env: Record<string, string> = {}): Demo {
  const temp = tempDirectory('demo')
  chmodSync(temp, 0o711)
  const inherited = Object.entries(process.env).filter(([name]) => !/^(MAKE|MFLAGS|VITEST|NODE_)/.test(name))
  const make = spawn('make', ['--no-print-directory', 'demo', ...(argument === undefined ? [] : [argument])], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...env, TMPDIR: temp },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [make.stdout, make.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const demo: Demo = {
    make,
    temp,
    output: () => text,
    exited: once(make, 'close') as Demo['exited'],
    async line(pattern) {
      for (;;) {
        const found = pattern.exec(text)?.[1]
        if (found !== undefined) return found
        if (make.exitCode !== null) throw new Error(`the demo ended early:\n${text}`)
        await sleep(20)
      }
    },
  }
  demos.push(demo)
  return demo
}

async function expectNothingLeft({ temp, output }: Demo): Promise<void> {
  const deadline = performance.now() + 5_000
  while ((processesOf(temp).length > 0 || readdirSync(temp).length > 0) && performance.now() < deadline) await sleep(20)
  expect(processesOf(temp).map(commandOf)).toEqual([])
  expect(readdirSync(temp)).toEqual([])
  // No URL with a password in it was shown.
  expect(output()).not.toMatch(/:\/\/[^/\s]*@/)
}

/** Every process that was told of the directory or works in it: Redis writes over its environment. */
function processesOf(temp: string): number[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return numbers.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${temp}`) || readlinkSync(`/proc/${pid}/cwd`).startsWith(temp)
    } catch {
      return false
    }
  })
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}
