import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { CONTENT, PASSWORD, SUMMARY, until, useClinic } from './support/clinic.ts'
import { busyboxPath, copyBackup, files, sql, startBackup } from './support/db-backup.ts'
import { freePort } from './support/ports.ts'
import { signal } from './support/process.ts'
import { tempDirectory } from './support/temp.ts'

const clinic = useClinic()

describe('a backup', () => {
  it('restores into an empty database with the same rows, under the programs of BusyBox', async () => {
    const PATH = busyboxPath()
    const made = await clinic.backup('backup verify list', { PATH })
    const [name] = files(clinic.directory)
    expect(made.stderr).toBe('')
    expect(made.stdout.split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^db-backup: wrote ${name}: \\d+ KiB, ${SUMMARY}$`)),
      expect.stringMatching(new RegExp(`^db-backup: ${name} is good: \\d+ KiB, ${SUMMARY}$`)),
      expect.stringMatching(new RegExp(`^${name}  \\d+ KiB  ${SUMMARY}$`)),
      '',
    ])
    const target = await clinic.emptyDatabase('copy')
    const restored = await clinic.backup('restore', { PATH, PGDATABASE: target, BACKUP_FILE: name, CONFIRM: 'yes' })
    expect(restored).toMatchObject({ code: 0, stderr: '', stdout: `db-backup: restored ${name}: ${SUMMARY}, the same as when it was dumped\n` })
    expect(await sql(clinic.postgres, target, CONTENT)).toBe(await sql(clinic.postgres, 'ros', CONTENT))
  })

  it('is three files that only their owner may read, with a checksum that sha256sum reads', async () => {
    await clinic.backup('backup')
    const [dump] = files(clinic.directory)
    expect(dump).toMatch(/^backup_\d{8}_\d{6}\.dump$/)
    expect(files(clinic.directory)).toEqual([dump, `${dump}.counts`, `${dump}.sha256`])
    for (const name of files(clinic.directory)) expect(statSync(join(clinic.directory, name)).mode & 0o777).toBe(0o600)
    expect(execFileSync('sha256sum', ['-c', `${dump}.sha256`], { cwd: clinic.directory, encoding: 'utf8' })).toBe(`${dump}: OK\n`)
    expect(readFileSync(join(clinic.directory, `${dump}.counts`), 'utf8')).toMatch(/^"Odd Schema"\."wa\|rds"\|2\|\d+\npublic\.empty\|0\|0\npublic\.events_1\|100\|\d+\npublic\.patients\|2000\|\d+\n$/)
  })

  it('counts what it dumped, while others write', async () => {
    const target = await clinic.emptyDatabase('busy')
    await sql(clinic.postgres, target, 'SET ROLE ros; CREATE TABLE log (id serial, at timestamptz DEFAULT clock_timestamp()); INSERT INTO log SELECT FROM generate_series(1, 20000)')
    let writing = true
    const writer = (async () => {
      while (writing) await sql(clinic.postgres, target, 'INSERT INTO log SELECT FROM generate_series(1, 500)')
    })()
    const { code } = await clinic.backup('backup drill', { PGDATABASE: target })
    writing = false
    await writer
    expect(code).toBe(0)
  })

  it('shows its password in no process', async () => {
    const run = await clinic.halfway()
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
    clinic.postgres.thaw()
    await run.ended
  })
})

describe('a dump that fails leaves the good backups and nothing else', () => {
  const failed = (line: string) => ({ code: 1, stdout: '', stderr: expect.stringMatching(new RegExp(`^db-backup: error: ${line}\n(db-backup: error: what the tool said, .*\n)?$`)) })

  let before: string[]
  beforeEach(() => {
    copyBackup(clinic.directory, clinic.good, 'backup_20250101_020000.dump')
    before = files(clinic.directory)
  })
  const unharmed = async () => {
    expect(files(clinic.directory)).toEqual(before)
    expect((await clinic.backup('verify')).code).toBe(0)
  }

  it('when the password is wrong', async () => {
    const wrong = join(clinic.temp, '..', `wrong-${process.pid}`)
    writeFileSync(wrong, 'not it')
    expect(await clinic.backup('backup', { POSTGRES_PASSWORD_FILE: wrong })).toMatchObject(failed('the dump cannot begin: the server refused the password'))
    await unharmed()
  })

  it('when nothing listens', async () => {
    const { code, stderr } = await startBackup(['backup'], clinic.settings({ PGPORT: String(await freePort()) })).ended
    expect({ code, line: stderr.split('\n')[0] }).toEqual({ code: 1, line: 'db-backup: error: the dump cannot begin: nothing listens at the address' })
    await unharmed()
  })

  it('when the server ends in the middle of it', async () => {
    const run = await clinic.halfway()
    await clinic.postgres.kill()
    const { code, stderr } = await run.ended
    await clinic.postgres.restart()
    expect({ code, line: stderr.split('\n')[0] }).toEqual({ code: 1, line: 'db-backup: error: the dump failed: the server ended the connection' })
    expect(statSync(join(clinic.directory, '.last-error.txt')).mode & 0o777).toBe(0o600)
    await unharmed()
  })

  it('when the user may not read a table', async () => {
    const target = await clinic.emptyDatabase('closed')
    await sql(clinic.postgres, target, 'CREATE TABLE secret (id int)')
    expect(await clinic.backup('backup', { PGDATABASE: target })).toMatchObject(failed('the dump failed: the user lacks a right'))
    await unharmed()
  })

  it('when the disk is full', async () => {
    const disk = tempDirectory('disk')
    // A file system of its own, which is gone with the process.
    const inside = `mount -t tmpfs -o size=3m tmpfs ${disk} && cp ${clinic.directory}/backup_20250101* ${disk} || exit 99
      "$@"; code=$?; ls -A ${disk}; exit $code`
    const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
    const outcome = await startBackup(['backup'], clinic.settings({ PGDATABASE: 'bulky', BACKUP_DIR: disk }), ['unshare', ...asRoot, '--mount', 'sh', '-c', inside, 'sh']).ended
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
    expect(await clinic.backup('backup', { PATH: `${bin}:${process.env.PATH}` })).toMatchObject(failed('the dump cannot be read back: it is no dump, or not all of one'))
    await unharmed()
  })

  it.each([
    ['this system', () => process.env.PATH],
    ['BusyBox', busyboxPath],
  ])('when it is stopped by SIGTERM, also while the server hangs, under the shell of %s', async (_shell, path) => {
    const run = await clinic.halfway([], { PATH: path() })
    signal(run.pid, 'SIGTERM')
    expect(await run.ended).toEqual({ code: 143, signal: null, stdout: 'db-backup: stopped by a signal\n', stderr: '' })
    clinic.postgres.thaw()
    await unharmed()
    await until(async () => (await clinic.postgres.admin("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'db-backup'")) === '0\n')
  })

  it('when it is killed, and the next run clears up', async () => {
    // As the kernel ends a container: all of its processes at once, here a session of their own.
    const run = await clinic.halfway(['setsid'])
    process.kill(-run.pid, 'SIGKILL')
    expect(await run.ended).toMatchObject({ code: null, signal: 'SIGKILL' })
    clinic.postgres.thaw()
    const left = files(clinic.directory).filter((name) => name.startsWith('.partial'))
    expect(left).not.toEqual([])
    expect(files(clinic.directory).filter((name) => !left.includes(name))).toEqual(before)
    // The lock is free once the last of them is gone.
    await until(async () => (await startBackup(['backup'], clinic.settings()).ended).code === 0)
    expect(files(clinic.directory)).toHaveLength(before.length + 3)
    expect(files(clinic.directory).filter((name) => name.startsWith('.partial'))).toEqual([])
  })

  it('when another run holds the lock', async () => {
    const first = await clinic.halfway()
    const second = await startBackup(['backup'], clinic.settings()).ended
    clinic.postgres.thaw()
    expect(second).toEqual({ code: 75, signal: null, stdout: '', stderr: 'db-backup: error: another run holds the lock\n' })
    expect((await first.ended).code).toBe(0)
    expect(files(clinic.directory)).toHaveLength(before.length + 3)
  })
})
