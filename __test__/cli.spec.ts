import { execFile, execFileSync } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { currentMode, type ReadinessReport } from '../index.js'
import { freePort } from './support/ports.ts'
import { startPostgres } from './support/postgres.ts'
import { startProbe } from './support/probe.ts'
import { startRedis } from './support/redis.ts'
import { tempDirectory } from './support/temp.ts'
import { startWorker, status } from './support/worker.ts'

const { ADVICE } = createRequire(import.meta.url)('../lib/cli/advice.js') as { ADVICE: Record<string, string> }
const root = join(import.meta.dirname, '..')
const program = join(root, 'bin', 'researchflow-core.js')
const stopping: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop()
})

interface Ended {
  code: number
  stdout: string
  stderr: string
}

function run(args: string[], env: Record<string, string> = {}, path = program): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [path, ...args], { env: { PATH: process.env.PATH, ...env }, timeout: 30_000 }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

async function stack() {
  const [postgres, redis, worker] = await Promise.all([startPostgres(), startRedis({ password: 'secret-of-redis' }), startWorker()])
  stopping.push(() => postgres.stop(), () => redis.stop(), () => worker.stop())
  return { DATABASE_URL: postgres.url(), REDIS_URL: redis.url, WORKER_CALLBACK_URL: worker.url, ROS_MODE: 'LIVE' }
}

describe('researchflow-core check', () => {
  it('says that all is ready, and ends with 0', async () => {
    const env = await stack()
    const { code, stdout } = await run(['check'], env)
    expect(stdout).toMatch(/^✓ ready, mode LIVE\n {2}✓ db {6}ok {2}[\d.]+ ms\n {2}✓ redis {3}ok {2}[\d.]+ ms\n {2}✓ worker {2}ok {2}[\d.]+ ms\n$/)
    expect(code).toBe(0)
    const json = await run(['check', '--json'], env)
    const report = JSON.parse(json.stdout) as ReadinessReport
    expect([json.code, report.status, report.checks]).toEqual([0, 'ready', { db: 'ok', redis: 'ok', worker: 'ok' }])
  })

  it('says what failed, and ends with 1', async () => {
    const worker = await startWorker(status(503))
    stopping.push(() => worker.stop())
    const { code, stdout } = await run(['check', '--timeout', '500'], { ROS_MODE: 'LIVE', WORKER_CALLBACK_URL: worker.url, REDIS_URL: `redis://:hidden@127.0.0.1:${await freePort()}` })
    expect(stdout).toMatch(/^✗ not_ready, mode LIVE\n {2}✗ db {6}failed: not_configured .*\n {2}✗ redis {3}failed: connection_refused .*\n {2}✗ worker {2}failed: http_503 .*\n$/)
    expect(stdout).not.toContain('hidden')
    expect(code).toBe(1)
  })

  it('attempts nothing in STANDBY, and ends with 0', async () => {
    const { code, stdout } = await run(['check'], { ROS_MODE: 'STANDBY', DATABASE_URL: 'postgres://u:p@192.0.2.1/x', REDIS_URL: 'redis://192.0.2.1', WORKER_CALLBACK_URL: 'http://192.0.2.1' })
    expect(stdout).toBe('! standby, mode STANDBY\n  - db      blocked\n  - redis   blocked\n  - worker  blocked\n')
    expect(code).toBe(0)
  })

  it('asks a process that runs, for images without curl', async () => {
    const child = await startProbe({ probe: { maxLoopLagMs: 300 } })
    stopping.push(() => child.stop())
    const ask = (url: string, env = {}) => run(['check', '--url', url], env)
    const health = `http://127.0.0.1:${child.port}/health`
    expect(await ask(health)).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ 200 {"status":"healthy"') })
    expect(await ask('/health/ready', { PROBE_PORT: String(child.port) })).toMatchObject({ code: 0, stdout: expect.stringContaining('"ready"') })
    expect(await ask(`http://localhost:${child.port}/nothing`)).toMatchObject({ code: 1 })
    const blocked = child.ask({ op: 'block', ms: 4_000 })
    await expect.poll(async () => (await child.get('/health')).status, { timeout: 2_000 }).toBe(503)
    expect(await ask(health)).toMatchObject({ code: 1, stdout: expect.stringContaining('✗ 503 {"status":"unhealthy"') })
    await blocked
    expect(await ask(`http://127.0.0.1:${await freePort()}/health`)).toEqual({ code: 1, stdout: '✗ no answer: connection_refused\n', stderr: '' })
  })

  it('asks where the process listens by PROBE_PORT and PROBE_HOST', async () => {
    const { address: own } = Object.values(networkInterfaces()).flat().find((each) => each?.family === 'IPv4' && !each.internal) ?? { address: '127.0.0.2' }
    for (const host of ['::1', '0:0::1', '::', '0.0.0.0', '127.0.0.3', 'localhost', own]) {
      const child = await startProbe({ probe: { host } })
      stopping.push(() => child.stop())
      expect(await run(['check', '--url', '/health'], { PROBE_PORT: String(child.port), PROBE_HOST: host }), host).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ 200') })
    }
  })

  it.each([
    ['PROBE_PORT', 'sekret', 'expected an integer from 0 to 65535, but found a string'],
    ['PROBE_PORT', '0', 'expected the port that the process listens on, but found 0, which is any free one'],
    ['PROBE_HOST', 'sekret.example', "expected an IP address, or 'localhost', but found a string"],
    ['PROBE_HOST', '192.0.2.77', 'expected an address of this machine, but found another'],
  ])('refuses %s=%s as the server does, and asks nobody', async (name, value, text) => {
    expect(await run(['check', '--url', '/health'], { [name]: value })).toEqual({ code: 2, stdout: '', stderr: `researchflow-core: ${name}: ${text}\nTry 'researchflow-core --help'.\n` })
  })

  it('does not wait for a process that does not answer', async () => {
    const worker = await startWorker(() => undefined)
    stopping.push(() => worker.stop())
    expect(await run(['check', '--json', '--timeout', '300', '--url', worker.url])).toEqual({ code: 1, stdout: '{"failure":"timeout"}\n', stderr: '' })
  })
})

describe('researchflow-core mode', () => {
  it.each([
    [{ ROS_MODE: 'LIVE', GOVERNANCE_MODE: 'STANDBY' }, 0, /^LIVE\n.*decided by +ROS_MODE\nnot asked +GOVERNANCE_MODE, which is set too\nnetwork +open\n/s],
    [{ ROS_MODE: 'live' }, 1, /^STANDBY\n.*network +blocked: the mode is STANDBY\n.*\n! /s],
    [{}, 1, /^DEMO\n.*decided by +nothing: no variable is set\nnetwork +blocked: no mode is set\n.*\n! /s],
    [{ ROS_MODE: 'LIVE', NO_NETWORK: '1' }, 0, /network +blocked: NO_NETWORK is on\n/],
  ])('says what %o gives, and why', async (env, code, text) => {
    const ended = await run(['mode'], env as Record<string, string>)
    expect(ended.stdout).toMatch(text)
    expect(ended.code).toBe(code)
  })

  it('gives the snapshot as JSON', async () => {
    process.env.ROS_MODE = 'DEMO'
    expect(JSON.parse((await run(['mode', '--json'], { ROS_MODE: 'DEMO' })).stdout)).toEqual(currentMode())
  })
})

describe('researchflow-core doctor', () => {
  it('finds nothing wrong where all is well, and both levels of the guard where the kernel has them', async () => {
    const { code, stdout } = await run(['doctor'], await stack())
    expect(stdout).toMatch(/^configuration\n {2}✓ mode: LIVE/)
    for (const name of ['db', 'redis', 'worker']) expect(stdout).toMatch(new RegExp(`\n  ✓ ${name}: ok, in `))
    expect(stdout).toMatch(/\n {2}✓ level process: can be reached: \d+ ways out were tried, and are held\n/)
    expect(stdout).toMatch(/\n {2}✓ level kernel: can be reached: \d+ ways out were tried, and are held\n/)
    expect(stdout).toMatch(/\nNothing is wrong\.\n$/)
    expect(stdout).not.toMatch(/secret-of-redis|127\.0\.0\.1/)
    expect(code).toBe(0)
  })

  it('finds the levels of the guard whatever is logged meanwhile', async () => {
    for (const LOG_LEVEL of ['info', 'debug']) {
      const { stdout } = await run(['doctor', '--json'], { ROS_MODE: 'LIVE', LOG_LEVEL })
      const { findings } = JSON.parse(stdout) as { findings: { name: string; text: string }[] }
      const levels = findings.filter(({ name }) => name.startsWith('level '))
      expect(levels.map(({ text }) => text)).toEqual(Array(2).fill(expect.stringMatching(/^can be reached: \d+ ways out/)))
    }
  })

  it('finds what was mistyped, and says what to do about each', async () => {
    const wrong = { EGRESS_ENFORCE: 'Kernel', EGRESS_AUDIT: 'sekret', PROBE_PORT: 'sekret', PROBE_HOST: 'sekret.example', LOG_FORMAT: 'sekret', LOG_LEVEL: 'sekret', PHI_HASH_KEY: 'sekret' }
    const findings = async (env: Record<string, string>) => {
      const { stdout } = await run(['doctor', '--json'], { ROS_MODE: 'LIVE', ...env })
      expect(stdout).not.toMatch(/sekret|Kernel/)
      const { findings } = JSON.parse(stdout) as { findings: { topic: string; name: string; state: string; text: string; advice: string }[] }
      return findings.filter(({ name }) => Object.hasOwn(wrong, name))
    }
    const topic = 'configuration'
    expect(await findings(wrong)).toEqual([
      { topic, name: 'EGRESS_ENFORCE', state: 'bad', text: "expected 'process' or 'kernel', but found a string", advice: 'write process or kernel; until then no program starts that registers the guard' },
      { topic, name: 'PROBE_PORT', state: 'bad', text: 'expected an integer from 0 to 65535, but found a string', advice: 'write a port, such as 9464; until then startProbeServer throws' },
      { topic, name: 'PROBE_HOST', state: 'bad', text: "expected an IP address, or 'localhost', but found a string", advice: 'write 127.0.0.1, or 0.0.0.0 where probes come from outside; until then startProbeServer throws' },
      { topic, name: 'EGRESS_AUDIT', state: 'warn', text: 'expected one of 1, true, t, yes, y, on to audit, but found something else', advice: 'write 1 to audit, or 0; until then the guard refuses' },
      { topic, name: 'LOG_LEVEL', state: 'warn', text: 'expected debug, info, warn, error or silent, but found something else', advice: 'write one of them exactly so; until then it is info' },
      { topic, name: 'LOG_FORMAT', state: 'warn', text: 'expected text or json, but found something else', advice: 'write one of them exactly so; until then it is text' },
      { topic, name: 'PHI_HASH_KEY', state: 'warn', text: 'expected a secret of 16 bytes or more, but found a shorter one', advice: 'take 32 random bytes (openssl rand -hex 32); until then its hashes can be guessed' },
    ])
    expect(await findings({ EGRESS_ENFORCE: 'kernel', EGRESS_AUDIT: 'no', PROBE_PORT: '9464', PROBE_HOST: '::', LOG_FORMAT: 'json', LOG_LEVEL: 'silent' })).toEqual([])
  })

  it('says what to do about what is wrong', async () => {
    const { code, stdout } = await run(['doctor', '--json'], { ROS_MODE: 'LIVE', REDIS_URL: `redis://:hidden@127.0.0.1:${await freePort()}` })
    const { findings } = JSON.parse(stdout) as { findings: { topic: string; name: string; state: string; text: string; advice?: string }[] }
    expect(findings.find(({ name }) => name === 'redis')).toEqual({
      topic: 'services',
      name: 'redis',
      state: 'bad',
      text: expect.stringMatching(/^failed: connection_refused, in /),
      advice: 'whether the server runs, and the port',
    })
    expect(findings.find(({ name }) => name === 'DATABASE_URL')).toMatchObject({ state: 'warn', text: 'not set' })
    expect(stdout).not.toContain('hidden')
    expect(code).toBe(1)
  })

  it('gives the advice that the docs give', () => {
    const rows = [...readFileSync(join(root, 'docs', 'readiness.md'), 'utf8').matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, code, text]) => [code, text])
    expect(rows).toEqual(expect.arrayContaining(Object.entries(ADVICE)))
  })
})

describe('the command line', () => {
  it('has its results alone on standard output, whatever is logged and whoever preloads the guard', async () => {
    const link = join(tempDirectory('cli'), 'researchflow-core')
    symlinkSync(program, link)
    for (const path of [program, link]) {
      const env = { ROS_MODE: 'LIVE', NODE_OPTIONS: `--import ${join(root, 'register.js')}`, LOG_LEVEL: 'info', LOG_FORMAT: 'json' }
      const { stdout, stderr } = await run(['mode', '--json'], env, path)
      expect(JSON.parse(stdout)).toMatchObject({ mode: 'LIVE', source: 'ROS_MODE' })
      expect(stderr).toMatch(/^\{.*"level":"info","message":"the egress guard is installed".*\}\n$/)
      expect(await run(['mode', '--json'], { ...env, LOG_LEVEL: '' }, path)).toEqual({ code: 0, stdout, stderr: '' })
    }
    const { stdout } = await run(['check', '--json'], { ROS_MODE: 'STANDBY', NODE_OPTIONS: `--import ${join(root, 'register.js')}` })
    expect(JSON.parse(stdout)).toMatchObject({ status: 'standby' })
  })

  it.each([[['--help']], [['-h']], [['check', '--help']], [['mode', '-h']], [['doctor', '--help']]])('explains itself: %j', async (args) => {
    const { code, stdout, stderr } = await run(args)
    expect(stdout).toMatch(/^researchflow-core[^\n]*\n\nUsage\n.*\nExit status\n/s)
    expect([code, stderr]).toEqual([0, ''])
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(90)
  })

  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it.each([[[]], [['sekret']], [['check', '--sekret']], [['check', 'sekret']], [['check', '--timeout', 'sekret']], [['check', '--timeout', '0']], [['check', '--url', 'http://sekret.example/']], [['check', '--url', 'http://u:sekret@localhost/']], [['check', '--url', 'https://localhost/sekret']]])('ends with 2 and says what is expected, not what came: %j', async (args) => {
    const { code, stdout, stderr } = await run(args)
    expect(stderr).toMatch(/^researchflow-core: .*expected .*\nTry 'researchflow-core --help'\.\n$/)
    expect(stderr).not.toContain('sekret')
    expect([code, stdout]).toEqual([2, ''])
  })

  it('is plain in a pipe and coloured on a terminal, unless it should not be', async () => {
    const env = { PATH: process.env.PATH!, ROS_MODE: 'LIVE', TERM: 'xterm' }
    const onTerminal = (more = {}) => execFileSync('script', ['-qec', `${process.execPath} ${program} check`, '/dev/null'], { env: { ...env, ...more }, encoding: 'utf8' , stdio: ['ignore', 'pipe', 'pipe'] })
    expect((await run(['check'], env)).stdout).not.toContain('\x1b')
    expect(() => onTerminal()).toThrow(expect.objectContaining({ stdout: expect.stringContaining('\x1b[31m✗\x1b[0m') }))
    expect(() => onTerminal({ NO_COLOR: '1' })).toThrow(expect.objectContaining({ stdout: expect.not.stringContaining('\x1b[31m') }))
  })
})
