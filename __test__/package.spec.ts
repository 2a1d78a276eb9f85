import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import * as imported from '../index.js'
import { tempDirectory } from './support/temp.ts'

const root = join(import.meta.dirname, '..')
const declarations = readFileSync(join(root, 'index.d.ts'), 'utf8')

/** The names of values that the declarations promise. */
function declared(): string[] {
  const source = ts.createSourceFile('index.d.ts', declarations, ts.ScriptTarget.Latest)
  return source.statements.flatMap((statement) => {
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) return [statement.name!.text]
    if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map((one) => (one.name as ts.Identifier).text)
    return []
  })
}

describe('the package', () => {
  it('has the names that it declares and no others, by require and by import', () => {
    const required = createRequire(import.meta.url)(root) as object
    const names = [...new Set(declared())].sort()
    expect(Object.keys(required).sort()).toEqual(names)
    expect(Object.keys(imported).filter((name) => name !== 'default' && name !== 'module.exports').sort()).toEqual(names)
  })

  it('is found by its own name, as an ES module and as CommonJS', () => {
    const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', env: { PATH: process.env.PATH } })
    expect(run('--input-type=module', '-e', "import { currentMode } from '@researchflow/core'; process.stdout.write(currentMode().mode)")).toBe('DEMO')
    expect(run('-e', "process.stdout.write(require('@researchflow/core').currentMode().mode)")).toBe('DEMO')
  })

  it("leaves Node's cryptography unloaded until a request needs an id", () => {
    const program = `const loaded = () => process.moduleLoadList.includes('NativeModule crypto')
      const { assignRequestId } = require('@researchflow/core')
      const atFirst = loaded()
      assignRequestId({ headers: {} }, { setHeader() {} }, () => process.stdout.write(JSON.stringify([atFirst, loaded()])))`
    expect(runFiles({ 'load.cjs': program })).toBe('[false,true]')
  })

  it.each([
    ['an ES module', 'mjs', "import { installEgressGuard } from '@researchflow/core'; import { Worker } from 'node:worker_threads'"],
    ['CommonJS', 'cjs', "const { installEgressGuard } = require('@researchflow/core'); const { Worker } = require('node:worker_threads')"],
  ])('finds the guard of register installed, as %s, on the main thread and on a worker thread', (_what, extension, imports) => {
    const report = `${imports}
      const installed = globalThis[Symbol.for('researchflow.egress-guard')] !== undefined
      const { level, verified, gaps } = installEgressGuard()
      process.stdout.write(JSON.stringify([installed, level, verified.length > 10, gaps.some((gap) => gap.includes('was tried at start'))]))`
    const files = {
      [`main.${extension}`]: `${report}\nnew Worker(process.argv[1].replace('/main.', '/thread.'))`,
      [`thread.${extension}`]: report,
    }
    const out = runFiles(files, { args: ['--import', '@researchflow/core/register'], env: { ROS_MODE: 'STANDBY', LOG_LEVEL: 'silent' } })
    expect(out).toBe('[true,"process",true,false][true,"process",true,false]')
  })

  it('installs a guard that refuses, and starts no thread without it, where its files are out of reach since the import', () => {
    const copy = join(tempDirectory('package'), 'core')
    for (const part of ['index.js', 'lib', 'package.json']) cpSync(join(root, part), join(copy, part), { recursive: true })
    const program = `const core = require(${JSON.stringify(copy)})
      require('node:fs').renameSync(${JSON.stringify(copy)}, ${JSON.stringify(`${copy}-elsewhere`)})
      core.installEgressGuard()
      const said = []
      require('node:net').connect(9, '192.0.2.1').on('error', ({ code }) => {
        said.push(code)
        const thread = new (require('node:worker_threads').Worker)('process.exit(7)', { eval: true })
        thread.on('error', ({ code }) => said.push(code)).on('exit', () => process.stdout.write(said.join()))
      })`
    expect(runFiles({ 'gone.cjs': program }, { env: { ROS_MODE: 'STANDBY', LOG_LEVEL: 'silent' } })).toBe('RF_EGRESS_BLOCKED,MODULE_NOT_FOUND')
  })
})

/** Runs the first of the files inside the package's own folder, so that its name and its dependencies resolve. */
function runFiles(files: Record<string, string>, { args = [], env = {} }: { args?: string[]; env?: NodeJS.ProcessEnv } = {}): string {
  const folder = mkdtempSync(join(import.meta.dirname, '.samples-'))
  try {
    for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code)
    const program = join(folder, Object.keys(files)[0]!)
    return execFileSync(process.execPath, [...args, program], { cwd: root, env: { PATH: process.env.PATH, ...env }, stdio: 'pipe', timeout: 20_000, encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function run(code: string): string {
  return runFiles({ 'sample.mts': code }, { args: ['--import', 'tsx'], env: { PORT: '0' } })
}

/** The samples of a document: what stands in its fences, without a comment's stars. */
function samples(text: string): string[] {
  return [...text.matchAll(/```(?:ts|js)\n(.*?)```/gs)].map(([, code]) => code!.replace(/^ \* ?/gm, ''))
}

const documents: [name: string, text: string][] = [
  ['index.d.ts', declarations],
  ...['README.md', 'docs/egress.md', 'docs/operations/LOGGING.md', 'docs/probe-server.md', 'docs/readiness.md'].map((name): [string, string] => [name, readFileSync(join(root, name), 'utf8')]),
]

describe.each(documents)('the samples of %s', (_name, text) => {
  it.each(samples(text).map((code, index) => [index + 1, code] as const))('number %i runs', (_index, code) => {
    run(code)
  })
})

describe('the README', () => {
  it('shows what its first sample prints', () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8')
    const [shown] = [...text.matchAll(/```text\n(.*?)```/gs)].map((match) => match[1])
    expect(run(samples(text)[0]!)).toBe(shown)
  })
})
