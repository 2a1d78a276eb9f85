import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { comparisons } from '../bench/comparisons.mjs'
import { blockOf, withBlocks } from '../bench/document.mjs'

const root = join(import.meta.dirname, '..')
const performance = readFileSync(join(root, 'docs', 'performance.md'), 'utf8')

const PAGE = 'By hand.\n\n<!-- bench:one -->\n\nold\n\n<!-- /bench:one -->\n\nBetween.\n\n<!-- bench:two -->\n\n<!-- /bench:two -->\n\nReading it.\n'

describe('docs/performance.md', () => {
  it.each(comparisons.map(({ name, title }) => [name, title] as const))('has a table of %s, under the title that the bench gives it', (name, title) => {
    expect(blockOf(performance, name)).toMatch(new RegExp(`^### ${title}\n\nPeer: .*\n\n\\| .*this package`))
  })

  it('has no section of figures but those of the machine and of each comparison, in the order of the bench', () => {
    const names = [...performance.matchAll(/<!-- bench:(\S+) -->/g)].map(([, name]) => name)
    expect(names).toEqual(['machine', ...comparisons.map(({ name }) => name)])
    expect([...performance.matchAll(/^### (.*)$/gm)].map(([, title]) => title)).toEqual(comparisons.map(({ title }) => title))
  })

  it('stays as it is when a run finds what it holds already', () => {
    const blocks = Object.fromEntries(comparisons.map(({ name }) => [name, blockOf(performance, name)]))
    expect(withBlocks(performance, blocks)).toBe(performance)
  })
})

describe('a run that is put into a document', () => {
  it('replaces what stands between the markers, and nothing that is written by hand', () => {
    const page = withBlocks(PAGE, { one: '### One\n\nnew $& figures\n', two: 'others' })
    expect(page).toBe('By hand.\n\n<!-- bench:one -->\n\n### One\n\nnew $& figures\n\n<!-- /bench:one -->\n\nBetween.\n\n<!-- bench:two -->\n\nothers\n\n<!-- /bench:two -->\n\nReading it.\n')
  })

  it.each([
    ['lacks a marker', PAGE.replace('<!-- /bench:two -->', '')],
    ['has a marker twice', `${PAGE}<!-- bench:two -->`],
    ['has the markers the wrong way round', PAGE.replace('bench:two', 'BEGIN').replace('/bench:two', 'bench:two').replace('BEGIN', '/bench:two')],
  ])('is refused where the document %s', (_what, page) => {
    expect(() => withBlocks(page, { two: 'figures' })).toThrow('expected <!-- bench:two --> and <!-- /bench:two --> in the document, once and in this order')
  })
})

describe('the bench', () => {
  it('refuses a comparison that it does not have, before it measures anything', () => {
    const run = spawnSync(process.execPath, ['--import', 'tsx', 'bench/index.mjs'], { cwd: root, encoding: 'utf8', env: { PATH: process.env.PATH, ONLY: 'load,nothing' } })
    expect([run.status, run.stdout]).toEqual([1, ''])
    expect(run.stderr).toContain(`ONLY: expected of ${comparisons.map(({ name }) => name).join(', ')}, but found another word`)
  })
})
