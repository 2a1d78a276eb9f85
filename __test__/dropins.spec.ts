import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const stack = join(root, 'stack')
const orchestrator = join(stack, 'services', 'orchestrator')

/** What ResearchFlow's own files export as values, at commit 7a597cf, and callers may import. */
const NAMES: [file: string, names: string[], gone: string[]][] = [
  ['services/orchestrator/src/utils/telemetry.ts', ['AICallBlockedError', 'checkAICallAllowed', 'gatedAICall', 'getTelemetry'], ['TelemetryCollector']],
  ['services/orchestrator/src/utils/logger.ts', ['createLogger', 'createRequestLogger', 'default', 'logger'], ['Logger']],
  [
    'services/orchestrator/middleware/mode-guard.ts',
    [
      'addModeInfo', 'allowsRealAI', 'blockAIInDemo', 'blockDataUploadInDemo', 'blockExportInDemo', 'blockWritesInStandby',
      'enforceStandbyMode', 'getCurrentMode', 'getCurrentModeConfig', 'isStandbyMode', 'requireLiveAuth', 'requiresAuth',
    ],
    [],
  ],
  ['services/orchestrator/llm-router.ts', ['clearPromptLogs', 'computeHash', 'generateStructured', 'getPromptLogs', 'logPrompt', 'validateAgainstSchema'], []],
  ['packages/ai-router/src/model-router.service.ts', ['ModelRouterService', 'getModelRouter'], []],
]

describe.each(NAMES)('%s', (file, names, gone) => {
  it('exports what the file exports that it takes the place of', () => {
    const program = `import * as module from ${JSON.stringify(join(stack, file))}; process.stdout.write(Object.keys(module).join())`
    const args = ['--import', 'tsx', '--input-type=module', '-e', program]
    const exported = execFileSync(process.execPath, args, { cwd: orchestrator, encoding: 'utf8', env: { PATH: process.env.PATH, LOG_LEVEL: 'silent' } }).split(',')
    expect(exported).toEqual(expect.arrayContaining(names))
    for (const name of gone) expect(exported).not.toContain(name)
  })

  it('names the package as the guide has sed look for it', () => {
    for (const found of imports(join(stack, file))) expect(found).toBe("'@researchflow/core'")
  })
})

describe('docs/adopting.md', () => {
  const guide = readFileSync(join(root, 'docs', 'adopting.md'), 'utf8')

  it('copies every file of ours that those it replaces import', () => {
    const aside = ['config', 'phi-gate.service', 'prompt-refinement.service', 'quality-gate.service', 'types']
    const router = readdirSync(join(stack, 'packages', 'ai-router', 'src')).map((name) => name.replace(/\.ts$/, ''))
    const [, listed] = /^for file in (ai-gate .*); do$/m.exec(guide)!
    expect(listed!.split(' ').sort()).toEqual(router.filter((name) => !aside.includes(name)).sort())

    const llm = readdirSync(join(orchestrator, 'src', 'llm')).map((name) => `src/llm/${name.replace(/\.ts$/, '')}`)
    const [, generated] = /^for file in (llm-router .*); do$/m.exec(guide)!
    expect(generated!.split(' ').sort()).toEqual(['llm-router', ...llm].sort())
    for (const [file] of NAMES.slice(0, 3)) expect(guide).toContain(`\nadopt ${file}\n`)
  })
})

it('the router and the orchestrator import the package by one spelling', () => {
  const files = ['packages/ai-router', 'services/orchestrator'].flatMap((folder) => sources(join(stack, folder)))
  expect(files.length).toBeGreaterThan(20)
  for (const file of files) expect([relative(stack, file), imports(file).filter((found) => found !== "'@researchflow/core'")]).toEqual([relative(stack, file), []])
})

/** The TypeScript below a folder; what npm has put there leads back to the whole project. */
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sources(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })
}

function imports(file: string): string[] {
  return readFileSync(file, 'utf8').match(/(?<=from )['"]@researchflow\/core[^;]*(?=;)/g) ?? []
}
