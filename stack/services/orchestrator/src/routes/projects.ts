import { Router, type Request, type Response } from 'express';
import type { Pool } from 'pg';
import { blockWritesInStandby, requireLiveAuth } from '../../middleware/mode-guard';
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

/** Projects, kept in Postgres. In LIVE a caller must come with an identity. */
export function projectsRouter(pool: Pool | null): Router {
  const router = Router();
  const withDatabase = databaseHandlers(pool);

  router.use(blockWritesInStandby, requireLiveAuth);
  router.get('/', withDatabase(list));
  router.post('/', withDatabase(create));
  return router;
}

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
