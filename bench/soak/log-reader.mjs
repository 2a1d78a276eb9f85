/** Reads the log of the program as a collector does: whole lines of JSON, in order, none of them with a planted identifier. */
import { createInterface } from 'node:readline'
import { PLANTED } from './planted.mjs'

export function readLog(stream) {
  const seen = { lines: 0, threadLines: 0, announced: 0, problems: new Set() }
  let next = 0
  let missing = 0
  createInterface(stream).on('line', (text) => {
    for (const planted of Object.values(PLANTED)) if (text.includes(planted)) seen.problems.add('an identifier in the log')
    const line = parsed(text)
    if (line === undefined) return seen.problems.add('a line of the log that is not whole')
    if (line.module === 'logger' && line.message === 'log lines were dropped') seen.announced += line.context.debug + line.context.info
    if (line.module === 'thread') seen.threadLines += 1
    if (line.module !== 'soak') return
    seen.lines += 1
    if (line.context.at < next) seen.problems.add('a line of the log that is out of order or twice there')
    missing += line.context.at - next
    next = line.context.at + 1
  })
  return {
    seen,
    /** To be called when the reader has caught up. */
    verdict() {
      if (missing > seen.announced) seen.problems.add(`${missing} lines of the log are missing, ${seen.announced} were announced`)
      return [...seen.problems]
    },
  }
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
