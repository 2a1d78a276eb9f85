import { describe, expect, it } from 'vitest'
import { lines, log } from './support/log.ts'

const ALL = "for (const level of ['debug', 'info', 'warn', 'error']) core.logger[level](level);"
const levels = (out: string, err: string) => [...lines(out), ...lines(err)].map(({ level }) => level)

describe('LOG_LEVEL', () => {
  it.each([
    [undefined, ['info', 'warn', 'error']],
    ['', ['info', 'warn', 'error']],
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
    ['silent', []],
  ])('%s writes %j', async (level, expected) => {
    const { out, err } = await log(ALL, level === undefined ? {} : { LOG_LEVEL: level })
    expect(levels(out, err)).toEqual(expected)
  })

  it('of another kind is info, with one warning that does not repeat it', async () => {
    const { out, err } = await log(`${ALL} import { Worker } from 'node:worker_threads'; new Worker("import '@researchflow/core'", { eval: true })`, { LOG_LEVEL: 'INFO-marker' })
    expect(levels(out, '')).toEqual(['info'])
    expect(lines(err).map(({ module, message }) => [module, message])).toEqual([
      ['logger', 'LOG_LEVEL: expected debug, info, warn, error or silent, but found something else; it is info'],
      ['orchestrator', 'warn'],
      ['orchestrator', 'error'],
    ])
  })
})

describe('LOG_FORMAT', () => {
  const line = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO  orchestrator   up port=80\n$/

  it.each([[{ LOG_FORMAT: '' }], [{ LOG_FORMAT: 'text' }]])('%j is text', async (env) => {
    expect((await log("core.logger.info('up', { port: 80 })", env)).out).toMatch(line)
  })

  it('of another kind is text, with a warning', async () => {
    const { out, err } = await log("core.logger.info('up', { port: 80 })", { LOG_FORMAT: 'marker' })
    expect(out).toMatch(line)
    expect(err).toMatch(/WARN {2}logger +LOG_FORMAT: expected text or json, but found something else; it is text\n$/)
    expect(err).not.toContain('marker')
  })
})

describe('PHI_HASH_KEY', () => {
  it.each([' ', 'k', 'fifteen bytes !'])('of fewer than 16 bytes is used, with a warning that does not repeat it: %j', async (key) => {
    const { out, err } = await log("core.logger.info('mail jane@example.org')", { PHI_HASH_KEY: key })
    expect(lines(out)[0]!.message).toMatch(/^mail \[email:[0-9a-f]{6}\]$/)
    expect(lines(err).map(({ level, message }) => [level, message])).toEqual([['warn', 'PHI_HASH_KEY: expected a secret of 16 bytes or more, but found a shorter one; its hashes can be guessed']])
  })

  it.each(['', 'of sixteen bytes', 'ü'.repeat(8)])('is taken without a word: %j', async (key) => {
    expect((await log("core.logger.info('up')", { PHI_HASH_KEY: key })).err).toBe('')
  })
})

describe('setLogLevel', () => {
  it('counts at once, for every logger and every thread', async () => {
    const { out, err } = await log(`
      import { Worker } from 'node:worker_threads'
      import { once } from 'node:events'
      const child = core.createLogger('m').child({ a: 1 })
      const worker = new Worker("import core from '@researchflow/core'; import { parentPort } from 'node:worker_threads'; const log = core.createLogger('thread'); parentPort.on('message', (m) => m === 'end' ? parentPort.close() : (log.debug(m), log.info(m), parentPort.postMessage(log.isLevelEnabled('debug'))))", { eval: true })
      const ask = async (message) => { worker.postMessage(message); return (await once(worker, 'message'))[0] }
      const enabled = [await ask('before')]
      core.setLogLevel('debug')
      child.debug('main')
      enabled.push(await ask('within'))
      core.setLogLevel('silent')
      child.error('never')
      enabled.push(await ask('never'))
      core.setLogLevel('info')
      core.logger.info('end', { enabled, levels: ['debug', 'info', 'error', 'silent', 'x'].map((level) => core.logger.isLevelEnabled(level)) })
      worker.postMessage('end')`)
    expect(err).toBe('')
    expect(lines(out).map(({ level, module, message }) => [level, module, message])).toEqual([
      ['info', 'thread', 'before'], ['debug', 'm', 'main'], ['debug', 'thread', 'within'], ['info', 'thread', 'within'], ['info', 'orchestrator', 'end'],
    ])
    expect(lines(out).at(-1)!.context).toEqual({ enabled: [false, true, false], levels: [false, true, true, false, false] })
  })
})

describe('colours', () => {
  const coloured = '\u001b[32mINFO \u001b[0m'
  it.each([
    [{}, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [{ FORCE_COLOR: '1', LOG_FORMAT: 'json' }, false],
  ])('in a pipe with %j: %s', async (env, expected) => {
    const { out } = await log("core.logger.info('up')", { LOG_FORMAT: 'text', ...env })
    expect(out.includes(coloured)).toBe(expected)
    expect(out.includes('\u001b')).toBe(expected)
  })

  it.each([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ TERM: 'dumb' }, false],
    [{ NO_COLOR: '' }, true],
  ])('on a terminal with %j: %s', async (env, expected) => {
    const { out } = await log(`
      import { spawnSync } from 'node:child_process'
      const { stdout } = spawnSync('script', ['-qec', process.execPath + ' -e "require(\\'@researchflow/core\\').logger.info(\\'up\\')"', '/dev/null'], { encoding: 'utf8', env: { ...process.env, LOG_FORMAT: 'text' } })
      process.stdout.write(stdout)`, { TERM: 'xterm', ...env })
    expect(out).toContain('up')
    expect(out.includes(coloured)).toBe(expected)
  })
})
