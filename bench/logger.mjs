/**
 * A redacted line of JSON against pino's, plain and with redaction by paths: to /dev/null and to a pipe
 * that `cat` reads. Each round is a process of its own, and the contenders take turns.
 *
 * By itself: `node bench/logger.mjs`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isMain, median, ratioRow, show } from './table.mjs'

const ROUNDS = 5
const LINES = 100_000
const CONTENDER = fileURLToPath(new URL('logger-contender.mjs', import.meta.url))
const CONTENDERS = ['core', 'pino', 'pino-redact']
/** What is measured of a line, in nanoseconds. */
const MEASURES = [
  ['thread', 'event-loop thread'],
  ['whole', 'until the last byte is out'],
  ['cpu', 'CPU of all threads'],
]
/** The peers, and what part of theirs is the goal. */
const PEERS = [
  ['pino', 'pino', 0.4],
  ['pino-redact', 'pino with 4 paths', 0.25],
]

export const logger = {
  name: 'logger',
  title: 'A redacted line of JSON',
  async measure() {
    const measured = { null: await rounds('null'), pipe: await rounds('pipe') }
    const rows = []
    for (const [of, name] of MEASURES) {
      for (const [destination, taken] of Object.entries(measured)) {
        for (const [peer, peerName, goal] of PEERS) {
          rows.push(ratioRow({
            name: `${name}, ${destination === 'null' ? '/dev/null' : 'pipe'}, ${peerName}`,
            unit: 'ns',
            // Redaction is work: all threads together need not stay below the goal for the one that waits.
            goal: of === 'cpu' ? 1 : goal,
            core: taken.core.map((round) => round[of]),
            peer: taken[peer].map((round) => round[of]),
          }))
        }
      }
    }
    rows.push(differenceRow('a call below the level, more than pino', 'ns', 3, measured.null, 'disabled'))
    rows.push(differenceRow('heap a line, more than pino', 'bytes', 0, measured.null, 'bytes'))
    return {
      peers: 'pino 10.4.0, `pino.destination({ sync: false })`, plain and with `redact` of four paths',
      note: `${ROUNDS} rounds of ${LINES} lines, 100 to a turn of the event loop, in turns`,
      rows,
    }
  },
}

async function rounds(destination) {
  const taken = Object.fromEntries(CONTENDERS.map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of round % 2 === 0 ? CONTENDERS : CONTENDERS.toReversed()) taken[name].push(await measure(name, destination))
  }
  return taken
}

async function measure(contender, destination) {
  const reader = destination === 'pipe' ? spawn('cat', { stdio: ['pipe', 'ignore', 'inherit'] }) : undefined
  const out = reader?.stdin ?? openSync('/dev/null', 'w')
  const child = spawn(process.execPath, ['--expose-gc', CONTENDER, contender, `${LINES}`], { stdio: ['ignore', out, 'inherit', 'pipe'] })
  let text = ''
  child.stdio[3].setEncoding('utf8').on('data', (chunk) => (text += chunk))
  if (reader === undefined) closeSync(out)
  else reader.stdin.destroy()
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${contender} ended with ${code}`)
  return JSON.parse(text)
}

/** Where a ratio would say nothing, because both are next to nothing: how much more it is. */
function differenceRow(name, unit, goal, taken, of) {
  const core = taken.core.map((round) => round[of])
  const peer = taken.pino.map((round) => round[of])
  const more = core.map((value, round) => value - peer[round])
  const shown = (value) => (unit === 'ns' ? value.toFixed(2) : value.toFixed(0))
  return {
    name,
    core: `${shown(median(core))} ${unit}`,
    peer: `${shown(median(peer))} ${unit}`,
    ratio: `+ ${shown(median(more))}`,
    spread: `${shown(Math.min(...more))} to ${shown(Math.max(...more))}`,
    goal: `≤ + ${goal}`,
    met: median(more) <= goal ? 'yes' : 'no',
  }
}

if (isMain(import.meta)) console.log(await show(logger))
