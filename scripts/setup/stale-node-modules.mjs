// Prints those of the given directories whose node_modules are not what package-lock.json asks
// for. npm's own record of what it installed is compared, so that an install by hand counts too
// and one that was broken off does not.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

for (const directory of process.argv.slice(2)) {
  if (!isInstalled(directory)) process.stdout.write(`${directory}\n`)
}

function isInstalled(directory) {
  const wanted = packages(join(directory, 'package-lock.json'))
  const present = packages(join(directory, 'node_modules', '.package-lock.json'))
  if (wanted === undefined || present === undefined) return false
  return Object.entries(wanted).every(([path, entry]) => {
    // Links and what they lead to are other projects; of optional packages only those for this
    // platform are installed.
    if (!path.startsWith('node_modules/') || entry.optional) return true
    return entry.link ? present[path]?.link === true : present[path]?.version === entry.version
  })
}

function packages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}
