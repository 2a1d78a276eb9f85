// What the demo prints: one line a step, with the seconds since the start.

/** Writes to stdout; colours on a terminal only, and never under NO_COLOR. */
export function createOutput({ stream = process.stdout, env = process.env } = {}) {
  const startedAt = performance.now()
  const coloured = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  const paint = (code, text) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text)
  const write = (line) => {
    if (stream.writable) stream.write(`${line}\n`)
  }
  const elapsed = () => `[${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s]`

  return {
    title: (text) => write(paint(1, text)),

    step: (name, text) => write(`${paint(2, elapsed())} ${paint(36, name.padEnd(12))} ${text}`),

    /** A request as a person would type it, and the answer's body exactly as it came. */
    answer(url, { status, body }) {
      const colour = status === 200 ? 32 : 33
      write(`\n$ curl ${url}    ${paint(colour, `# HTTP ${status}`)}\n${paint(colour, body)}\n`)
    },

    links(entries) {
      for (const [name, url] of entries) write(`  ${name.padEnd(12)} ${url}`)
      write('')
    },

    failure: (text) => write(paint(31, text)),
  }
}
