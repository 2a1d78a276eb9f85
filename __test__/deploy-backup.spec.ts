import { execFileSync } from 'node:child_process'
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { busyboxPath, copyBackup, files, type Outcome, type Run, seal, sql, startBackup } from './support/db-backup.ts'
import { freePort } from './support/ports.ts'
import { type Postgres, startPostgres } from './support/postgres.ts'
import { signal } from './support/process.ts'
import { tempDirectory } from './support/temp.ts'

const PASSWORD = 'p:a\\ss word#1'
const PATIENT = 'Zebulon Quackenbush'
const SCHEMA = `
  CREATE TABLE patients (id bigint PRIMARY KEY, name text, born date, note jsonb, scan bytea, seen timestamptz, dose double precision);
  INSERT INTO patients SELECT i, '${PATIENT} ' || i, date '1950-01-01' + i, jsonb_build_object('n', i), decode(md5(i::text), 'hex'),
    timestamptz '2024-01-01 00:00+00' + i * interval '1 minute', sqrt(i) FROM generate_series(1, 2000) i;
  CREATE SCHEMA "Odd Schema";
  CREATE TABLE "Odd Schema"."wa|rds" (rf_row_ text);
  INSERT INTO "Odd Schema"."wa|rds" VALUES ('a'), (NULL);
  CREATE TABLE events (id int, what text) PARTITION BY RANGE (id);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (1000);
  INSERT INTO events SELECT i, 'x' FROM generate_series(1, 100) i;
  CREATE TABLE empty (id int);
  CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM patients;`
const SUMMARY = '2102 rows in 4 tables'
// By another road than the script's: all rows of a table in one order, in one hash.
const CONTENT = `
  SELECT (SELECT count(*) || md5(string_agg(t::text, '/' ORDER BY id)) FROM patients t),
         (SELECT count(*) || md5(string_agg(t::text, '/' ORDER BY rf_row_)) FROM "Odd Schema"."wa|rds" t),
         (SELECT count(*) || md5(string_agg(t::text, '/' ORDER BY id)) FROM events t),
         (SELECT count(*) FROM empty), (SELECT count FROM totals)`

let postgres: Postgres
let directory: string
let temp: string
/** A good backup, made once. */
let good: string

beforeAll(async () => {
  postgres = await startPostgres({ password: PASSWORD })
  await postgres.admin('ALTER ROLE ros CREATEDB')
  await sql(postgres, 'ros', `SET ROLE ros; ${SCHEMA}`)
  await emptyDatabase('bulky')
  // It takes about a second to dump, because it does not compress.
  await sql(postgres, 'bulky', `SET ROLE ros; CREATE TABLE bulk AS
    SELECT string_agg(decode(md5(random()::text), 'hex'), '') AS bytes FROM generate_series(1, 800000) i GROUP BY i / 2000`)
  const made = tempDirectory('good')
  const { code, stderr } = await startBackup(['backup'], settings({ BACKUP_DIR: made })).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  good = join(made, files(made)[0]!)
})

afterAll(() => postgres?.stop())

beforeEach(() => {
  directory = tempDirectory('backups')
  temp = tempDirectory('tmp')
})

function settings(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const password = join(tempDirectory('secret'), 'password')
  writeFileSync(password, `${PASSWORD}\n`, { mode: 0o440 })
  return {
    BACKUP_DIR: directory,
    TMPDIR: temp,
    POSTGRES_PASSWORD_FILE: password,
    PGHOST: '127.0.0.1',
    PGPORT: String(postgres.port),
    PGUSER: 'ros',
    PGDATABASE: 'ros',
    ...more,
  }
}

async function backup(commands: string, more: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const outcome = await startBackup(commands.split(' '), settings(more)).ended
  // Whatever happens, the scratch directory with the password in it goes.
  expect(readdirSync(temp)).toEqual([])
  for (const secret of [PASSWORD, PATIENT, '127.0.0.1', String(postgres.port)]) {
    expect(outcome.stdout + outcome.stderr).not.toContain(secret)
  }
  return outcome
}

/** A database with nothing in it, for one test. */
async function emptyDatabase(name: string): Promise<string> {
  await postgres.admin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE);`)
  await postgres.admin(`CREATE DATABASE ${name} OWNER ros;`)
  return name
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error('it did not come to pass within 20 s')
    await sleep(10)
  }
}

/** A run that is in the middle of its dump. */
async function halfway(wrapper: string[] = []): Promise<Run> {
  const run = startBackup(['backup'], settings({ PGDATABASE: 'bulky' }), wrapper)
  const partial = () => readdirSync(directory).find((name) => name.startsWith('.partial.'))
  await until(() => partial() !== undefined && statSync(join(directory, partial()!)).size > 1 << 18)
  return run
}

describe('a backup', () => {
  it('restores into an empty database with the same rows, under the programs of BusyBox', async () => {
    const PATH = busyboxPath()
    const made = await backup('backup verify list', { PATH })
    const [name] = files(directory)
    expect(made.stderr).toBe('')
    expect(made.stdout.split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^db-backup: wrote ${name}: \\d+ KiB, ${SUMMARY}$`)),
      expect.stringMatching(new RegExp(`^db-backup: ${name} is good: \\d+ KiB, ${SUMMARY}$`)),
      expect.stringMatching(new RegExp(`^${name}  \\d+ KiB  ${SUMMARY}$`)),
      '',
    ])
    const target = await emptyDatabase('copy')
    const restored = await backup('restore', { PATH, PGDATABASE: target, BACKUP_FILE: name, CONFIRM: 'yes' })
    expect(restored).toMatchObject({ code: 0, stderr: '', stdout: `db-backup: restored ${name}: ${SUMMARY}, the same as when it was dumped\n` })
    expect(await sql(postgres, target, CONTENT)).toBe(await sql(postgres, 'ros', CONTENT))
  })

  it('is three files that only their owner may read, with a checksum that sha256sum reads', async () => {
    await backup('backup')
    const [dump] = files(directory)
    expect(dump).toMatch(/^backup_\d{8}_\d{6}\.dump$/)
    expect(files(directory)).toEqual([dump, `${dump}.counts`, `${dump}.sha256`])
    for (const name of files(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
    expect(execFileSync('sha256sum', ['-c', `${dump}.sha256`], { cwd: directory, encoding: 'utf8' })).toBe(`${dump}: OK\n`)
    expect(readFileSync(join(directory, `${dump}.counts`), 'utf8')).toMatch(/^"Odd Schema"\."wa\|rds"\|2\|\d+\npublic\.empty\|0\|0\npublic\.events_1\|100\|\d+\npublic\.patients\|2000\|\d+\n$/)
  })

  it('counts what it dumped, while others write', async () => {
    const target = await emptyDatabase('busy')
    await sql(postgres, target, 'SET ROLE ros; CREATE TABLE log (id serial, at timestamptz DEFAULT clock_timestamp()); INSERT INTO log SELECT FROM generate_series(1, 20000)')
    let writing = true
    const writer = (async () => {
      while (writing) await sql(postgres, target, 'INSERT INTO log SELECT FROM generate_series(1, 500)')
    })()
    const { code } = await backup('backup drill', { PGDATABASE: target })
    writing = false
    await writer
    expect(code).toBe(0)
  })

  it('shows its password in no process', async () => {
    const run = await halfway()
    const shown = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return ''
      }
    })
    expect(shown.filter((line) => line.includes('pg_dump') && line.includes('--snapshot'))).not.toEqual([])
    expect(shown.filter((line) => line.includes(PASSWORD))).toEqual([])
    signal(run.pid, 'SIGTERM')
    await run.ended
  })
})

describe('a dump that fails leaves the good backups and nothing else', () => {
  const failed = (line: string) => ({ code: 1, stdout: '', stderr: expect.stringMatching(new RegExp(`^db-backup: error: ${line}\n(db-backup: error: what the tool said, .*\n)?$`)) })

  let before: string[]
  beforeEach(() => {
    copyBackup(directory, good, 'backup_20250101_020000.dump')
    before = files(directory)
  })
  const unharmed = async () => {
    expect(files(directory)).toEqual(before)
    expect((await backup('verify')).code).toBe(0)
  }

  it('when the password is wrong', async () => {
    const wrong = join(temp, '..', `wrong-${process.pid}`)
    writeFileSync(wrong, 'not it')
    expect(await backup('backup', { POSTGRES_PASSWORD_FILE: wrong })).toMatchObject(failed('the dump cannot begin: the server refused the password'))
    await unharmed()
  })

  it('when nothing listens', async () => {
    const { code, stderr } = await startBackup(['backup'], settings({ PGPORT: String(await freePort()) })).ended
    expect({ code, line: stderr.split('\n')[0] }).toEqual({ code: 1, line: 'db-backup: error: the dump cannot begin: nothing listens at the address' })
    await unharmed()
  })

  it('when the server ends in the middle of it', async () => {
    const run = await halfway()
    await postgres.kill()
    const { code, stderr } = await run.ended
    await postgres.restart()
    expect({ code, line: stderr.split('\n')[0] }).toEqual({ code: 1, line: 'db-backup: error: the dump failed: the server ended the connection' })
    expect(statSync(join(directory, '.last-error.txt')).mode & 0o777).toBe(0o600)
    await unharmed()
  })

  it('when the user may not read a table', async () => {
    const target = await emptyDatabase('closed')
    await sql(postgres, target, 'CREATE TABLE secret (id int)')
    expect(await backup('backup', { PGDATABASE: target })).toMatchObject(failed('the dump failed: the user lacks a right'))
    await unharmed()
  })

  it('when the disk is full', async () => {
    const disk = tempDirectory('disk')
    // A file system of its own, which is gone with the process.
    const inside = `mount -t tmpfs -o size=3m tmpfs ${disk} && cp ${directory}/backup_20250101* ${disk} || exit 99
      "$@"; code=$?; ls -A ${disk}; exit $code`
    const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
    const outcome = await startBackup(['backup'], settings({ PGDATABASE: 'bulky', BACKUP_DIR: disk }), ['unshare', ...asRoot, '--mount', 'sh', '-c', inside, 'sh']).ended
    expect(outcome.stderr.split('\n')[0]).toBe('db-backup: error: the dump failed: no space is left on the disk')
    expect(outcome.code).toBe(1)
    expect(outcome.stdout.split('\n').filter((name) => name.startsWith('backup_') || name.startsWith('.partial'))).toEqual(before)
  })

  it('when the disk has not kept what was written', async () => {
    // The real pg_dump, and after it a file that is cut in half: as if a disk had lied.
    const bin = tempDirectory('lying')
    writeFileSync(join(bin, 'pg_dump'), `#!/bin/sh
      PATH=\${PATH#*:} pg_dump "$@" || exit
      for a; do case $a in --file=*) truncate -s "$(($(stat -c %s "\${a#--file=}") / 2))" "\${a#--file=}" ;; esac; done\n`, { mode: 0o755 })
    expect(await backup('backup', { PATH: `${bin}:${process.env.PATH}` })).toMatchObject(failed('the dump cannot be read back: it is no dump, or not all of one'))
    await unharmed()
  })

  it('when it is stopped by SIGTERM', async () => {
    const run = await halfway()
    signal(run.pid, 'SIGTERM')
    expect(await run.ended).toEqual({ code: 143, signal: null, stdout: 'db-backup: stopped by a signal\n', stderr: '' })
    await unharmed()
    expect(await sql(postgres, 'ros', "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'db-backup'")).toBe('0\n')
  })

  it('when it is killed, and the next run clears up', async () => {
    // As the kernel ends a container: all of its processes at once, here a session of their own.
    const run = await halfway(['setsid'])
    process.kill(-run.pid, 'SIGKILL')
    expect(await run.ended).toMatchObject({ code: null, signal: 'SIGKILL' })
    const left = files(directory).filter((name) => name.startsWith('.partial'))
    expect(left).not.toEqual([])
    expect(files(directory).filter((name) => !left.includes(name))).toEqual(before)
    // The lock is free once the last of them is gone.
    await until(async () => (await startBackup(['backup'], settings()).ended).code === 0)
    expect(files(directory)).toHaveLength(before.length + 3)
    expect(files(directory).filter((name) => name.startsWith('.partial'))).toEqual([])
  })

  it('when another run holds the lock', async () => {
    const first = await halfway()
    const second = await startBackup(['backup'], settings()).ended
    expect(second).toEqual({ code: 75, signal: null, stdout: '', stderr: 'db-backup: error: another run holds the lock\n' })
    expect((await first.ended).code).toBe(0)
    expect(files(directory)).toHaveLength(before.length + 3)
  })
})

describe('retention', () => {
  const OLD = ['backup_20230101_020000.dump', 'backup_20230201_020000.dump', 'backup_20230301_020000.dump']

  it('has nothing to remove where nothing is old', async () => {
    await backup('backup')
    const before = files(directory)
    expect(await backup('retention')).toMatchObject({ code: 0, stdout: `db-backup: removed 0 older than 30 days; the newest good one is ${before[0]}\n`, stderr: '' })
    expect(files(directory)).toEqual(before)
  })

  it('removes what is old, with what belongs to it', async () => {
    for (const name of OLD) copyBackup(directory, good, name)
    const { code, stdout } = await backup('backup retention')
    expect(code).toBe(0)
    expect(stdout).toContain('db-backup: removed 3 older than 30 days; ')
    expect(files(directory)).toHaveLength(3)
  })

  it('keeps the newest however old it is', async () => {
    for (const name of OLD) copyBackup(directory, good, name)
    expect((await backup('retention', { RETENTION_DAYS: '1' })).code).toBe(0)
    expect(files(directory)).toEqual([OLD[2], `${OLD[2]}.counts`, `${OLD[2]}.sha256`])
  })

  it('keeps the newest good one where newer ones are damaged', async () => {
    for (const name of OLD) copyBackup(directory, good, name)
    appendFileSync(join(directory, OLD[2]!), 'x')
    const { code, stderr } = await backup('retention')
    expect({ code, stderr }).toEqual({ code: 0, stderr: `db-backup: error: ${OLD[2]} is damaged: its checksum differs\n` })
    expect(files(directory)).toContain(OLD[1])
    expect(files(directory)).not.toContain(OLD[0])
  })

  it('removes nothing where none is good', async () => {
    for (const name of OLD) {
      copyBackup(directory, good, name)
      appendFileSync(join(directory, name), 'x')
    }
    const before = files(directory)
    const { code, stderr } = await backup('retention')
    expect({ code, last: stderr.trimEnd().split('\n').at(-1) }).toEqual({ code: 1, last: 'db-backup: error: no backup is good, so none is removed' })
    expect(files(directory)).toEqual(before)
  })

  it.each(['0', '-1', '030', 'x', '1 day', '9999999'])('refuses %j days', async (days) => {
    for (const name of OLD) copyBackup(directory, good, name)
    expect(await backup('retention', { RETENTION_DAYS: days })).toMatchObject({ code: 2, stderr: 'db-backup: error: RETENTION_DAYS: expected whole days, 1 or more\n' })
  })
})

describe('a damaged backup', () => {
  const NAME = 'backup_20250101_020000.dump'
  const damages: [string, (file: string) => void, string][] = [
    ['a byte of it has changed', flip, 'its checksum differs'],
    ['it was cut off before it was sealed', (file) => (truncateSync(file, Math.floor(statSync(file).size / 2)), seal(file)), 'it cannot be read: it is no dump, or not all of one'],
    ['it is another kind of file', (file) => (writeFileSync(file, 'SELECT 1;\n'), seal(file)), 'it cannot be read: it is no dump, or not all of one'],
    ['its checksum is missing', (file) => writeFileSync(`${file}.sha256`, ''), 'it has no checksum'],
    ['its checksum names another file', (file) => copyFileSync(`${good}.sha256`, `${file}.sha256`), 'its checksum is of another file'],
  ]

  it.each(damages)('is told, and not restored, when %s', async (_case, damage, words) => {
    copyBackup(directory, good, NAME)
    damage(join(directory, NAME))
    expect(await backup('verify')).toEqual({ code: 1, signal: null, stdout: '', stderr: `db-backup: error: ${NAME} is damaged: ${words}\n` })
    const target = await emptyDatabase('copy')
    await sql(postgres, target, 'CREATE TABLE kept (id int)')
    expect(await backup('restore', { PGDATABASE: target, BACKUP_FILE: NAME, CONFIRM: 'yes' })).toMatchObject({ code: 1, stderr: `db-backup: error: ${NAME} is damaged: ${words}; the database is untouched\n` })
    expect(await sql(postgres, target, 'SELECT count(*) FROM kept')).toBe('0\n')
  })
})

describe('restore', () => {
  const restore = { BACKUP_FILE: '', CONFIRM: 'yes', PGDATABASE: 'copy' }
  beforeEach(async () => {
    await emptyDatabase('copy')
    restore.BACKUP_FILE = good
  })

  it('asks for a yes and for a file', async () => {
    expect(await backup('restore', { ...restore, CONFIRM: 'y' })).toMatchObject({ code: 2, stderr: 'db-backup: error: restore replaces the database: set CONFIRM=yes\n' })
    expect(await backup('restore', { ...restore, BACKUP_FILE: '' })).toMatchObject({ code: 2, stderr: 'db-backup: error: restore needs BACKUP_FILE: the list command shows the backups\n' })
    expect(await backup('restore', { ...restore, BACKUP_FILE: 'backup_20200101_000000.dump' })).toMatchObject({ code: 1, stderr: 'db-backup: error: there is no such backup: the list command shows them\n' })
  })

  it('replaces what is there', async () => {
    await sql(postgres, 'copy', `SET ROLE ros; ${SCHEMA} DELETE FROM patients WHERE id > 5; UPDATE events SET what = 'y'`)
    expect((await backup('restore', restore)).code).toBe(0)
    expect(await sql(postgres, 'copy', CONTENT)).toBe(await sql(postgres, 'ros', CONTENT))
  })

  it('leaves the database as it was when it fails', async () => {
    await sql(postgres, 'copy', `CREATE TABLE patients (id int); INSERT INTO patients VALUES (7)`)
    expect(await backup('restore', restore)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^db-backup: error: the restore failed; the database is as it was before: /) })
    expect(await sql(postgres, 'copy', 'SELECT id FROM patients')).toBe('7\n')
  })

  it('waits for nobody: it refuses while the database is in use', async () => {
    const other = sql(postgres, 'copy', 'SELECT pg_sleep(3)')
    await until(async () => (await postgres.admin("SELECT count(*) FROM pg_stat_activity WHERE datname = 'copy'")) === '1\n')
    expect(await backup('restore', restore)).toMatchObject({ code: 1, stderr: 'db-backup: error: 1 other sessions use the database: stop the orchestrator and the worker first\n' })
    await other
  })

  it('says which tables are not the same', async () => {
    await sql(postgres, 'copy', 'SET ROLE ros; CREATE TABLE of_now (id int)')
    expect(await backup('restore', restore)).toMatchObject({ code: 1, stderr: 'db-backup: error: restored, but not the same as when it was dumped: public.of_now \n' })
  })
})

describe('the restore drill', () => {
  const scratches = () => postgres.admin("SELECT count(*) FROM pg_database WHERE datname = 'restore_drill'")

  it('restores the newest backup, compares, and leaves no scratch database', async () => {
    copyBackup(directory, good, 'backup_20250101_020000.dump')
    copyBackup(directory, good, 'backup_20250102_020000.dump')
    expect(await backup('drill')).toEqual({ code: 0, signal: null, stderr: '', stdout: `db-backup: backup_20250102_020000.dump restores: ${SUMMARY}, the same as when it was dumped\n` })
    expect(await scratches()).toBe('0\n')
  })

  it('fails when a table is not what it was', async () => {
    copyBackup(directory, good, 'backup_20250101_020000.dump')
    const counts = join(directory, 'backup_20250101_020000.dump.counts')
    writeFileSync(counts, readFileSync(counts, 'utf8').replace('|2000|', '|2001|'))
    expect(await backup('drill')).toMatchObject({ code: 1, stderr: 'db-backup: error: backup_20250101_020000.dump restores, but not the same as when it was dumped: public.patients \n' })
    expect(await scratches()).toBe('0\n')
  })

  it('proves the newest good one, and fails for the damaged ones after it', async () => {
    copyBackup(directory, good, 'backup_20250101_020000.dump')
    copyBackup(directory, good, 'backup_20250102_020000.dump')
    flip(join(directory, 'backup_20250102_020000.dump'))
    const { code, stdout, stderr } = await backup('drill')
    expect(code).toBe(1)
    expect(stdout).toContain('backup_20250101_020000.dump restores')
    expect(stderr).toContain('db-backup: error: 1 newer backups are damaged\n')
  })

  it('drops the scratch database when it is stopped', async () => {
    await backup('backup', { PGDATABASE: 'bulky' })
    const run = startBackup(['drill'], settings({ PGDATABASE: 'bulky' }))
    await until(async () => (await scratches()) === '1\n')
    signal(run.pid, 'SIGTERM')
    expect((await run.ended).code).toBe(143)
    expect(await scratches()).toBe('0\n')
  })

  it('takes no part in the database itself', async () => {
    copyBackup(directory, good, 'backup_20250101_020000.dump')
    expect(await backup('drill', { DRILL_DATABASE: 'ros' })).toMatchObject({ code: 2, stderr: 'db-backup: error: DRILL_DATABASE is the database itself\n' })
    expect(await backup('drill', { DRILL_DATABASE: 'x; DROP' })).toMatchObject({ code: 2, stderr: 'db-backup: error: DRILL_DATABASE: expected a-z, 0-9 and _\n' })
  })
})

describe('called in a wrong way', () => {
  it.each([[''], ['bakcup'], ['backup prune']])('%j does nothing and says what it takes', async (commands) => {
    expect(await backup(commands)).toEqual({ code: 2, signal: null, stdout: '', stderr: 'db-backup: error: expected one of: backup retention verify restore drill list\n' })
    expect(readdirSync(directory)).toEqual([])
  })

  it('says which settings it misses', async () => {
    expect(await backup('backup', { PGUSER: undefined })).toMatchObject({ code: 2, stderr: 'db-backup: error: expected PGUSER and PGDATABASE\n' })
    expect(await backup('list', { BACKUP_DIR: '/nowhere/at/all' })).toMatchObject({ code: 1, stderr: 'db-backup: error: the backup directory is missing: create it, or set BACKUP_DIR\n' })
    expect(await backup('backup', { POSTGRES_PASSWORD_FILE: '/nowhere/at/all' })).toMatchObject({ code: 1, stderr: 'db-backup: error: POSTGRES_PASSWORD_FILE cannot be read\n' })
  })

  it('lists nothing where there is nothing', async () => {
    mkdirSync(join(directory, 'other'))
    expect(await backup('list')).toMatchObject({ code: 0, stdout: 'db-backup: no backups\n' })
    expect(existsSync(join(directory, '.lock'))).toBe(false)
  })
})

function flip(file: string): void {
  const bytes = readFileSync(file)
  const at = Math.floor(bytes.length / 2)
  bytes[at]! ^= 1
  writeFileSync(file, bytes)
}
