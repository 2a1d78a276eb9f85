'use strict'

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 }

/** The sign of a state, so that no colour is needed to tell them apart. */
const SIGNS = { good: ['✓', 'green'], bad: ['✗', 'red'], warn: ['!', 'yellow'], idle: ['-', 'dim'] }

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 80

/** Colours and a spinner on a terminal, plain text in a pipe. */
function createOutput({ stdout, stderr, env } = process) {
  const isTerminal = (stream) => stream.isTTY === true && env.TERM !== 'dumb'
  const coloured = isTerminal(stdout) && !env.NO_COLOR

  function paint(style, text) {
    return coloured && style !== undefined ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text
  }

  function sign(state) {
    const [character, colour] = SIGNS[state]
    return paint(colour, character)
  }

  /** Columns that line up; `styles` are those of the columns. */
  function table(rows, styles = []) {
    const widths = []
    for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)))
    for (const row of rows) {
      const cells = row.map((cell, at) => paint(styles[at], at === row.length - 1 ? cell : cell.padEnd(widths[at])))
      line(cells.join('  ').trimEnd())
    }
  }

  function line(text = '') {
    stdout.write(`${text}\n`)
  }

  /** Shows that `work` goes on; nothing where nobody sees it. */
  async function spinner(text, work) {
    if (!isTerminal(stderr)) return work
    let at = 0
    const timer = setInterval(() => stderr.write(`\r${FRAMES[at++ % FRAMES.length]} ${text}`), FRAME_MS)
    try {
      return await work
    } finally {
      clearInterval(timer)
      stderr.write('\r\x1b[K')
    }
  }

  return { error: (text) => void stderr.write(`${text}\n`), line, paint, sign, spinner, table }
}

module.exports = { createOutput }
