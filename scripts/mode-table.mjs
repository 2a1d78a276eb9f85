// Writes the tables of docs/operations/MODE_TOGGLE.md from the case table that the tests of all
// languages run, so that the page cannot say anything else. With --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const PAGE = fileURLToPath(new URL('../docs/operations/MODE_TOGGLE.md', import.meta.url))
const CASES = JSON.parse(readFileSync(new URL('../__test__/cases/mode.json', import.meta.url), 'utf8'))
const WORDS = ['LIVE', 'DEMO', 'STANDBY']
const OTHER = 'anything else'
const UNSET = '–'
const MODE_VARIABLES = ['ROS_MODE', 'GOVERNANCE_MODE']
const BLOCKING_FLAGS = ['NO_NETWORK', 'MOCK_ONLY']
const OFF = /^(?:0|false|f|no|n|off)$/i

function main() {
  const page = readFileSync(PAGE, 'utf8')
  const wanted = [['precedence', precedence()], ['network', network()]].reduce(replaceTable, page)
  if (wanted === page) return
  if (process.argv.includes('--check')) {
    console.error('docs/operations/MODE_TOGGLE.md differs from the case table: node scripts/mode-table.mjs')
    process.exit(1)
  }
  writeFileSync(PAGE, wanted)
}

/** Which of the three inputs decides, and what comes of it. */
function precedence() {
  const rows = CASES.map(({ env, file, expect }) => [
    [fileKind(file), ...MODE_VARIABLES.map((name) => wordKind(env[name]))],
    [`\`${expect.mode}\``, { file: 'the file', default: 'nothing: the default' }[expect.source] ?? `\`${expect.source}\``],
  ])
  return table(['`ROS_MODE_FILE` holds', '`ROS_MODE`', '`GOVERNANCE_MODE`', 'mode', 'decided by'], rows)
}

/** What the mode and the two blocking flags make of the network. */
function network() {
  const rows = CASES.map(({ env, expect }) => [
    [expect.source === 'default' ? 'not set' : `\`${expect.mode}\``, ...BLOCKING_FLAGS.map((name) => flagKind(env[name]))],
    [expect.networkAllowed ? 'open' : `blocked, \`${expect.blockReason}\``],
  ])
  return table(['mode', '`NO_NETWORK`', '`MOCK_ONLY`', 'network'], rows)
}

/** One row for each combination of inputs that a case has. Cases that disagree are a mistake. */
function table(heads, rows) {
  const outcomes = new Map()
  for (const [inputs, outcome] of rows) {
    const key = inputs.join(' | ')
    const line = `| ${key} | ${outcome.join(' | ')} |`
    if ((outcomes.get(key) ?? line) !== line) throw new Error(`cases disagree about: ${key}`)
    outcomes.set(key, line)
  }
  const sorted = [...outcomes].sort(([a], [b]) => compare(rank(a), rank(b))).map(([, line]) => line)
  return [`| ${heads.join(' | ')} |`, `|${' --- |'.repeat(heads.length)}`, ...sorted].join('\n')
}

const ORDER = [UNSET, 'not set', ...WORDS.map((word) => `\`${word}\``), OTHER, 'off', 'on', 'missing or unreadable']

function rank(key) {
  return key.split(' | ').map((cell) => ORDER.indexOf(cell))
}

function compare(a, b) {
  return a.map((value, index) => value - b[index]).find((difference) => difference !== 0) ?? 0
}

function wordKind(value) {
  if (value === undefined || value === '') return UNSET
  return WORDS.includes(value) ? `\`${value}\`` : OTHER
}

function fileKind(file) {
  if (file === undefined) return UNSET
  if (file.content === undefined) return 'missing or unreadable'
  // More than a word's worth is not read as one.
  if (Buffer.byteLength(file.content) > 4096) return OTHER
  const kind = wordKind(file.content.replace(/[ \t\n\f\r]+$/, ''))
  return kind === UNSET ? OTHER : kind
}

function flagKind(value) {
  return value === undefined || value === '' || OFF.test(value) ? 'off' : 'on'
}

function replaceTable(page, [name, text]) {
  const parts = new RegExp(`(<!-- ${name}:begin[^>]*-->)[\\s\\S]*?(<!-- ${name}:end -->)`)
  if (!parts.test(page)) throw new Error(`the page has no place for the table ${name}`)
  return page.replace(parts, (_all, begin, end) => `${begin}\n\n${text}\n\n${end}`)
}

main()
