import { execFile, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { silent, startRawServer } from './support/raw-server.ts'

const root = join(import.meta.dirname, '..')

/** Runs a program in a process of its own, since what it does cannot be taken back. */
async function runs(program: string, env: Record<string, string> = {}): Promise<unknown> {
  const { stdout, stderr, code } = await new Promise<{ stdout: string; stderr: string; code: unknown }>((resolve) => {
    execFile(process.execPath, ['-e', program], { cwd: root, env: { PATH: process.env.PATH, ...env }, timeout: 30_000 }, (error, out, err) => {
      resolve({ stdout: out, stderr: err, code: error?.code ?? error?.signal ?? 0 })
    })
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

const core = "const core = require('./index.js'); const { Worker } = require('node:worker_threads');"
const say = 'const say = (value) => process.stdout.write(JSON.stringify(value));'
const shown = 'const shown = ({ mode, source, blockReason }) => [mode, source, blockReason];'
const ask = `
  const ask = (program, options) => new Promise((resolve, reject) => {
    new Worker(${JSON.stringify(`
      const { parentPort } = require('node:worker_threads');
      const core = require(${JSON.stringify(join(root, 'index.js'))});
      const shown = ({ mode, source, blockReason }) => [mode, source, blockReason];
    `)} + program, { eval: true, ...options }).once('message', resolve).once('error', reject);
  });`

describe('a mode word that had to be closed', () => {
  it('is told to the log once, without the word', () => {
    const program = "const core = require('./index.js'); core.currentMode(); core.currentMode(); setTimeout(() => {}, 100)"
    const { stderr } = spawnSync(process.execPath, ['-e', program], { cwd: root, env: { ROS_MODE: 'marker', LOG_FORMAT: 'json' }, encoding: 'utf8' })
    const lines = stderr.trim().split('\n').map((line) => JSON.parse(line) as object)
    expect(lines).toEqual([
      {
        timestamp: expect.any(String) as string,
        level: 'warn',
        message: 'ROS_MODE: expected DEMO, LIVE or STANDBY; another value is taken as STANDBY',
        module: 'mode',
        context: { mode: 'STANDBY' },
      },
    ])
  })
})

describe('an object in the place of process.env', () => {
  it('decides from then on, and a change in it counts', async () => {
    const program = `${core}${say}${shown}
      const seen = [shown(core.currentMode())];
      process.env = { ...process.env, ROS_MODE: 'STANDBY' };
      seen.push(shown(core.currentMode()), core.checkExternalCall('openai').reason);
      process.env.ROS_MODE = 'DEMO';
      process.env.NO_NETWORK = true;
      seen.push(shown(core.currentMode()));
      process.env = undefined;
      seen.push(shown(core.currentMode()));
      say(seen);`
    expect(await runs(program, { ROS_MODE: 'LIVE' })).toEqual([
      ['LIVE', 'ROS_MODE', null],
      ['STANDBY', 'ROS_MODE', 'standby_mode'],
      'standby_mode',
      ['DEMO', 'ROS_MODE', 'no_network'],
      ['DEMO', 'default', 'mode_unset'],
    ])
  })

  it('is seen by the guard, the metrics and a readiness answer that ask nobody else first', async () => {
    const asks = {
      guard: "try { await fetch('http://192.0.2.1/') } catch (error) { said = error.cause?.code ?? error.code }",
      metrics: "said = core.getTelemetry().getMetrics().mode.ros_mode",
      readiness: "said = (await core.checkOnce({ db: false, redis: false, worker: false })).mode.ros_mode",
      health: `const sent = { setHeader() {}, writeHead() {}, end: (body) => { said = JSON.parse(body).governanceMode } };
        core.healthRoutes()({ url: '/health', method: 'GET', headers: {} }, sent)`,
    }
    for (const [name, ask] of Object.entries(asks)) {
      const program = `${core}${say} core.installEgressGuard(); let said;
        process.env = { ROS_MODE: 'STANDBY' };
        (async () => { ${ask}; say([${JSON.stringify(name)}, said]) })()`
      const expected = name === 'guard' ? 'RF_EGRESS_BLOCKED' : 'STANDBY'
      expect(await runs(program, { ROS_MODE: 'LIVE', LOG_LEVEL: 'silent' })).toEqual([name, expected])
    }
  })

  it('is seen by the probe server within a second, though nobody calls the package', async () => {
    const program = `${core}${say}
      (async () => {
        const { port, close } = await core.startProbeServer({ port: 0, readiness: core.createReadiness({ db: false, redis: false, worker: false }) });
        process.env = { ROS_MODE: 'STANDBY' };
        const begun = performance.now();
        let mode;
        do mode = (await (await fetch('http://127.0.0.1:' + port + '/health')).json()).governanceMode;
        while (mode !== 'STANDBY' && performance.now() - begun < 5000);
        say([mode, performance.now() - begun < 2000]);
        await close();
      })()`
    expect(await runs(program, { ROS_MODE: 'LIVE', LOG_LEVEL: 'silent' })).toEqual(['STANDBY', true])
  })

  it('reaches worker threads while the guard is installed, though nobody on the main thread calls the package', async () => {
    const program = `${core}${say}${shown}
      core.installEgressGuard();
      const watch = "setInterval(() => { if (core.isStandbyMode()) parentPort.postMessage(shown(core.currentMode())) }, 20)";
      const worker = new Worker(${JSON.stringify(`const { parentPort } = require('node:worker_threads');
        const core = require(${JSON.stringify(join(root, 'index.js'))});
        const shown = ({ mode, source, blockReason }) => [mode, source, blockReason];`)} + watch, { eval: true });
      worker.once('online', () => { process.env = { ROS_MODE: 'STANDBY' } });
      worker.once('message', (seen) => { say(seen); worker.terminate() });`
    expect(await runs(program, { ROS_MODE: 'LIVE', LOG_LEVEL: 'silent' })).toEqual(['STANDBY', 'ROS_MODE', 'standby_mode'])
  })

  it('is found out when it was there before the package, and closes where it cannot be read', async () => {
    const before = (variables: string): string => `process.env = ${variables};
      const core = require('./index.js'); ${say}${shown}
      const seen = [shown(core.currentMode())];
      process.env.ROS_MODE = 'STANDBY';
      say([...seen, shown(core.currentMode())]);`
    const closed = ['STANDBY', 'ROS_MODE', 'standby_mode']
    expect(await runs(before('{ ...process.env }'), { ROS_MODE: 'LIVE' })).toEqual([['LIVE', 'ROS_MODE', null], closed])
    const copy = 'new Proxy({ ...process.env }, { set: (target, name, value) => Reflect.set(target, name, String(value)) })'
    expect(await runs(before(copy), { ROS_MODE: 'LIVE' })).toEqual([['LIVE', 'ROS_MODE', null], closed])
    expect(await runs(before('Object.freeze({ ROS_MODE: "STANDBY" })'), { ROS_MODE: 'LIVE' })).toEqual([closed, closed])
  })

  it('still decides after the package was loaded a second time', async () => {
    const program = `${core}${say}${shown}
      process.env = { ...process.env, ROS_MODE: 'STANDBY' };
      for (const file of Object.keys(require.cache)) if (!file.endsWith('.node')) delete require.cache[file];
      const again = require('./index.js');
      say([shown(core.currentMode()), shown(again.currentMode()), Object.keys(process.env).filter((name) => name.startsWith('RF_'))]);`
    const closed = ['STANDBY', 'ROS_MODE', 'standby_mode']
    expect(await runs(program, { ROS_MODE: 'LIVE' })).toEqual([closed, closed, []])
  })

  it('closes where a variable cannot be read, and ends nothing', async () => {
    const program = `${core}${say}${shown}
      process.env = { ROS_MODE: Object.create(null), get NO_NETWORK() { throw new Error('marker') } };
      const { mode, noNetwork } = core.currentMode();
      say([mode, noNetwork]);`
    expect(await runs(program, { ROS_MODE: 'LIVE', LOG_LEVEL: 'silent' })).toEqual(['STANDBY', true])
  })
})

describe('the latch', () => {
  it('holds against every variable and file, and is told once', async () => {
    const program = `${core}${say}${shown}
      const told = [];
      core.onModeChange((now) => told.push(shown(now)));
      core.enterStandby('drill');
      core.enterStandby('again');
      process.env.ROS_MODE = 'DEMO';
      const after = shown(core.currentMode());
      setTimeout(() => say({ told, after }), 50);`
    expect(await runs(program, { ROS_MODE: 'LIVE' })).toEqual({
      told: [['STANDBY', 'latch', 'standby_mode']],
      after: ['STANDBY', 'latch', 'standby_mode'],
    })
  })

  it('is set for the whole process by any of its threads', async () => {
    const program = `${core}${say}${shown}${ask}
      core.currentMode();
      ask("core.enterStandby('from a worker'); parentPort.postMessage(1)").then(() => say(shown(core.currentMode())));`
    expect(await runs(program, { ROS_MODE: 'LIVE' })).toEqual(['STANDBY', 'latch', 'standby_mode'])
  })
})

describe('a worker thread', () => {
  it('sees the mode of the process, whatever its own environment says', async () => {
    const program = `${core}${say}${shown}${ask}
      core.currentMode();
      const look = "process.env.ROS_MODE = 'LIVE'; process.env.NO_NETWORK = ''; parentPort.postMessage(shown(core.currentMode()))";
      Promise.all([ask(look), ask(look, { env: {} }), ask(look, { env: { ROS_MODE: 'LIVE' } })]).then(say);`
    const closed = ['STANDBY', 'ROS_MODE', 'standby_mode']
    expect(await runs(program, { ROS_MODE: 'STANDBY' })).toEqual([closed, closed, closed])
  })

  it('sees what the main thread changed, and hears of it', async () => {
    const program = `${core}${say}${shown}
      core.currentMode();
      const worker = new Worker(${JSON.stringify(`
        const { parentPort } = require('node:worker_threads');
        const core = require(${JSON.stringify(join(root, 'index.js'))});
        core.onModeChange((now) => parentPort.postMessage([now.mode, core.currentMode().mode]));
        parentPort.on('message', () => process.exit());
        parentPort.postMessage('listening');
      `)}, { eval: true });
      worker.once('message', () => {
        worker.once('message', (heard) => { say(heard); worker.postMessage('leave'); });
        process.env.ROS_MODE = 'DEMO';
        core.currentMode();
      });`
    expect(await runs(program, { ROS_MODE: 'LIVE' })).toEqual(['DEMO', 'DEMO'])
  })

  it('sees STANDBY as long as the main thread has not loaded the package', async () => {
    const program = `${say}const { Worker } = require('node:worker_threads');${ask}
      ask("parentPort.postMessage({ shown: shown(core.currentMode()), warnings: core.currentMode().warnings })").then(say);`
    expect(await runs(program, { ROS_MODE: 'LIVE' })).toEqual({
      shown: ['STANDBY', 'default', 'standby_mode'],
      warnings: ['the main thread has not loaded @researchflow/core; the mode is STANDBY until it does'],
    })
  })
})

describe('the package', () => {
  it('keeps no process alive by its listeners, its threads or its checks', async () => {
    const program = `${core}${say}
      core.onModeChange(() => {});
      core.createReadiness({ db: 'postgres://u@127.0.0.1:1/d', redis: false, worker: false });
      say('ended');`
    expect(await runs(program, { ROS_MODE_FILE: join(root, '__test__', 'support', 'fixtures', 'mode-live') })).toBe('ended')
  })

  it('ends at process.exit from inside a check that is running', async () => {
    const mute = await startRawServer(silent)
    const program = `${core}${say}
      core.onModeChange(() => {});
      core.createReadiness({ db: false, redis: false, worker: false, checks: { slow: () => new Promise(() => {}) } }).check();
      core.checkOnce({
        db: 'postgres://u@127.0.0.1:${mute.port}/d', redis: false, worker: false,
        checks: { leaving: () => { say('leaving'); process.exit(0); } },
      });`
    expect(await runs(program, { ROS_MODE: 'LIVE' })).toBe('leaving')
    await mute.stop()
  })

  it('ends at process.exit from inside a listener of the mode', async () => {
    const program = `${core}${say}
      core.createReadiness({ db: false, redis: false, worker: false, checks: { slow: () => new Promise(() => {}) } }).check();
      core.onModeChange(() => { say('leaving'); process.exit(0); });
      core.enterStandby('drill');
      setTimeout(() => {}, 10_000);`
    expect(await runs(program, { ROS_MODE: 'LIVE' })).toBe('leaving')
  })

  it('keeps the exit code of a process that exits at any moment of its checks, 30 times', async () => {
    const mute = await startRawServer(silent)
    const program = `${core}
      core.onModeChange(() => {});
      const url = (scheme) => scheme + '://127.0.0.1:${mute.port}';
      const ask = (timeoutMs) => core.createReadiness({
        db: 'postgres://u:p@127.0.0.1:${mute.port}/d', redis: url('redis'), worker: url('http'), timeoutMs, cacheMs: 0,
        checks: { slow: () => new Promise(() => {}), quick: async () => true, wrong: async () => { throw new Error('no') } },
      });
      const readinesses = [1, 3, 60_000].map(ask);
      const again = (readiness) => readiness.check().then(() => again(readiness));
      readinesses.forEach(again);
      let mode = 0;
      setInterval(() => { process.env.ALLOW_UPLOADS = String(mode ^= 1); core.currentMode(); }, 1);
      setTimeout(() => process.exit(7), Number(process.argv[1]));`
    const exit = async (afterMs: number): Promise<unknown> =>
      new Promise((resolve) => {
        execFile(process.execPath, ['-e', program, String(afterMs)], { cwd: root, env: { PATH: process.env.PATH, ROS_MODE: 'LIVE' }, timeout: 30_000 }, (error) => {
          resolve({ afterMs, code: error?.code, signal: error?.signal })
        })
      })
    for (let at = 0; at < 15; at += 1) {
      // Two side by side, one of them in the first milliseconds.
      const moments = [randomInt(0, 10), randomInt(10, 150)]
      expect(await Promise.all(moments.map(exit))).toEqual(moments.map((afterMs) => ({ afterMs, code: 7, signal: null })))
    }
    await mute.stop()
  })
})
