import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { Pool } from 'pg';
import { describeError } from './describe-error';
import { wholeNumberFrom } from './environment';
import { logger } from './logger';

const CLOSING_LIMIT_MS = 10_000;
const KUBERNETES_DRAIN_MS = 5_000;

/**
 * How long to go on serving after SIGTERM while `/health/ready` already says `draining`: the time
 * load balancers take to notice. `DRAIN_MS`, 0 to 60000. Unset it is 5000 in a Kubernetes pod,
 * where endpoints are withdrawn while the container is already stopping, and 0 elsewhere.
 */
export function drainMsFrom(env: NodeJS.ProcessEnv): number {
  const fallback = env.KUBERNETES_SERVICE_HOST ? KUBERNETES_DRAIN_MS : 0;
  return wholeNumberFrom('DRAIN_MS', env.DRAIN_MS, fallback, 60_000);
}

interface ShutdownParts {
  server: Server;
  readiness: { drain(): void; close(): Promise<void> };
  pool: Pool | null;
  drainMs: number;
}

/**
 * The orderly way out: readiness turns to 503 at once, requests are served for `drainMs` more,
 * then the listener closes, open requests finish and the process exits with 0. Whatever is still
 * open 10 s after the drain is cut off, with exit code 1. A second signal changes nothing: npm
 * and a terminal both deliver the same Ctrl-C.
 */
export function createShutdown({ server, readiness, pool, drainMs }: ShutdownParts) {
  let draining = false;

  /** Answers given from now on end their keep-alive connection. */
  const closeConnections: RequestHandler = (_req, res, next) => {
    if (draining) res.setHeader('Connection', 'close');
    next();
  };

  const begin = async (signal: string): Promise<void> => {
    if (draining) return;
    draining = true;
    readiness.drain();
    logger.info('draining', { signal, drainMs });
    setTimeout(() => {
      logger.error('requests still open, exiting', { limitMs: CLOSING_LIMIT_MS });
      process.exit(1);
    }, drainMs + CLOSING_LIMIT_MS);

    try {
      await pause(drainMs);
      await closeServer(server);
      await readiness.close();
      await pool?.end();
    } catch (error) {
      logger.error('shutdown failed', describeError(error));
      process.exit(1);
    }
    logger.info('stopped', { signal });
    process.exit(0);
  };

  return { begin, closeConnections, isDraining: () => draining };
}

/** Waits for the open requests; connections that fall idle meanwhile are closed as they do. */
async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const sweep = setInterval(() => server.closeIdleConnections(), 100);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(sweep);
}
