/**
 * Where docs/performance.md holds what a run printed: between `<!-- bench:NAME -->` and
 * `<!-- /bench:NAME -->`, one pair for the machine and one for each comparison. All else is written
 * by hand.
 */

/** The document with each of `blocks`, texts by their names, in its place. */
export function withBlocks(document, blocks) {
  return Object.entries(blocks).reduce((text, [name, block]) => {
    const { before, after } = around(text, name)
    return `${before}\n\n${block.trim()}\n\n${after}`
  }, document)
}

/** What stands between the markers of `name`. */
export function blockOf(document, name) {
  const { before, after } = around(document, name)
  return document.slice(before.length, document.length - after.length).trim()
}

/** What goes up to the first marker and from the second on, with them. */
function around(document, name) {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const parts = [document.split(begin), document.split(end)]
  if (parts.some(({ length }) => length !== 2) || document.indexOf(begin) > document.indexOf(end)) {
    throw new Error(`expected ${begin} and ${end} in the document, once and in this order`)
  }
  const [[before], [, after]] = parts
  return { before: before + begin, after: end + after }
}
