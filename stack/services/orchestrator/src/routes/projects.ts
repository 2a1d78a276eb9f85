import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Pool } from 'pg';
import { requireIdentity } from '../../middleware/authenticate';
import { blockWritesInStandby } from '../../middleware/mode-guard';
import { describeError } from '../utils/describe-error';
import { logger } from '../utils/logger';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS projects (
    id          UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name        VARCHAR(255) NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    status      VARCHAR(20) NOT NULL DEFAULT 'active',
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at  TIMESTAMPTZ NOT NULL DEFAULT now()
  )`;

const COLUMNS = `id, name, description, status, created_at AS "createdAt", updated_at AS "updatedAt"`;

type Handler = (pool: Pool, req: Request, res: Response) => Promise<void>;

/** What DEMO shows to anybody: no row of a database, which may hold real studies. */
const SAMPLE = {
  id: '00000000-0000-4000-8000-000000000000',
  name: 'Sample study',
  description: 'A sample: DEMO opens no real data.',
  status: 'active',
  createdAt: '2025-01-01T00:00:00.000Z',
  updatedAt: '2025-01-01T00:00:00.000Z',
};

/** Projects, kept in Postgres, for callers with an identity. DEMO has a sample, and keeps nothing. */
export function projectsRouter(pool: Pool | null): Router {
  const router = Router();
  const withDatabase = databaseHandlers(pool);

  router.use(blockWritesInStandby, requireIdentity, showSampleWithoutIdentity);
  router.get('/', withDatabase(list));
  router.post('/', withDatabase(create));
  return router;
}

/**
 * By the identity and not by the mode, which may turn between two questions: nobody who was not
 * verified sees or writes a row.
 */
const showSampleWithoutIdentity: RequestHandler = (req, res, next) => {
  if (req.user) next();
  else if (req.method === 'GET' || req.method === 'HEAD') res.json({ projects: [SAMPLE], total: 1 });
  else res.status(403).json({ error: 'DEMO keeps no data', code: 'REAL_DATA_NOT_ALLOWED' });
};

const list: Handler = async (pool, _req, res) => {
  const { rows } = await pool.query(
    `SELECT ${COLUMNS} FROM projects ORDER BY updated_at DESC LIMIT 100`,
  );
  res.json({ projects: rows, total: rows.length });
};

const create: Handler = async (pool, req, res) => {
  const { name, description = '' } = (req.body ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || name.length < 1 || name.length > 255 || name.includes('\0')) {
    res.status(400).json({
      error: 'name must be a string of 1 to 255 characters',
      code: 'INVALID_PROJECT',
    });
    return;
  }
  if (typeof description !== 'string' || description.includes('\0')) {
    res.status(400).json({ error: 'description must be a string', code: 'INVALID_PROJECT' });
    return;
  }
  const { rows } = await pool.query(
    `INSERT INTO projects (name, description) VALUES ($1, $2) RETURNING ${COLUMNS}`,
    [name, description],
  );
  res.status(201).json({ project: rows[0] });
};

/** Runs a handler with the table in place; a database that fails is a 503, its text kept back. */
function databaseHandlers(pool: Pool | null) {
  let schema: Promise<unknown> | undefined;

  const ensureSchema = (database: Pool): Promise<unknown> => {
    schema ??= database.query(SCHEMA).catch((error: unknown) => {
      schema = undefined;
      throw error;
    });
    return schema;
  };

  return (handler: Handler) => async (req: Request, res: Response) => {
    if (!pool) {
      res.status(503).json({ error: 'No database is configured', code: 'DATABASE_NOT_CONFIGURED' });
      return;
    }
    try {
      await ensureSchema(pool);
      await handler(pool, req, res);
    } catch (error) {
      logger.error('database query failed', describeError(error));
      if (!res.headersSent) {
        res.status(503).json({ error: 'The database failed', code: 'DATABASE_UNAVAILABLE' });
      }
    }
  };
}
