import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './ports.ts'
import { startProgram } from './process.ts'
import { tempDirectory } from './temp.ts'

export interface Registry {
  /** A file for npm's `userconfig`: the scope comes from here, and may be published to. */
  npmrc: string
  stop(): Promise<void>
}

/** A real registry on loopback that knows what is published to it and nothing else. */
export async function startRegistry(): Promise<Registry> {
  const folder = tempDirectory('registry')
  const port = await freePort()
  const host = `127.0.0.1:${port}`
  const config = join(folder, 'config.yaml')
  writeFileSync(
    config,
    JSON.stringify({
      storage: join(folder, 'storage'),
      auth: { htpasswd: { file: join(folder, 'users') } },
      packages: { '@researchflow/*': { access: '$all', publish: '$authenticated' } },
      log: { type: 'stdout', format: 'json', level: 'warn' },
      web: { enable: false },
    }),
  )
  const program = await startProgram(process.execPath, {
    args: [join(import.meta.dirname, 'registry', 'node_modules', 'verdaccio', 'bin', 'verdaccio'), '--config', config, '--listen', host],
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, NODE_ENV: 'production' },
  })
  const token = await firstUser(`http://${host}`, program)
  const npmrc = join(folder, '.npmrc')
  mkdirSync(join(folder, 'cache'))
  writeFileSync(npmrc, `@researchflow:registry=http://${host}/\n//${host}/:_authToken=${token}\ncache=${join(folder, 'cache')}\nupdate-notifier=false\n`)
  return { npmrc, stop: () => program.stop() }
}

async function firstUser(url: string, program: { hasExited(): boolean; output(): string }): Promise<string> {
  const user = { name: 'tester', password: 'only-on-loopback' }
  for (;;) {
    if (program.hasExited()) throw new Error(`the registry did not start: ${program.output()}`)
    const answer = await fetch(`${url}/-/user/org.couchdb.user:tester`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(user),
    }).catch(() => undefined)
    if (answer?.ok) return ((await answer.json()) as { token: string }).token
    if (answer !== undefined) throw new Error(`the registry answered ${answer.status}: ${program.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
