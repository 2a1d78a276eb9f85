import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { currentMode, onModeChange } from '../index.js'
import { clearMode } from './support/mode.ts'
import { tempDirectory } from './support/temp.ts'

let directory: string

beforeEach(() => {
  clearMode()
  directory = tempDirectory('mode-file')
})
afterEach(clearMode)

/** Waits until the mode is `mode`, and fails when that takes more than the promised second. */
async function becomes(mode: string): Promise<void> {
  await expect.poll(() => currentMode().mode, { timeout: 1_000, interval: 10 }).toBe(mode)
}

/** Writes a volume as the kubelet does: a new directory, then `..data` swapped onto it. */
function writeVolume(volume: string, generation: string, mode: string): void {
  mkdirSync(join(volume, generation), { recursive: true })
  writeFileSync(join(volume, generation, 'ROS_MODE'), mode)
  symlinkSync(generation, join(volume, '..data_tmp'))
  renameSync(join(volume, '..data_tmp'), join(volume, '..data'))
}

describe('a mode file', () => {
  it('decides before ROS_MODE, from the first call on', () => {
    const file = join(directory, 'mode')
    writeFileSync(file, 'STANDBY\n')
    process.env.ROS_MODE = 'LIVE'
    process.env.ROS_MODE_FILE = file
    expect(currentMode()).toMatchObject({ mode: 'STANDBY', source: 'file', blockReason: 'standby_mode' })
  })

  it('is followed through the swaps of a mounted ConfigMap, within a second each', async () => {
    writeVolume(directory, '..2026_01_01', 'LIVE\n')
    symlinkSync(join('..data', 'ROS_MODE'), join(directory, 'ROS_MODE'))
    process.env.ROS_MODE_FILE = join(directory, 'ROS_MODE')
    expect(currentMode().mode).toBe('LIVE')
    for (const [generation, mode] of [['..2026_01_02', 'STANDBY'], ['..2026_01_03', 'LIVE'], ['..2026_01_04', 'DEMO']] as const) {
      writeVolume(directory, generation, mode)
      await becomes(mode)
    }
  })

  it('is followed through atomic renames, and closes when it is gone, wrong or empty', async () => {
    const file = join(directory, 'mode')
    const replace = (content: string) => {
      writeFileSync(`${file}.new`, content)
      renameSync(`${file}.new`, file)
    }
    replace('LIVE')
    process.env.ROS_MODE_FILE = file
    expect(currentMode().mode).toBe('LIVE')
    for (const breakIt of [() => unlinkSync(file), () => replace('live'), () => replace(''), () => (rmSync(file), mkdirSync(file))]) {
      breakIt()
      await becomes('STANDBY')
      rmSync(file, { recursive: true, force: true })
      replace('LIVE')
      await becomes('LIVE')
    }
  })

  it('tells listeners of a change that nobody asked for', async () => {
    const file = join(directory, 'mode')
    writeFileSync(file, 'LIVE')
    process.env.ROS_MODE_FILE = file
    currentMode()
    const told = new Promise((resolve) => {
      const stop = onModeChange((now) => {
        stop()
        resolve(now)
      })
    })
    writeFileSync(file, 'STANDBY')
    expect(await told).toMatchObject({ mode: 'STANDBY', source: 'file' })
  })

  it('is left when the variable names another one, or none', async () => {
    for (const mode of ['LIVE', 'STANDBY']) writeFileSync(join(directory, mode), mode)
    process.env.ROS_MODE_FILE = join(directory, 'LIVE')
    expect(currentMode().mode).toBe('LIVE')
    process.env.ROS_MODE_FILE = join(directory, 'STANDBY')
    expect(currentMode().mode).toBe('STANDBY')
    process.env.ROS_MODE = 'DEMO'
    delete process.env.ROS_MODE_FILE
    expect(currentMode()).toMatchObject({ mode: 'DEMO', source: 'ROS_MODE' })
    // Whatever is written to what was left is nobody's mode any more.
    writeFileSync(join(directory, 'STANDBY'), 'LIVE')
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(currentMode().mode).toBe('DEMO')
  })
})

describe('a mode file under a thread that is busy', () => {
  it('is seen by a worker thread while the main thread turns no loop', async () => {
    const file = join(directory, 'mode')
    writeFileSync(file, 'LIVE')
    process.env.ROS_MODE_FILE = file
    currentMode()
    const seen = new Int32Array(new SharedArrayBuffer(8))
    const worker = new Worker(join(import.meta.dirname, 'support', 'fixtures', 'mode-watcher.cjs'), { workerData: seen })
    // The worker says when it has seen LIVE, and again when it has seen STANDBY.
    await expect.poll(() => Atomics.load(seen, 0)).toBe(1)
    writeFileSync(file, 'STANDBY')
    const begun = Date.now()
    while (Atomics.load(seen, 1) === 0 && Date.now() - begun < 2_000) continue
    expect(Atomics.load(seen, 1)).toBe(1)
    expect(Date.now() - begun).toBeLessThanOrEqual(1_000)
    await worker.terminate()
  })
})
