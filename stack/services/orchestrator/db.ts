import pg from 'pg';
import { describeError } from './src/utils/describe-error';
import { logger } from './src/utils/logger';

/**
 * The application's own connections. A `Pool` opens none until the first query, so a database
 * that is down delays no start. `null` when `DATABASE_URL` is not set.
 */
export const pool = process.env.DATABASE_URL
  ? new pg.Pool({
      connectionString: process.env.DATABASE_URL,
      connectionTimeoutMillis: 2_000,
      max: 10,
    })
  : null;

// Without a listener, a server that goes away under an idle connection ends the process.
pool?.on('error', (error) => logger.warn('idle database connection lost', describeError(error)));
