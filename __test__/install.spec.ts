import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packBuilt } from '../scripts/packages/pack.mjs'
import { get } from './support/http.ts'
import { freePort } from './support/ports.ts'
import { startProgram } from './support/process.ts'
import { type Registry, startRegistry } from './support/registry.ts'
import { tempDirectory } from './support/temp.ts'

const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)

let registry: Registry
let project: string
let tarballs: { name: string; file: string }[]

/** Publishes what this clone has built and installs it, as a user does, into an empty project. */
beforeAll(async () => {
  registry = await startRegistry()
  tarballs = packBuilt(tempDirectory('packages'))
  for (const { file } of tarballs) npm(root, 'publish', file, '--access', 'public')
  project = emptyProject()
  npm(project, 'install', '@researchflow/core')
})

afterAll(async () => {
  await registry?.stop()
})

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', [...args, '--userconfig', registry.npmrc, '--no-audit', '--no-fund'], { cwd, encoding: 'utf8', stdio: 'pipe' })
}

function emptyProject(): string {
  const folder = tempDirectory('project')
  writeFileSync(join(folder, 'package.json'), '{ "name": "a-project", "private": true }')
  return folder
}

function write(name: string, text: string): string {
  const file = join(project, name)
  writeFileSync(file, text)
  return file
}

function run(file: string, args: string[], cwd = project): string {
  return execFileSync(file, args, { cwd, encoding: 'utf8', stdio: 'pipe', env: { PATH: process.env.PATH, ROS_MODE: 'LIVE', LOG_LEVEL: 'warn' } })
}

describe('installed into an empty project by its name', () => {
  it('brings one binary, that of this platform, and no other dependency', () => {
    const lock = JSON.parse(readFileSync(join(project, 'node_modules', '.package-lock.json'), 'utf8')) as { packages: object }
    const names = tarballs.map(({ name }) => `node_modules/${name}`).sort()
    expect(Object.keys(lock.packages).sort()).toEqual(names)
  })

  it('is used from CommonJS', () => {
    write('use.cjs', "const { currentMode } = require('@researchflow/core'); process.stdout.write(currentMode().mode)")
    expect(run(process.execPath, ['use.cjs'])).toBe('LIVE')
  })

  it('is used from an ES module, all parts of it', () => {
    cpSync(join(root, 'scripts', 'packages', 'smoke.mjs'), join(project, 'smoke.mjs'))
    expect(JSON.parse(run(process.execPath, ['smoke.mjs']))).toMatchObject({ platform: process.platform, arch: process.arch, guard: 'process' })
  })

  it('registers the guard by --import', () => {
    write('level.mjs', "import { installEgressGuard } from '@researchflow/core'; process.stdout.write(installEgressGuard().level)")
    expect(run(process.execPath, ['--import', '@researchflow/core/register', 'level.mjs'])).toBe('process')
  })

  it('is used from TypeScript by tsx', () => {
    write('use.ts', "import { currentMode, type ModeSnapshot } from '@researchflow/core'; const now: ModeSnapshot = currentMode(); process.stdout.write(now.mode)")
    expect(run(bin('tsx'), ['use.ts'])).toBe('LIVE')
  })

  it.each([
    ['node16', 'node16', 'use.mts'],
    ['node16, CommonJS', 'node16', 'use.cts'],
    ['bundler', 'bundler', 'use.mts'],
  ])('has types under moduleResolution %s', (_name, moduleResolution, file) => {
    write(
      file,
      "import { currentMode } from '@researchflow/core'\nexport const mode: 'DEMO' | 'LIVE' | 'STANDBY' = currentMode().mode\n// @ts-expect-error a mode is no number\nexport const wrong: number = currentMode().mode\n",
    )
    const module = moduleResolution === 'node16' ? 'node16' : 'esnext'
    const types = join(root, 'node_modules', '@types')
    run(bin('tsc'), ['--strict', '--noEmit', '--target', 'es2022', '--module', module, '--moduleResolution', moduleResolution, '--typeRoots', types, '--types', 'node', file])
  })

  it('carries the reference orchestrator', async () => {
    const stack = tempDirectory('stack')
    const scope = join('node_modules', '@researchflow')
    for (const part of [join('packages', 'ai-router'), join('services', 'orchestrator')]) {
      cpSync(join(root, 'stack', part), join(stack, part), { recursive: true, filter: (path) => !path.includes(scope) })
      cpSync(join(project, scope), join(stack, part, scope), { recursive: true })
    }
    const folder = join(stack, 'services', 'orchestrator')
    symlinkSync(join(stack, 'packages', 'ai-router'), join(folder, scope, 'ai-router'))
    const port = await freePort()
    const orchestrator = await startProgram(process.execPath, {
      args: ['--import', 'tsx', 'index.ts'],
      cwd: folder,
      env: { PATH: process.env.PATH, PORT: String(port), ROS_MODE: 'LIVE' },
      ready: /listening/i,
    })
    const { status, body } = await get(port, '/api/health')
    await orchestrator.stop()
    expect([status, JSON.parse(body).status]).toEqual([200, 'healthy'])
  })
})

describe('a platform whose package is missing', () => {
  it('is told which one, and what to do about it', () => {
    const folder = emptyProject()
    npm(folder, 'install', '--omit=optional', '@researchflow/core')
    const script = "try { require('@researchflow/core') } catch ({ code, message }) { process.stdout.write(code + ' ' + message) }"
    expect(run(process.execPath, ['-e', script], folder)).toMatch(
      /^RF_NO_BINARY the package @researchflow\/core-\S+, which holds the binary .* is not installed: run npm install .* without --omit=optional/,
    )
  })
})

describe('the packed package', () => {
  it('has no finding of publint, with warnings denied', () => {
    const output = execFileSync(bin('publint'), ['run', tarballs.at(-1)!.file, '--strict'], { encoding: 'utf8', stdio: 'pipe' })
    expect(output).toContain('All good!')
  })

  it('has types that resolve as its code does, under every way to resolve', () => {
    const output = execFileSync(bin('attw'), [tarballs.at(-1)!.file, '--format', 'json'], { encoding: 'utf8', stdio: 'pipe', maxBuffer: 64 << 20 })
    expect((JSON.parse(output) as { problems?: object }).problems ?? {}).toEqual({})
  })

  it('names the platforms that its loader knows, each by the version of the package itself', () => {
    const manifest = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as { name: string; version: string }
    const { version } = manifest('package.json')
    const [, listed] = /PLATFORMS = \[(.*?)\]/s.exec(readFileSync(join(root, 'lib', 'binding.js'), 'utf8'))!
    const known = [...listed!.matchAll(/'(.*?)'/g)].map((match) => match[1])
    expect(readdirSync(join(root, 'npm')).sort()).toEqual(known)
    for (const platform of known) {
      expect(manifest(`npm/${platform}/package.json`)).toMatchObject({ name: `@researchflow/core-${platform}`, version })
    }
    expect(readFileSync(join(root, 'Cargo.toml'), 'utf8')).toContain(`version = "${version}"`)
  })
})
