import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as core from '../index.js'
import { clearMode } from './support/mode.ts'

const { AppMode, MODE_CONFIGS, currentMode, enterStandby, onModeChange, resolveMode } = core

beforeEach(clearMode)
afterEach(clearMode)

function thrownBy(call: () => unknown): { name: string; code: unknown; message: string } {
  try {
    call()
  } catch (error) {
    const { name, message, code } = error as Error & { code?: unknown }
    return { name, message, code }
  }
  throw new Error('expected a throw')
}

describe('MODE_CONFIGS', () => {
  it('allows everything in LIVE and nothing in the others', () => {
    const config = (mode: string, open: boolean) => ({
      mode,
      requiresAuth: open,
      allowsRealAI: open,
      allowsRealData: open,
      allowsExport: open,
    })
    expect(MODE_CONFIGS).toEqual({
      DEMO: config('DEMO', false),
      LIVE: config('LIVE', true),
      STANDBY: config('STANDBY', false),
    })
    expect(AppMode).toEqual({ DEMO: 'DEMO', LIVE: 'LIVE', STANDBY: 'STANDBY' })
  })

  it('cannot be opened by whoever holds it', () => {
    for (const frozen of [AppMode, MODE_CONFIGS, ...Object.values(MODE_CONFIGS), currentMode(), currentMode().warnings]) {
      expect(Object.isFrozen(frozen)).toBe(true)
    }
  })
})

describe('currentMode', () => {
  it('takes a change of process.env from the next call on', () => {
    process.env.ROS_MODE = 'LIVE'
    expect(currentMode().mode).toBe('LIVE')
    process.env.ROS_MODE = 'STANDBY'
    expect(currentMode().mode).toBe('STANDBY')
    delete process.env.ROS_MODE
    process.env.GOVERNANCE_MODE = 'LIVE'
    expect(currentMode()).toMatchObject({ mode: 'LIVE', source: 'GOVERNANCE_MODE' })
  })

  it('gives the same object until something changes', () => {
    process.env.ROS_MODE = 'LIVE'
    const first = currentMode()
    process.env.UNRELATED = 'LIVE'
    expect(currentMode()).toBe(first)
    process.env.ALLOW_UPLOADS = 'yes'
    expect(currentMode()).not.toBe(first)
    delete process.env.UNRELATED
  })

  it('is what the shorter names say', () => {
    process.env.ROS_MODE = 'LIVE'
    expect([core.getCurrentMode(), core.allowsRealAI(), core.requiresAuth(), core.isStandbyMode()]).toEqual(['LIVE', true, true, false])
    expect(core.getCurrentModeConfig()).toBe(MODE_CONFIGS.LIVE)
    process.env.ROS_MODE = 'live'
    expect([core.getCurrentMode(), core.allowsRealAI(), core.requiresAuth(), core.isStandbyMode()]).toEqual(['STANDBY', false, false, true])
  })

  it('reports a malformed EGRESS_ALLOW entry by its place and never by its text', () => {
    process.env.ROS_MODE = 'STANDBY'
    process.env.EGRESS_ALLOW = 'postgres:5432,http://marker,redis:6379,*'
    const form = 'expected host, host:port, ip, cidr or cidr:port; it admits nothing'
    expect(currentMode().warnings).toEqual([`EGRESS_ALLOW entry 2: ${form}`, `EGRESS_ALLOW entry 4: ${form}`])
  })
})

describe('resolveMode', () => {
  it('reads no file and no process', () => {
    process.env.ROS_MODE = 'STANDBY'
    expect(resolveMode({ ROS_MODE: 'LIVE', ROS_MODE_FILE: '/nowhere' })).toMatchObject({ mode: 'LIVE', source: 'ROS_MODE' })
    expect(resolveMode({ ROS_MODE: undefined })).toMatchObject({ mode: 'DEMO', source: 'default' })
  })

  it.each([
    [undefined, 'RF_CONFIG_ENV', 'undefined'],
    [null, 'RF_CONFIG_ENV', 'null'],
    ['LIVE', 'RF_CONFIG_ENV', 'a string'],
    [{ ROS_MODE: 1234567 }, 'RF_CONFIG_ENV_ROS_MODE', 'an integer'],
    [{ NO_NETWORK: true }, 'RF_CONFIG_ENV_NO_NETWORK', 'a boolean'],
    [{ get ROS_MODE(): string { throw new Error('marker') } }, 'RF_CONFIG_ENV_ROS_MODE', 'something that cannot be read'],
  ])('refuses what is no environment (%#) and does not repeat it', (env, code, kind) => {
    const error = thrownBy(() => resolveMode(env as never))
    expect(error).toMatchObject({ name: 'TypeError', code })
    expect(error.message.endsWith(`but found ${kind}`)).toBe(true)
    expect(error.message).not.toMatch(/1234567/)
  })

  it('takes a lone surrogate, a NUL and a very long value for STANDBY', () => {
    for (const value of ['LIVE\ud800', 'LIVE\0', 'LIVE'.repeat(1e5)]) {
      expect(resolveMode({ ROS_MODE: value }).mode).toBe('STANDBY')
    }
  })
})

describe('onModeChange', () => {
  it('tells each change once, with what is now and what was before', async () => {
    process.env.ROS_MODE = 'LIVE'
    currentMode()
    const told: string[] = []
    const stop = onModeChange((now, before) => told.push(`${before.mode} to ${now.mode}`))
    process.env.ROS_MODE = 'STANDBY'
    currentMode()
    currentMode()
    process.env.ROS_MODE = 'DEMO'
    currentMode()
    await expect.poll(() => told).toEqual(['LIVE to STANDBY', 'STANDBY to DEMO'])
    stop()
    stop()
    process.env.ROS_MODE = 'LIVE'
    currentMode()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(told).toHaveLength(2)
  })

  it('refuses what is no function', () => {
    expect(thrownBy(() => onModeChange('x' as never))).toMatchObject({ name: 'TypeError', code: 'RF_CONFIG_LISTENER' })
  })
})

describe('enterStandby', () => {
  it.each([undefined, '', '  ', 7])('asks for a reason, and without one (%#) nothing is latched', (reason) => {
    expect(thrownBy(() => enterStandby(reason as never))).toMatchObject({ name: 'TypeError', code: 'RF_CONFIG_REASON' })
    process.env.ROS_MODE = 'LIVE'
    expect(currentMode().mode).toBe('LIVE')
  })
})
