/**
 * Packs what is published: the package itself, and the package of each platform whose binary lies in
 * its folder below `npm/`. The repository's own package.json names no platform package, since they
 * could not be installed before they are published; the packed one names them all.
 *
 * As a program, `node pack.mjs FOLDER` prints the tarballs in the order in which to publish them.
 */

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

// On Windows npm is a script, which only a shell starts.
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const root = join(import.meta.dirname, '..', '..')

/**
 * @param {string} out The folder for the tarballs.
 * @param {string} npmFolder Where the packages of the platforms are.
 * @returns {import('./pack.mjs').Tarball[]} The platform packages first, as they have to be published.
 */
export function packAll(out, npmFolder = join(root, 'npm')) {
  mkdirSync(out, { recursive: true })
  const platforms = readdirSync(npmFolder).map((platform) => join(npmFolder, platform))
  const built = platforms.filter((folder) => existsSync(join(folder, manifestOf(folder).main)))
  return [...built.map((folder) => pack(folder, out)), packMain(platforms.map(manifestOf), out)]
}

/**
 * Packs what this clone has built: the package of the platform of the binary in `lib/`, and the package
 * itself.
 *
 * @param {string} out The folder for the tarballs.
 * @returns {import('./pack.mjs').Tarball[]}
 */
export function packBuilt(out) {
  const binary = readdirSync(join(root, 'lib')).find((name) => name.endsWith('.node'))
  const [, platform] = binary.split('.')
  const npmFolder = join(out, 'npm')
  cpSync(join(root, 'npm'), npmFolder, { recursive: true, filter: (file) => !file.endsWith('.node') })
  cpSync(join(root, 'lib', binary), join(npmFolder, platform, binary))
  return packAll(out, npmFolder)
}

function packMain(platforms, out) {
  const stage = join(out, 'stage')
  rmSync(stage, { recursive: true, force: true })
  mkdirSync(stage)
  const manifest = manifestOf(root)
  for (const entry of [...manifest.files, 'README.md', 'CHANGELOG.md', 'LICENSE']) {
    // A binary in lib/ is that of a build in this clone.
    cpSync(join(root, entry), join(stage, entry), { recursive: true, filter: (file) => !file.endsWith('.node') })
  }
  manifest.optionalDependencies = Object.fromEntries(platforms.map(({ name, version }) => [name, version]))
  delete manifest.devDependencies
  delete manifest.overrides
  delete manifest.scripts
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return pack(stage, out)
}

function pack(folder, out) {
  const [{ name, filename, size, unpackedSize }] = JSON.parse(
    execFileSync(npm, ['pack', '--json', '--pack-destination', out], { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32', stdio: ['ignore', 'pipe', 'inherit'] }),
  )
  return { name, file: join(out, filename), size, unpackedSize }
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

if (process.argv[1] === import.meta.filename) {
  for (const { file } of packAll(resolve(process.argv[2]))) console.log(file)
}
