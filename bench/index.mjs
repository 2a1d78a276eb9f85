/**
 * `make bench`: every comparison, side by side in one run. Prints Markdown. `ONLY=load,guard` runs
 * those, and `DOCS=1` puts the tables into docs/performance.md as well.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { comparisons } from './comparisons.mjs'
import { withBlocks } from './document.mjs'
import { show } from './table.mjs'

const DOCUMENT = new URL('../docs/performance.md', import.meta.url)
const { DOCS, ONLY } = process.env

const [cpu] = cpus()
const memory = Math.round(totalmem() / 2 ** 30)
const machine = `Node ${process.versions.node} on ${process.platform} ${process.arch}, ${cpus().length} x ${cpu.model.trim()}, ${memory} GiB`

const chosen = ONLY ? ONLY.split(',').map(byName) : comparisons
console.log(`${machine}\n`)
const blocks = ONLY ? {} : { machine }
for (const comparison of chosen) {
  const table = await show(comparison)
  console.log(table)
  blocks[comparison.name] = ONLY ? `${table}\nFrom a run of its own: ${machine}.` : table
}
// Read now: a run takes minutes, in which somebody may write.
if (DOCS === '1') writeFileSync(DOCUMENT, withBlocks(readFileSync(DOCUMENT, 'utf8'), blocks))
process.exit()

function byName(wanted) {
  const found = comparisons.find(({ name }) => name === wanted)
  if (found === undefined) throw new Error(`ONLY: expected of ${comparisons.map(({ name }) => name).join(', ')}, but found another word`)
  return found
}
