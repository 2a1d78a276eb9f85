import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { currentMode, resolveMode } from '../index.js'
import cases from './cases/mode.json' with { type: 'json' }
import { clearMode } from './support/mode.ts'
import { tempDirectory } from './support/temp.ts'

interface Case {
  name: string
  env: Record<string, string>
  file?: { content?: string; missing?: true }
  expect: ReturnType<typeof currentMode>
}

const rows = cases as unknown as Case[]
const scratch = tempDirectory('mode-cases')

afterEach(clearMode)

/** A path of its own for each row, so that it is read at the call and not when the file is followed. */
function modeFile(row: Case, index: number): Record<string, string> {
  if (row.file === undefined) return {}
  const path = join(scratch, String(index))
  if (row.file.content !== undefined) writeFileSync(path, row.file.content)
  return { ROS_MODE_FILE: path }
}

describe('the shared table of cases', () => {
  it('has the rows that are promised', () => {
    expect(rows.length).toBeGreaterThanOrEqual(60)
  })

  it.each(rows.filter((row) => row.file === undefined))('resolves: $name', (row) => {
    expect(resolveMode(row.env)).toEqual(row.expect)
  })

  it.each(rows.map((row, index) => ({ ...row, index })))('is in force: $name', (row) => {
    Object.assign(process.env, row.env, modeFile(row, row.index))
    expect(currentMode()).toEqual(row.expect)
  })
})
