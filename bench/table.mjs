/** Medians, spreads and the tables that show them. */
import { pathToFileURL } from 'node:url'

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * A row of a table: medians over the rounds, and the ratio as the median of the ratios within each
 * round, since the speed of a machine drifts from round to round.
 */
export function ratioRow({ name, unit, goal, core, peer }) {
  const ratios = core.map((value, round) => value / peer[round])
  return {
    name,
    core: `${figure(median(core))} ${unit}`,
    peer: `${figure(median(peer))} ${unit}`,
    ratio: figure(median(ratios)),
    spread: `${figure(Math.min(...ratios))} to ${figure(Math.max(...ratios))}`,
    goal: `≤ ${goal}`,
    met: median(ratios) <= goal ? 'yes' : 'no',
  }
}

function figure(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

/** Runs a comparison, `{ name, title, measure }`, and gives its table. */
export async function show({ title, measure }) {
  return render({ title, ...(await measure()) })
}

/** Whether the module of `meta` is the program that was started. */
export function isMain({ url }) {
  return url === pathToFileURL(process.argv[1] ?? '').href
}

/** Markdown, so that what is printed can be kept in a document as it is. */
function render({ title, peers, note, rows }) {
  const head = ['', 'this package', 'peer', 'ratio', 'spread', 'goal', 'met']
  const cells = rows.map((row) => [row.name, row.core, row.peer, row.ratio, row.spread, row.goal, row.met])
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => [...row[column]].length)))
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [`### ${title}`, '', `Peer: ${peers}. ${note}.`, '', line(head), rule, ...cells.map(line), ''].join('\n')
}
