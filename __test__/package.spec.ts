import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import * as imported from '../index.js'

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
})

/** Runs a sample inside the package's own folder, so that its name and its dependencies resolve. */
function run(code: string): string {
  const folder = mkdtempSync(join(import.meta.dirname, '.samples-'))
  try {
    const file = join(folder, 'sample.mts')
    writeFileSync(file, code)
    const env = { PATH: process.env.PATH, PORT: '0' }
    return execFileSync(process.execPath, ['--import', 'tsx', file], { cwd: root, env, stdio: 'pipe', timeout: 20_000, encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true })
  }
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
