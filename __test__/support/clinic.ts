import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { files, type Outcome, type Run, sql, startBackup } from './db-backup.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { tempDirectory } from './temp.ts'

export const PASSWORD = 'p:a\\ss word#1'
const PATIENT = 'Zebulon Quackenbush'
export const SCHEMA = `
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
export const SUMMARY = '2102 rows in 4 tables'
/** By another road than the script's: all rows of a table in one order, in one hash. */
export const CONTENT = `
  SELECT (SELECT count(*) || md5(string_agg(t::text, '/' ORDER BY id)) FROM patients t),
         (SELECT count(*) || md5(string_agg(t::text, '/' ORDER BY rf_row_)) FROM "Odd Schema"."wa|rds" t),
         (SELECT count(*) || md5(string_agg(t::text, '/' ORDER BY id)) FROM events t),
         (SELECT count(*) FROM empty), (SELECT count FROM totals)`


/** A server with patients in it, and for each test a folder for backups of its own. */
class Clinic {
  postgres!: Postgres
  /** A good backup, made once. */
  good!: string
  directory = ''
  temp = ''

  async open(): Promise<void> {
    this.postgres = await startPostgres({ password: PASSWORD })
    await this.postgres.admin('ALTER ROLE ros CREATEDB')
    await sql(this.postgres, 'ros', `SET ROLE ros; ${SCHEMA}`)
    await this.emptyDatabase('bulky')
    // It does not compress, so that there is a middle of its dump.
    await sql(this.postgres, 'bulky', `SET ROLE ros; CREATE TABLE bulk AS
      SELECT string_agg(decode(md5(random()::text), 'hex'), '') AS bytes FROM generate_series(1, 400000) i GROUP BY i / 2000`)
    this.fresh()
    const { code, stderr } = await this.backup('backup')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    this.good = join(this.directory, files(this.directory)[0]!)
  }

  fresh(): void {
    this.directory = tempDirectory('backups')
    this.temp = tempDirectory('tmp')
  }

  settings(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const password = join(tempDirectory('secret'), 'password')
    writeFileSync(password, `${PASSWORD}\n`, { mode: 0o440 })
    return {
      BACKUP_DIR: this.directory,
      TMPDIR: this.temp,
      POSTGRES_PASSWORD_FILE: password,
      PGHOST: '127.0.0.1',
      PGPORT: String(this.postgres.port),
      PGUSER: 'ros',
      PGDATABASE: 'ros',
      ...more,
    }
  }

  /** Runs the script to its end. Whatever happens, it shows no secret and leaves no password behind. */
  async backup(commands: string, more: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const outcome = await startBackup(commands.split(' '), this.settings(more)).ended
    expect(readdirSync(this.temp)).toEqual([])
    for (const secret of [PASSWORD, PATIENT, '127.0.0.1', String(this.postgres.port)]) {
      expect(outcome.stdout + outcome.stderr).not.toContain(secret)
    }
    return outcome
  }

  /** A run that is in the middle of its dump, and stays there until the server is thawed. */
  async halfway(wrapper: string[] = [], more: NodeJS.ProcessEnv = {}): Promise<Run> {
    const run = startBackup(['backup'], this.settings({ PGDATABASE: 'bulky', ...more }), wrapper)
    const partial = () => readdirSync(this.directory).find((name) => name.startsWith('.partial.'))
    await until(() => partial() !== undefined && statSync(join(this.directory, partial()!)).size > 1 << 18)
    this.postgres.freeze()
    return run
  }

  /** A database with nothing in it, for one test. */
  async emptyDatabase(name: string): Promise<string> {
    await this.postgres.admin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE);`)
    await this.postgres.admin(`CREATE DATABASE ${name} OWNER ros;`)
    return name
  }
}

/** For the tests of one file. */
export function useClinic(): Clinic {
  const clinic = new Clinic()
  beforeAll(() => clinic.open())
  beforeEach(() => clinic.fresh())
  afterEach(() => clinic.postgres.thaw())
  afterAll(() => clinic.postgres?.stop())
  return clinic
}

export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error('it did not come to pass within 20 s')
    await sleep(10)
  }
}
