import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from './support/db-backup.ts'
import { buildOrchestrator, type Running, startOrchestratorImage, startWorkerImage } from './support/image.ts'
import { anchors, type Page, pages, prose, type ShellBlock, shellBlocks } from './support/markdown.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { type Redis, startRedis } from './support/redis.ts'
import { check, filesOfRepository, ROOT, STACK } from './support/stack.ts'
import { tempDirectory } from './support/temp.ts'

const all = pages()
const page = (path: string): Page => all.find((one) => one.path === path)!
const OPERATORS = all.filter(({ path }) => /^docs\/(operations|architecture)\//.test(path))
/** What a path in the text may be relative to. */
const FOLDERS = [ROOT, STACK, join(STACK, 'infrastructure', 'kubernetes')]

describe.each(all)('$path', (one) => {
  it('links to what is there', () => {
    for (const [, target] of prose(one).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (target!.startsWith('https://')) continue
      const [path, anchor] = target!.split('#')
      const file = path === '' ? one.path : normalize(join(dirname(one.path), path!))
      expect(existsSync(join(ROOT, file)), target).toBe(true)
      if (anchor !== undefined) expect(anchors(page(file)), target).toContain(anchor)
    }
  })

  it('names files that are there', () => {
    // The guide to adopting names those of the repository that adopts.
    if (one.path === 'docs/adopting.md') return
    for (const [, path] of prose(one).matchAll(/`((?:stack|docs|scripts|__test__|bench|lib|infrastructure|overlays|services)\/[\w./-]*)`/g)) {
      expect(FOLDERS.some((folder) => existsSync(join(folder, path!))), path).toBe(true)
    }
  })
})

it('the alerts lead to headings that are there', () => {
  const rules = readFileSync(join(STACK, 'infrastructure/monitoring/backup-alerts.yml'), 'utf8')
  const places = [...rules.matchAll(/runbook: (\S+)#(\S+)/g)]
  expect(places.length).toBeGreaterThan(3)
  for (const [, path, anchor] of places) expect(anchors(page(path!))).toContain(anchor)
})

it('the tables of the modes are those of the case table', () => {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'mode-table.mjs'), '--check'], { stdio: 'pipe' })
})

it('every shell script is as shellcheck would have it', () => {
  const scripts = filesOfRepository('*.sh', '.ci/run')
  expect(scripts).toContain('stack/scripts/db-backup.sh')
  check('shellcheck', scripts, ROOT)
})

it('every command for operators is run here, or says that it is not and why', () => {
  for (const one of OPERATORS) {
    for (const { line, code, runnable } of shellBlocks(one)) {
      expect(/^# not run here: needs \S/.test(code), `${one.path}:${line}`).toBe(!runnable)
    }
  }
})

describe('the commands for operators', () => {
  let postgres: Postgres
  let redis: Redis
  let orchestrator: Running
  let worker: Running
  let modeFile: string
  let env: NodeJS.ProcessEnv

  beforeAll(async () => {
    ;[postgres, redis] = await Promise.all([startPostgres({ settings: ["shared_preload_libraries = 'pg_stat_statements'"] }), startRedis()])
    await postgres.admin('ALTER ROLE ros SUPERUSER;')
    await postgres.admin('CREATE DATABASE clinic OWNER ros;')
    await sql(postgres, 'clinic', 'SET ROLE ros; CREATE TABLE visits (id int, at date); INSERT INTO visits SELECT i, current_date FROM generate_series(1, 100) i')
    const passwords = join(tempDirectory('pgpass'), 'pgpass')
    writeFileSync(passwords, `*:*:*:*:${postgres.password.replace(/[\\:]/g, '\\$&')}\n`, { mode: 0o600 })

    modeFile = join(tempDirectory('docs-mode'), 'ROS_MODE')
    writeFileSync(modeFile, 'LIVE')
    buildOrchestrator()
    const own = { ROS_MODE_FILE: modeFile, ARTIFACT_PATH: tempDirectory('artifacts') }
    worker = await startWorkerImage(own)
    orchestrator = await startOrchestratorImage({ ...own, DATABASE_URL: postgres.url(), REDIS_URL: redis.url, WORKER_CALLBACK_URL: `http://127.0.0.1:${worker.port}` })
    env = {
      PATH: `${join(ROOT, '.venv', 'bin')}:${dirname(process.execPath)}:${process.env.PATH}`,
      PGHOST: postgres.host,
      PGPORT: String(postgres.port),
      PGUSER: postgres.user,
      PGDATABASE: 'clinic',
      PGPASSFILE: passwords,
      ORCHESTRATOR: `http://127.0.0.1:${orchestrator.port}`,
      WORKER: `http://127.0.0.1:${worker.port}`,
      ORCHESTRATOR_PID: String(orchestrator.program.pid),
      WORKER_PID: String(worker.program.pid),
    }
  })

  afterAll(() => Promise.all([orchestrator?.program.stop('SIGKILL'), worker?.program.stop('SIGKILL'), postgres?.stop(), redis?.stop()]))

  /** Runs one block as a reader would who stands in the root of the repository; gives what it printed. */
  async function run({ code }: ShellBlock, cwd: string): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile('sh', ['-eu', '-c', code], { cwd, env }, (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(`${code}\n${stdout}${stderr}`))))
    })
  }

  /** The blocks of a page one after another, in one folder. */
  async function runAll(path: string): Promise<string[]> {
    const folder = tempDirectory('docs')
    symlinkSync(STACK, join(folder, 'stack'))
    const printed: string[] = []
    for (const block of shellBlocks(page(path)).filter(({ runnable }) => runnable)) printed.push(await run(block, folder))
    expect(printed.length).toBeGreaterThan(0)
    return printed
  }

  it('of BACKUPS_AND_RESTORE.md back up, prove and restore', async () => {
    const printed = await runAll('docs/operations/BACKUPS_AND_RESTORE.md')
    expect(printed[1]).toMatch(/^\.\/backup_\d{8}_\d{6}\.dump: OK\n$|^backup_\d{8}_\d{6}\.dump: OK\n$/)
    expect(printed.at(-1)).toMatch(/restored backup_\S+: 100 rows in 1 tables, the same as when it was dumped\n$/)
  })

  // Its recordings are typed in with pauses, which a busy machine may overrun.
  it('of PROFILING.md show where the time goes', { retry: 2 }, async () => {
    const printed = (await runAll('docs/operations/PROFILING.md')).join('\n')
    expect(printed).toContain('"status":"ready"')
    expect(printed).toContain('orchestrator.heapsnapshot')
    expect(printed).toMatch(/^\d+\t\((idle|program)\) /m)
    expect(printed).toContain('MainThread')
  })

  it('of SCALE_PLAN.md keep to one partition', async () => {
    const printed = (await runAll('docs/architecture/SCALE_PLAN.md')).join('\n')
    expect(printed).toContain('Seq Scan on audit_events_2026_01')
  })

  it('of MODE_TOGGLE.md show that STANDBY has taken hold', async () => {
    writeFileSync(modeFile, 'STANDBY')
    await expect.poll(async () => (await (await fetch(`${env.WORKER}/health`)).text()) + (await (await fetch(`${env.ORCHESTRATOR}/api/governance/mode`)).text()), { timeout: 3_000 }).toMatch(/STANDBY.*STANDBY/)
    expect(await runAll('docs/operations/MODE_TOGGLE.md')).toEqual([
      'STANDBY\n{"mode":"STANDBY","source":"file","networkAllowed":false,"blockReason":"standby_mode","warnings":[]}\nSTANDBY\n',
      expect.stringMatching(/^researchflow_mode\{mode="STANDBY"\} 1$/m),
      '503\n',
      expect.stringMatching(/^\{"status":"standby",.*\} 200\n$/),
    ])
  })
})
