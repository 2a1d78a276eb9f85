import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { bearer, inAnHour, JWT_SECRET, token } from './support/identity.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { type Program, startProgram } from './support/process.ts'

const FOLDER = join(import.meta.dirname, '..', 'stack', 'services', 'orchestrator')

let postgres: Postgres
const programs: Program[] = []

beforeAll(async () => {
  postgres = await startPostgres()
})
afterEach(() => Promise.all(programs.splice(0).map((program) => program.stop('SIGKILL'))))
afterAll(() => postgres?.stop())

it('takes no token for an identity but one that is signed with its secret, by HS256, for somebody and for now', async () => {
  const { url, program } = await startOrchestrator({ LOG_LEVEL: 'debug' })
  const exp = inAnHour()
  const forged = {
    none: token({ alg: 'none' }),
    'another algorithm': token({ alg: 'HS512', hash: 'sha512' }),
    'another secret': token({ secret: 'x'.repeat(64) }),
    'an algorithm that was renamed': token({ hash: 'sha512' }),
    expired: token({ claims: { sub: 'user-1', exp: exp - 7_200 } }),
    'not valid yet': token({ claims: { sub: 'user-1', exp, nbf: exp - 60 } }),
    'without an end': token({ claims: { sub: 'user-1' } }),
    'of nobody': token({ claims: { exp } }),
    'of an empty name': token({ claims: { sub: '', exp } }),
    'no object': token({ claims: [] }),
    'cut off': token().slice(0, -1),
    junk: 't',
  }
  const headers = Object.entries(forged).map(([what, text]) => [what, `Bearer ${text}`])
  for (const [what, authorization] of [...headers, ['basic', 'Basic dXNlcjpwYXNz'], ['bare', token()], ['two', `Bearer ${token()} ${token()}`]]) {
    for (const [path, init] of [['/api/projects', {}], ['/api/projects', { method: 'POST' }], ['/api/ros/ai/generate', { method: 'POST' }]] as const) {
      const answer = await json(url, path, { ...init, headers: { authorization: authorization! } })
      expect([what, path, answer]).toMatchObject([what, path, { status: 401, body: { code: 'UNAUTHENTICATED' } }])
    }
  }
  expect((await json(url, '/api/projects', { headers: bearer() })).status).toBe(200)
  expect(program.output()).toContain('"token refused"')
  for (const secret of [JWT_SECRET, 'eyJ', 'user-1']) expect(program.output()).not.toContain(secret)
})

it.each([['missing', ''], ['shorter than the hash', 'x'.repeat(31)]])('lets nobody in where JWT_SECRET is %s', async (_what, secret) => {
  const { url } = await startOrchestrator({ JWT_SECRET: secret })
  for (const headers of [{}, bearer(token({ secret })), bearer()]) {
    expect(await json(url, '/api/projects', { headers })).toEqual({ status: 503, body: { error: 'Identities cannot be verified', code: 'AUTH_NOT_CONFIGURED' } })
  }
})

it('shows in DEMO a sample and no row of the database, whoever asks, and keeps nothing', async () => {
  const live = await startOrchestrator()
  await json(live.url, '/api/projects', post({ name: 'A real study' }))
  const { url } = await startOrchestrator({ ROS_MODE: 'DEMO' })
  for (const headers of [{}, bearer()]) {
    const { status, body } = await json(url, '/api/projects', { headers })
    expect([status, body.total, body.projects.map(({ name }: { name: string }) => name)]).toEqual([200, 1, ['Sample study']])
    expect(await json(url, '/api/projects', post({ name: 'kept?' }, headers))).toMatchObject({ status: 403, body: { code: 'REAL_DATA_NOT_ALLOWED' } })
  }
  const { body } = await json(live.url, '/api/projects', { headers: bearer() })
  expect(body.projects.map(({ name }: { name: string }) => name)).not.toContain('kept?')
})

async function startOrchestrator(env: Record<string, string> = {}): Promise<{ url: string; program: Program }> {
  const program = await startProgram(process.execPath, {
    args: ['--import', 'tsx', 'index.ts'],
    cwd: FOLDER,
    env: { PATH: process.env.PATH, TSX_DISABLE_CACHE: '1', LOG_FORMAT: 'json', PORT: '0', HOST: '127.0.0.1', ROS_MODE: 'LIVE', JWT_SECRET, DATABASE_URL: postgres.url(), ...env },
    ready: /"listening".*\n/,
  })
  programs.push(program)
  return { url: `http://127.0.0.1:${/"port":(\d+)/.exec(program.output())![1]}`, program }
}

async function json(url: string, path: string, init: RequestInit = {}): Promise<{ status: number; body: any }> {
  const answer = await fetch(url + path, init)
  return { status: answer.status, body: await answer.json() }
}

function post(body: unknown, headers: HeadersInit = bearer()): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}
