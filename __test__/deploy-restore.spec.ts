import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { CONTENT, SCHEMA, SUMMARY, until, useClinic } from './support/clinic.ts'
import { copyBackup, files, seal, sql, startBackup } from './support/db-backup.ts'
import { signal } from './support/process.ts'

const clinic = useClinic()

describe('retention', () => {
  const OLD = ['backup_20230101_020000.dump', 'backup_20230201_020000.dump', 'backup_20230301_020000.dump']

  it('has nothing to remove where nothing is old', async () => {
    await clinic.backup('backup')
    const before = files(clinic.directory)
    expect(await clinic.backup('retention')).toMatchObject({ code: 0, stdout: `db-backup: removed 0 older than 30 days; the newest good one is ${before[0]}\n`, stderr: '' })
    expect(files(clinic.directory)).toEqual(before)
  })

  it('removes what is old, with what belongs to it', async () => {
    for (const name of OLD) copyBackup(clinic.directory, clinic.good, name)
    const { code, stdout } = await clinic.backup('backup retention')
    expect(code).toBe(0)
    expect(stdout).toContain('db-backup: removed 3 older than 30 days; ')
    expect(files(clinic.directory)).toHaveLength(3)
  })

  it('keeps the newest however old it is', async () => {
    for (const name of OLD) copyBackup(clinic.directory, clinic.good, name)
    expect((await clinic.backup('retention', { RETENTION_DAYS: '1' })).code).toBe(0)
    expect(files(clinic.directory)).toEqual([OLD[2], `${OLD[2]}.counts`, `${OLD[2]}.sha256`])
  })

  it('keeps the newest good one where newer ones are damaged', async () => {
    for (const name of OLD) copyBackup(clinic.directory, clinic.good, name)
    appendFileSync(join(clinic.directory, OLD[2]!), 'x')
    const { code, stderr } = await clinic.backup('retention')
    expect({ code, stderr }).toEqual({ code: 0, stderr: `db-backup: error: ${OLD[2]} is damaged: its checksum differs\n` })
    expect(files(clinic.directory)).toContain(OLD[1])
    expect(files(clinic.directory)).not.toContain(OLD[0])
  })

  it('removes nothing where none is good', async () => {
    for (const name of OLD) {
      copyBackup(clinic.directory, clinic.good, name)
      appendFileSync(join(clinic.directory, name), 'x')
    }
    const before = files(clinic.directory)
    const { code, stderr } = await clinic.backup('retention')
    expect({ code, last: stderr.trimEnd().split('\n').at(-1) }).toEqual({ code: 1, last: 'db-backup: error: no backup is good, so none is removed' })
    expect(files(clinic.directory)).toEqual(before)
  })

  it('takes nothing for a backup that has another name', async () => {
    const others = ['backup_2023_02.dump', 'backup_20230101_0200001.dump', 'backup_20230101_020000_old.dump', 'backup_2023010a_020000.dump']
    for (const name of others) copyBackup(clinic.directory, clinic.good, name)
    await clinic.backup('backup')
    expect((await clinic.backup('retention')).stdout).toMatch(/removed 0 older than 30 days/)
    expect(files(clinic.directory)).toEqual(expect.arrayContaining(others))
    expect((await clinic.backup('list')).stdout.trimEnd().split('\n')).toHaveLength(1)
  })

  it.each(['0', '-1', '030', 'x', '1 day', '9999999'])('refuses %j days', async (days) => {
    for (const name of OLD) copyBackup(clinic.directory, clinic.good, name)
    expect(await clinic.backup('retention', { RETENTION_DAYS: days })).toMatchObject({ code: 2, stderr: 'db-backup: error: RETENTION_DAYS: expected whole days, 1 or more\n' })
  })
})

describe('a damaged backup', () => {
  const NAME = 'backup_20250101_020000.dump'
  const damages: [string, (file: string) => void, string][] = [
    ['a byte of it has changed', flip, 'its checksum differs'],
    ['it was cut off before it was sealed', (file) => (truncateSync(file, Math.floor(statSync(file).size / 2)), seal(file)), 'it cannot be read: it is no dump, or not all of one'],
    ['it is another kind of file', (file) => (writeFileSync(file, 'SELECT 1;\n'), seal(file)), 'it cannot be read: it is no dump, or not all of one'],
    ['its checksum is missing', (file) => writeFileSync(`${file}.sha256`, ''), 'it has no checksum'],
    ['its checksum names another file', (file) => copyFileSync(`${clinic.good}.sha256`, `${file}.sha256`), 'its checksum is of another file'],
  ]

  it.each(damages)('is told, and not restored, when %s', async (_case, damage, words) => {
    copyBackup(clinic.directory, clinic.good, NAME)
    damage(join(clinic.directory, NAME))
    expect(await clinic.backup('verify')).toEqual({ code: 1, signal: null, stdout: '', stderr: `db-backup: error: ${NAME} is damaged: ${words}\n` })
    const target = await clinic.emptyDatabase('copy')
    await sql(clinic.postgres, target, 'CREATE TABLE kept (id int)')
    expect(await clinic.backup('restore', { PGDATABASE: target, BACKUP_FILE: NAME, CONFIRM: 'yes' })).toMatchObject({ code: 1, stderr: `db-backup: error: ${NAME} is damaged: ${words}; the database is untouched\n` })
    expect(await sql(clinic.postgres, target, 'SELECT count(*) FROM kept')).toBe('0\n')
  })
})

describe('restore', () => {
  const restore = { BACKUP_FILE: '', CONFIRM: 'yes', PGDATABASE: 'copy' }
  beforeEach(async () => {
    await clinic.emptyDatabase('copy')
    restore.BACKUP_FILE = clinic.good
  })

  it('asks for a yes and for a file', async () => {
    expect(await clinic.backup('restore', { ...restore, CONFIRM: 'y' })).toMatchObject({ code: 2, stderr: 'db-backup: error: restore replaces the database: set CONFIRM=yes\n' })
    expect(await clinic.backup('restore', { ...restore, BACKUP_FILE: '' })).toMatchObject({ code: 2, stderr: 'db-backup: error: restore needs BACKUP_FILE: the list command shows the backups\n' })
    expect(await clinic.backup('restore', { ...restore, BACKUP_FILE: 'backup_20200101_000000.dump' })).toMatchObject({ code: 1, stderr: 'db-backup: error: there is no such backup: the list command shows them\n' })
  })

  it('replaces what is there', async () => {
    await sql(clinic.postgres, 'copy', `SET ROLE ros; ${SCHEMA} DELETE FROM patients WHERE id > 5; UPDATE events SET what = 'y'`)
    expect((await clinic.backup('restore', restore)).code).toBe(0)
    expect(await sql(clinic.postgres, 'copy', CONTENT)).toBe(await sql(clinic.postgres, 'ros', CONTENT))
  })

  it('leaves the database as it was when it fails', async () => {
    await sql(clinic.postgres, 'copy', `CREATE TABLE patients (id int); INSERT INTO patients VALUES (7)`)
    expect(await clinic.backup('restore', restore)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^db-backup: error: the restore failed; the database is as it was before: /) })
    expect(await sql(clinic.postgres, 'copy', 'SELECT id FROM patients')).toBe('7\n')
  })

  it('waits for nobody: it refuses while the database is in use', async () => {
    const sessions = "FROM pg_stat_activity WHERE datname = 'copy'"
    const other = sql(clinic.postgres, 'copy', 'SELECT pg_sleep(600)').catch(() => 'ended')
    await until(async () => (await clinic.postgres.admin(`SELECT count(*) ${sessions}`)) === '1\n')
    expect(await clinic.backup('restore', restore)).toMatchObject({ code: 1, stderr: 'db-backup: error: 1 other sessions use the database: stop the orchestrator and the worker first\n' })
    await clinic.postgres.admin(`SELECT pg_terminate_backend(pid) ${sessions}`)
    expect(await other).toBe('ended')
  })

  it('says which tables are not the same', async () => {
    await sql(clinic.postgres, 'copy', 'SET ROLE ros; CREATE TABLE of_now (id int)')
    expect(await clinic.backup('restore', restore)).toMatchObject({ code: 3, stderr: 'db-backup: error: restored, but not the same as when it was dumped: public.of_now \n' })
    expect(await sql(clinic.postgres, 'copy', CONTENT)).toBe(await sql(clinic.postgres, 'ros', CONTENT))
  })

  it('says that it has restored where there is nothing to compare with', async () => {
    const name = 'backup_20250101_020000.dump'
    copyBackup(clinic.directory, clinic.good, name)
    rmSync(join(clinic.directory, `${name}.counts`))
    expect(await clinic.backup('restore', { ...restore, BACKUP_FILE: name })).toMatchObject({ code: 3, stderr: 'db-backup: error: restored, but not the same as when it was dumped: nothing was counted when it was dumped\n' })
    expect(await sql(clinic.postgres, 'copy', CONTENT)).toBe(await sql(clinic.postgres, 'ros', CONTENT))
  })
})

describe('the restore drill', () => {
  const scratches = () => clinic.postgres.admin("SELECT count(*) FROM pg_database WHERE datname = 'restore_drill'")

  it('restores the newest backup, compares, and leaves no scratch database', async () => {
    copyBackup(clinic.directory, clinic.good, 'backup_20250101_020000.dump')
    copyBackup(clinic.directory, clinic.good, 'backup_20250102_020000.dump')
    expect(await clinic.backup('drill')).toEqual({ code: 0, signal: null, stderr: '', stdout: `db-backup: backup_20250102_020000.dump restores: ${SUMMARY}, the same as when it was dumped\n` })
    expect(await scratches()).toBe('0\n')
  })

  it('fails when a table is not what it was', async () => {
    copyBackup(clinic.directory, clinic.good, 'backup_20250101_020000.dump')
    const counts = join(clinic.directory, 'backup_20250101_020000.dump.counts')
    writeFileSync(counts, readFileSync(counts, 'utf8').replace('|2000|', '|2001|'))
    expect(await clinic.backup('drill')).toMatchObject({ code: 1, stderr: 'db-backup: error: backup_20250101_020000.dump restores, but not the same as when it was dumped: public.patients \n' })
    expect(await scratches()).toBe('0\n')
  })

  it('proves the newest good one, and fails for the damaged ones after it', async () => {
    copyBackup(clinic.directory, clinic.good, 'backup_20250101_020000.dump')
    copyBackup(clinic.directory, clinic.good, 'backup_20250102_020000.dump')
    flip(join(clinic.directory, 'backup_20250102_020000.dump'))
    const { code, stdout, stderr } = await clinic.backup('drill')
    expect(code).toBe(1)
    expect(stdout).toContain('backup_20250101_020000.dump restores')
    expect(stderr).toContain('db-backup: error: 1 newer backups are damaged\n')
  })

  it('drops the scratch database when it is stopped', async () => {
    await clinic.backup('backup', { PGDATABASE: 'bulky' })
    const run = startBackup(['drill'], clinic.settings({ PGDATABASE: 'bulky' }))
    await until(async () => (await scratches()) === '1\n')
    clinic.postgres.freeze()
    signal(run.pid, 'SIGTERM')
    clinic.postgres.thaw()
    expect((await run.ended).code).toBe(143)
    expect(await scratches()).toBe('0\n')
  })

  it('takes no part in the database itself', async () => {
    copyBackup(clinic.directory, clinic.good, 'backup_20250101_020000.dump')
    expect(await clinic.backup('drill', { DRILL_DATABASE: 'ros' })).toMatchObject({ code: 2, stderr: 'db-backup: error: DRILL_DATABASE is the database itself\n' })
    expect(await clinic.backup('drill', { DRILL_DATABASE: 'x; DROP' })).toMatchObject({ code: 2, stderr: 'db-backup: error: DRILL_DATABASE: expected a-z, 0-9 and _\n' })
  })
})

describe('called in a wrong way', () => {
  it.each([[''], ['bakcup'], ['backup prune']])('%j does nothing and says what it takes', async (commands) => {
    expect(await clinic.backup(commands)).toEqual({ code: 2, signal: null, stdout: '', stderr: 'db-backup: error: expected one of: backup retention verify restore drill list\n' })
    expect(readdirSync(clinic.directory)).toEqual([])
  })

  it('says which settings it misses', async () => {
    expect(await clinic.backup('backup', { PGUSER: undefined })).toMatchObject({ code: 2, stderr: 'db-backup: error: expected PGUSER and PGDATABASE\n' })
    expect(await clinic.backup('list', { BACKUP_DIR: '/nowhere/at/all' })).toMatchObject({ code: 1, stderr: 'db-backup: error: the backup directory is missing: create it, or set BACKUP_DIR\n' })
    expect(await clinic.backup('backup', { POSTGRES_PASSWORD_FILE: '/nowhere/at/all' })).toMatchObject({ code: 1, stderr: 'db-backup: error: POSTGRES_PASSWORD_FILE cannot be read\n' })
  })

  it('lists nothing where there is nothing', async () => {
    mkdirSync(join(clinic.directory, 'other'))
    expect(await clinic.backup('list')).toMatchObject({ code: 0, stdout: 'db-backup: no backups\n' })
    expect(existsSync(join(clinic.directory, '.lock'))).toBe(false)
  })
})

function flip(file: string): void {
  const bytes = readFileSync(file)
  const at = Math.floor(bytes.length / 2)
  bytes[at]! ^= 1
  writeFileSync(file, bytes)
}
