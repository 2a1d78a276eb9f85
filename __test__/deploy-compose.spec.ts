import { execFileSync, spawnSync } from 'node:child_process'
import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { resolveMode } from '../index.js'
import { get } from './support/http.ts'
import { buildOrchestrator, commandOf, type Running, startOrchestratorImage, startWorkerImage } from './support/image.ts'
import { freePort } from './support/ports.ts'
import { startRedis } from './support/redis.ts'
import { check, compose, interpolated, interpolate, MODE_VARIABLES, ROOT, STACK } from './support/stack.ts'
import { tempDirectory } from './support/temp.ts'

const FILES = ['docker-compose.prod.yml', 'docker-compose.ci.yml']
const APPLICATIONS = ['orchestrator', 'worker']
const SECRETS = { POSTGRES_USER: 'ros', POSTGRES_PASSWORD: 'aaaa', POSTGRES_DB: 'ros', DATABASE_URL: 'postgresql://ros:aaaa@postgres:5432/ros', REDIS_PASSWORD: 'bbbb', JWT_SECRET: 'cccc' }
/** What .env.example sets beside them: the stack as it is shipped. */
const SHIPPED = Object.fromEntries([...readFileSync(join(STACK, '.env.example'), 'utf8').matchAll(/^([A-Z_]+)=(.+)$/gm)].map(([, name, value]) => [name!, value!]))

const production = compose(FILES[0]!)
const ci = compose(FILES[1]!)

/** What a service's process gets: production's variables, and over them those of CI. */
function environment(service: string, env: Record<string, string> = {}, withCi = false): Record<string, string> {
  const values = { ...production.services[service].environment, ...(withCi ? ci.services[service].environment : {}) }
  return interpolated(values, { ...SHIPPED, ...SECRETS, ...env })
}

describe('the Compose files', () => {
  it('keep to the Compose specification', () => {
    expect(check('check-jsonschema', ['--builtin-schema', 'vendor.compose-spec', ...FILES])).toContain('ok')
  })

  it('are taken by Compose itself, where it is there', () => {
    if (spawnSync('docker', ['compose', 'version']).status !== 0) return
    const files = FILES.flatMap((file) => ['-f', file])
    const merged = execFileSync('docker', ['compose', ...files, 'config', '--format', 'json'], { cwd: STACK, encoding: 'utf8', env: { ...process.env, ...SHIPPED, ...SECRETS } })
    for (const service of APPLICATIONS) expect(JSON.parse(merged).services[service].environment).toMatchObject(environment(service, {}, true))
  })

  it('are written as yamllint would have them', () => {
    check('yamllint', ['--strict', '-c', '.yamllint.yaml', ...FILES.map((file) => `stack/${file}`)], ROOT)
  })

  it('start nothing without the secrets and a mode, and hold no secret', () => {
    for (const name of [...Object.keys(SECRETS), 'GOVERNANCE_MODE']) {
      const rest: Record<string, string> = { ...SHIPPED, ...SECRETS, [name]: '' }
      expect(() => Object.values(production.services).forEach((service: any) => interpolated(service.environment, rest))).toThrow(`${name} is required: set it in .env`)
    }
    const example = readFileSync(join(STACK, '.env.example'), 'utf8')
    for (const name of ['POSTGRES_PASSWORD', 'DATABASE_URL', 'REDIS_PASSWORD', 'JWT_SECRET', 'OPENAI_API_KEY', 'ANTHROPIC_API_KEY']) expect(example).toMatch(new RegExp(`^${name}=$`, 'm'))
  })

  it('give every application every variable of the mode', () => {
    for (const service of APPLICATIONS) {
      expect(Object.keys(production.services[service].environment)).toEqual(expect.arrayContaining(MODE_VARIABLES))
      expect(Object.keys(ci.services[service].environment)).toEqual(expect.arrayContaining(MODE_VARIABLES))
    }
  })

  it.each(APPLICATIONS)('run %s in LIVE with the network open, unless told otherwise', (service) => {
    expect(resolveMode(environment(service))).toMatchObject({ mode: 'LIVE', source: 'GOVERNANCE_MODE', networkAllowed: true, allowUploads: true, strictPhiOnUpload: true, warnings: [] })
    expect(resolveMode(environment(service, { ALLOW_UPLOADS: '' }))).toMatchObject({ allowUploads: false })
    expect(resolveMode(environment(service, { ROS_MODE: 'STANDBY' }))).toMatchObject({ mode: 'STANDBY', source: 'ROS_MODE', networkAllowed: false, warnings: [] })
    expect(resolveMode(environment(service, { NO_NETWORK: 'true' }))).toMatchObject({ networkAllowed: false, blockReason: 'no_network' })
  })

  it.each(APPLICATIONS)('block %s in CI, whatever CI has set', (service) => {
    const open = { GOVERNANCE_MODE: 'LIVE', NO_NETWORK: 'false', MOCK_ONLY: 'false', OPENAI_API_KEY: 'sk-real', ANTHROPIC_API_KEY: 'sk-real', EGRESS_ALLOW: '0.0.0.0/0' }
    const got = environment(service, open, true)
    expect(resolveMode(got)).toMatchObject({ mode: 'DEMO', networkAllowed: false, noNetwork: true, mockOnly: true, allowUploads: false, warnings: [] })
    expect(got).toMatchObject({ OPENAI_API_KEY: '', ANTHROPIC_API_KEY: '', EGRESS_ALLOW: environment(service).EGRESS_ALLOW })
    expect(resolveMode(environment(service, { ROS_MODE: 'LIVE' }, true)).networkAllowed).toBe(false)
    expect(ci.networks.researchflow.internal).toBe(true)
  })

  it('name in EGRESS_ALLOW the services and the ports that they are asked at', () => {
    const { EGRESS_ALLOW, DATABASE_URL, REDIS_URL, WORKER_CALLBACK_URL } = environment('orchestrator')
    const asked = [DATABASE_URL, REDIS_URL, WORKER_CALLBACK_URL, environment('worker').ORCHESTRATOR_URL].map((url) => new URL(url!).host)
    expect(EGRESS_ALLOW!.split(',').sort()).toEqual([...asked].sort())
  })

  it('run the applications without root, without capabilities and on a disk that they cannot write', () => {
    for (const service of APPLICATIONS) {
      expect(production.services[service]).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
      expect(readFileSync(join(STACK, `services/${service}/Dockerfile`), 'utf8')).toMatch(/^USER 1000:1000$/m)
    }
  })

  it('build from Dockerfiles that are there and that hadolint finds nothing in', () => {
    for (const service of APPLICATIONS) check('hadolint', [`services/${service}/Dockerfile`])
    expect(production.services.orchestrator.build).toMatchObject({ context: '.', dockerfile: 'services/orchestrator/Dockerfile', target: 'production' })
  })
})

describe('the healthchecks', () => {
  const running: Running[] = []
  beforeAll(() => buildOrchestrator())
  afterEach(async () => void (await Promise.all(running.splice(0).map(({ program }) => program.stop('SIGKILL')))))

  /** The very command of the Compose file, at the port of the process here. */
  function healthcheck(service: string, port: number): { status: number | null; stderr: string } {
    const [kind, program, ...args] = production.services[service].healthcheck.test as string[]
    expect(kind).toBe('CMD')
    expect(program).toBe(commandOf(`services/${service}/Dockerfile`)[0]) // so that the image has it
    const own = environment(service).PORT!
    expect(args.join(' ')).toContain(own)
    const file = program === 'node' ? process.execPath : join(ROOT, '.venv', 'bin', program!)
    const { status, stderr } = spawnSync(file, args.map((arg) => arg.replace(own, String(port))), { encoding: 'utf8', env: { PATH: process.env.PATH, http_proxy: 'http://127.0.0.1:9' } })
    return { status, stderr }
  }

  it.each(['LIVE', 'STANDBY'])('find the orchestrator healthy in %s, as its image runs it', async (mode) => {
    const orchestrator = await startOrchestratorImage({ ...environment('orchestrator'), ROS_MODE: mode })
    running.push(orchestrator)
    expect(healthcheck('orchestrator', orchestrator.port)).toEqual({ status: 0, stderr: '' })
    const { body } = await get(orchestrator.port, '/api/health')
    expect(JSON.parse(body).mode.ros_mode).toBe(mode)
    const metrics = await get(orchestrator.port, '/api/metrics?format=prometheus')
    expect(metrics.body).toContain('egress_guard_level{level="process"} 1')
  })

  it('find the worker healthy, as its image runs it', async () => {
    const worker = await startWorkerImage(environment('worker'))
    running.push(worker)
    expect(healthcheck('worker', worker.port)).toEqual({ status: 0, stderr: '' })
  })

  it('fail where nothing answers', async () => {
    const port = await freePort()
    for (const service of APPLICATIONS) expect(healthcheck(service, port).status).toBe(1)
  })

  it('fail for a Redis that refuses the password, and pass for one that takes it', async () => {
    const redis = await startRedis({ password: 'right' })
    try {
      const [kind, command] = production.services.redis.healthcheck.test as string[]
      expect(kind).toBe('CMD-SHELL')
      const ask = (password: string) => spawnSync('sh', ['-c', command!.replace('redis-cli', `redis-cli -p ${redis.port}`)], { env: { PATH: process.env.PATH, REDISCLI_AUTH: password } }).status
      expect([ask('right'), ask('wrong')]).toEqual([0, 1])
    } finally {
      await redis.stop()
    }
  })

  it('reach a Redis that was started as Compose starts it, with the password in no argument', async () => {
    const port = await freePort()
    const [, , script] = production.services.redis.command as string[]
    const child = spawnSync('sh', ['-c', `${interpolate(script!, {}).replace(' - <<', ` --port ${port} --bind 127.0.0.1 --daemonize yes --dir ${tempDirectory('compose-redis')} - <<`)}`], { env: { PATH: process.env.PATH, REDISCLI_AUTH: 'hidden1' }, encoding: 'utf8' })
    expect(child.status).toBe(0)
    const redis = (password: string, ...args: string[]) => spawnSync('redis-cli', ['-p', String(port), ...args], { env: { PATH: process.env.PATH, REDISCLI_AUTH: password }, encoding: 'utf8' }).stdout
    try {
      await expect.poll(() => redis('hidden1', 'ping'), { timeout: 5_000 }).toBe('PONG\n')
      expect(redis('', 'ping')).toContain('NOAUTH')
      expect(execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' })).not.toContain('hidden1')
    } finally {
      redis('hidden1', 'shutdown', 'nosave')
    }
  })
})

describe('the Makefile', () => {
  let folder: string
  /** Stands in for Docker, which has no engine here: notes its arguments. */
  const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n')

  beforeAll(() => {
    folder = tempDirectory('make')
    mkdirSync(join(folder, 'bin'))
    writeFileSync(join(folder, 'bin', 'docker'), `#!/bin/sh\nfor a; do printf '%s|' "$a"; done >>${folder}/calls; echo "ROS_MODE=$ROS_MODE GOVERNANCE_MODE=$GOVERNANCE_MODE" >>${folder}/calls; test ! -e ${folder}/refuse\n`, { mode: 0o755 })
    execFileSync('cp', ['-r', join(STACK, 'Makefile'), join(STACK, 'scripts'), folder])
  })
  afterEach(() => writeFileSync(join(folder, 'calls'), ''))

  function make(args: string[], input = ''): { status: number | null; stderr: string } {
    const { status, stderr } = spawnSync('make', ['-s', ...args], { cwd: folder, input, encoding: 'utf8', env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}` } })
    return { status, stderr }
  }
  const exec = (command: string, file = '', confirm = '') =>
    `compose|-f|docker-compose.prod.yml|exec|-T|-e|BACKUP_FILE=${file}|-e|RETENTION_DAYS=30|-e|CONFIRM=${confirm}|postgres|sh|/scripts/db-backup.sh|${command}|ROS_MODE= GOVERNANCE_MODE=`

  it.each([['db-backup', 'backup'], ['db-backup-retention', 'retention'], ['db-backup-verify', 'verify'], ['db-backup-list', 'list'], ['db-restore-drill', 'drill']])('%s runs the script in the database container', (target, command) => {
    expect(make([target]).status).toBe(0)
    expect(calls()).toEqual([exec(command)])
    expect(execFileSync('stat', ['-c', '%a', join(folder, 'backups')], { encoding: 'utf8' })).toBe('700\n')
  })

  it('db-restore asks, and takes only a yes', () => {
    const file = 'BACKUP_FILE=backups/backup_20250101_020000.dump'
    expect(make(['db-restore'])).toMatchObject({ status: 2, stderr: expect.stringContaining('db-restore: which one?') })
    for (const answer of ['', 'y\n', 'no\n']) expect(make(['db-restore', file], answer)).toMatchObject({ status: 2, stderr: expect.stringContaining('no yes, nothing is changed') })
    expect(calls()).toEqual([''])
    expect(make(['db-restore', file], 'yes\n').status).toBe(0)
    expect(make(['db-restore', file, 'CONFIRM=yes']).status).toBe(0)
    expect(calls()).toEqual(Array(2).fill(exec('restore', 'backup_20250101_020000.dump', 'yes')))
  })

  it('standby locks the stack, and keeps it locked for the next start', () => {
    writeFileSync(join(folder, '.env'), 'ROS_MODE=LIVE\nJWT_SECRET=x=y z\n')
    expect(make(['standby']).status).toBe(0)
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('JWT_SECRET=x=y z\nROS_MODE=STANDBY\n')
    expect(calls()[0]).toBe('compose|-f|docker-compose.prod.yml|up|-d|--no-build|--no-deps|--wait|orchestrator|worker|ROS_MODE=STANDBY GOVERNANCE_MODE=STANDBY')
  })

  it('standby locks the stack also where .env cannot be written, and says that the next start opens it', () => {
    writeFileSync(join(folder, '.env'), 'ROS_MODE=LIVE\n')
    mkdirSync(join(folder, '.env.new'))
    try {
      expect(make(['standby'])).toMatchObject({ status: 2, stderr: expect.stringContaining('standby: locked now, NOT kept in .env') })
    } finally {
      rmSync(join(folder, '.env.new'), { recursive: true })
    }
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('ROS_MODE=LIVE\n')
    expect(calls()[0]).toMatch(/\|up\|.*\|orchestrator\|worker\|ROS_MODE=STANDBY GOVERNANCE_MODE=STANDBY$/)
    expect(calls()).toHaveLength(3)
  })

  it('standby claims no lock where the containers were not made anew', () => {
    writeFileSync(join(folder, '.env'), 'A=1\n')
    writeFileSync(join(folder, 'refuse'), '')
    try {
      expect(make(['standby'])).toMatchObject({ status: 2, stderr: expect.stringContaining('standby: NOT known to be locked') })
    } finally {
      rmSync(join(folder, 'refuse'))
    }
  })

  it('sets the mode in the file that .env leads to, and leaves the link', () => {
    const target = join(folder, 'shared.env')
    writeFileSync(target, 'A=1\n')
    rmSync(join(folder, '.env'), { force: true })
    symlinkSync('shared.env', join(folder, '.env'))
    expect(spawnSync('sh', [join(folder, 'scripts', 'set-mode.sh'), 'STANDBY']).status).toBe(0)
    expect(lstatSync(join(folder, '.env')).isSymbolicLink()).toBe(true)
    expect(readFileSync(target, 'utf8')).toBe('A=1\nROS_MODE=STANDBY\n')
    rmSync(join(folder, '.env'))
  })

  it('sets no mode that there is not, and no mode where there is no .env', () => {
    writeFileSync(join(folder, '.env'), 'A=1\n')
    const set = (mode: string) => spawnSync('sh', [join(folder, 'scripts', 'set-mode.sh'), mode]).status
    expect([set('live'), set('LIVE'), set('')]).toEqual([2, 0, 0])
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('A=1\nROS_MODE=\n')
    execFileSync('rm', [join(folder, '.env')])
    expect(set('STANDBY')).toBe(1)
  })
})
