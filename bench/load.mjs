/**
 * What it costs to have this package at all, against the packages that a program would have in its
 * place: the import, the memory after it, and the bytes on the disk and over the network. Each import
 * is a process of its own, and the contenders take turns.
 *
 * By itself: `node bench/load.mjs`.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { packBuilt } from '../scripts/packages/pack.mjs'
import { isMain, ratioRow, show } from './table.mjs'

const ROUNDS = 25
const CONTENDERS = ['nothing', 'core', 'peer']
const PEERS = ['pino', 'prom-client', 'pg', 'ioredis']
const MB = 1e6

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const CONTENDER = fileURLToPath(new URL('load-contender.cjs', import.meta.url))

/** What is known of one process, and what is shown of the three of a round. */
const [IMPORT, CPU, MEMORY, PROCESS] = [0, 1, 2, 3]
const MEASURES = [
  ['import', 'ms', 0.25, ({ core, peer }) => [core[IMPORT], peer[IMPORT]]],
  ['import, CPU of all threads', 'ms', 0.25, ({ core, peer }) => [core[CPU], peer[CPU]]],
  ['process that imports and ends', 'ms', 1, ({ core, peer }) => [core[PROCESS], peer[PROCESS]]],
  ['resident memory after the import', 'MB', 1, ({ core, peer }) => [core[MEMORY], peer[MEMORY]]],
  ['the same without what an empty process has', 'MB', 1, ({ nothing, core, peer }) => [core[MEMORY] - nothing[MEMORY], peer[MEMORY] - nothing[MEMORY]]],
]

const execute = promisify(execFile)

export const load = {
  name: 'load',
  title: 'Loading the package',
  async measure() {
    const rounds = []
    for (let round = -1; round < ROUNDS; round += 1) {
      const found = {}
      for (const name of round % 2 === 0 ? CONTENDERS : CONTENDERS.toReversed()) found[name] = await start(name)
      // The first one reads all from the disk.
      if (round >= 0) rounds.push(found)
    }
    const imports = MEASURES.map(([name, unit, goal, of]) => {
      const pairs = rounds.map(of)
      return ratioRow({ name, unit, goal, core: pairs.map(([core]) => core), peer: pairs.map(([, peer]) => peer) })
    })
    return {
      peers: `${PEERS.map((name) => `${name} ${manifestOf(find(name, ROOT)).version}`).join(' + ')}, by require in one program`,
      note: `${ROUNDS} rounds, each import in a new process, in turns. Packed and unpacked: this package with that of its platform, and the peers with all that they depend on`,
      rows: [...imports, ...(await sizes())],
    }
  },
}

async function start(name) {
  const begun = process.hrtime.bigint()
  const { stdout } = await execute(process.execPath, [CONTENDER, name], { env: { PATH: process.env.PATH } })
  return [...JSON.parse(stdout), Number(process.hrtime.bigint() - begun) / 1e6]
}

/** Both sides as `npm pack` makes and counts them. */
async function sizes() {
  const peer = await packedPeers()
  const out = mkdtempSync(join(tmpdir(), 'load-'))
  let core
  try {
    core = packBuilt(out)
  } finally {
    rmSync(out, { recursive: true })
  }
  const sum = (packages, of) => [packages.reduce((total, one) => total + one[of], 0) / MB]
  return [
    ['installed: unpacked', 'unpackedSize'],
    ['downloaded: packed', 'size'],
  ].map(([name, of]) => ratioRow({ name, unit: 'MB', goal: 1, core: sum(core, of), peer: sum(peer, of) }))
}

async function packedPeers() {
  const folders = new Set()
  for (const name of PEERS) gather(find(name, ROOT), folders)
  const { stdout } = await execute('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', ...folders], { cwd: ROOT, maxBuffer: 1 << 28 })
  return JSON.parse(stdout)
}

/** The folder of a package and those of all that npm installs with it. */
function gather(folder, folders) {
  if (folders.has(folder)) return
  folders.add(folder)
  const { dependencies, optionalDependencies } = manifestOf(folder)
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) gather(find(name, folder), folders)
}

/** Where Node finds it for a module in `from`; npm puts a package beside its dependent, or above. */
function find(name, from) {
  const folder = join(from, 'node_modules', name)
  if (existsSync(folder)) return folder
  if (from === dirname(from)) throw new Error(`expected ${name} in node_modules, but found none`)
  return find(name, dirname(from))
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

if (isMain(import.meta)) console.log(await show(load))
