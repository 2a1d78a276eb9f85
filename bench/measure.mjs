// Measures pairs of ways to do the same thing, in rounds that take turns, so that a machine that
// slows down slows both.

/** Runs `work` (times) => void | Promise and gives the nanoseconds that one time took. */
async function once(work, times) {
  const begun = process.hrtime.bigint()
  await work(times)
  return Number(process.hrtime.bigint() - begun) / times
}

/**
 * @param {{ name: string, limit: number, times: number, rounds?: number,
 *   ours: (times: number) => unknown, theirs: (times: number) => unknown }} comparison
 * @returns {Promise<{ name: string, ours: Spread, theirs: Spread, ratio: Spread, limit: number, met: boolean }>}
 *   nanoseconds for one time each; the ratio is that of each round, and its median is judged
 * @typedef {{ median: number, low: number, high: number }} Spread the quartiles around the median
 */
export async function compare({ name, limit, times, rounds = 21, ours, theirs }) {
  const sides = [ours, theirs]
  for (const side of sides) {
    for (let warm = 0; warm < 3; warm += 1) await once(side, times)
  }
  const taken = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    // Who comes second finds warmer caches: they take turns in that too.
    for (const side of round % 2 === 0 ? [0, 1] : [1, 0]) {
      taken[side].push(await once(sides[side], times))
    }
  }
  const ratio = spread(taken[0].map((own, round) => own / taken[1][round]))
  return {
    name,
    ours: spread(taken[0]),
    theirs: spread(taken[1]),
    ratio,
    limit,
    met: ratio.median <= limit,
  }
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (part) => sorted[Math.round((sorted.length - 1) * part)]
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}

/** The results as a table: medians, with the quartiles in brackets. */
export function table(results) {
  const rows = results.map(({ name, ours, theirs, ratio, limit, met }) => [
    name,
    nanoseconds(ours),
    nanoseconds(theirs),
    show(ratio, (value) => value.toFixed(2)),
    `≤ ${limit}`,
    met ? 'met' : 'MISSED',
  ])
  const lines = [['', 'ours', 'theirs', 'ratio', 'promised', ''], ...rows]
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd())
    .join('\n')
}

function nanoseconds(taken) {
  const [unit, scale] = taken.median >= 1e4 ? ['µs', 1e3] : ['ns', 1]
  return `${show(taken, (value) => (value / scale).toFixed(0))} ${unit}`
}

function show({ median, low, high }, format) {
  return `${format(median)} [${format(low)}-${format(high)}]`
}
