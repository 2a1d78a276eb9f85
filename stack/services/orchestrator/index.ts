/**
 * The ResearchFlow orchestrator, reduced to what the mode and the readiness of a node touch:
 * the same relative paths and the same answers, so that a file can be carried across.
 *
 * Run with `node --import tsx index.ts`. Environment:
 *
 *   PORT                 3001; 0 takes a free one
 *   HOST                 0.0.0.0
 *   DATABASE_URL, REDIS_URL, WORKER_CALLBACK_URL    what `/health/ready` checks
 *   ROS_MODE, GOVERNANCE_MODE, ROS_MODE_FILE, ...   the mode, read by @researchflow/core
 *   JWT_SECRET           what signs the tokens of callers; see middleware/authenticate.ts
 *   LOG_LEVEL, LOG_FORMAT, ...    the log, read by @researchflow/core
 *   AI_INTEGRATIONS_OPENAI_API_KEY, AI_INTEGRATIONS_OPENAI_BASE_URL    see llm-router.ts
 *   DRAIN_MS             see src/utils/shutdown.ts
 *   PROBE_PORT, PROBE_HOST    where the probe server listens; without a port there is none
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  assignRequestId,
  createReadiness,
  currentMode,
  healthRoutes,
  onModeChange,
  startProbeServer,
} from '@researchflow/core';
import express from 'express';
import { pool } from './db';
import { enforceStandbyMode } from './middleware/mode-guard';
import manifest from './package.json' with { type: 'json' };
import { registerRoutes } from './routes';
import { describeError } from './src/utils/describe-error';
import { portFrom } from './src/utils/environment';
import { logger } from './src/utils/logger';
import { logRequests } from './src/utils/request-log';
import { createShutdown, drainMsFrom } from './src/utils/shutdown';

function start(): void {
  const service = 'orchestrator';
  const { version } = manifest;
  const port = portFrom(process.env.PORT, 3001);
  const host = process.env.HOST || '0.0.0.0';
  const drainMs = drainMsFrom(process.env);

  const readiness = createReadiness({ service, version });
  const app = express();
  const server = createServer(app);
  const shutdown = createShutdown({ server, readiness, pool, drainMs });

  app.disable('x-powered-by');
  app.use(shutdown.closeConnections);

  // First of all routes: a probe must not wait behind a body parser, a rate limit or a login.
  app.use(healthRoutes({ readiness }));
  app.use(assignRequestId);
  app.use(logRequests);
  app.use(enforceStandbyMode);
  app.use(express.json({ limit: '1mb' }));
  registerRoutes(app, { service, version, pool, isDraining: shutdown.isDraining });

  onModeChange((now, before) => {
    logger.warn('mode changed', { from: before.mode, to: now.mode, source: now.source });
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void shutdown.begin(signal));
  }

  const giveUp = (error: unknown): never => {
    logger.error('cannot listen', describeError(error));
    process.exit(1);
  };
  server.once('error', giveUp);
  // It goes on answering until the process is gone, so that a probe sees the whole of the drain.
  if (process.env.PROBE_PORT) {
    startProbeServer({ readiness }).then(
      (probes) => logger.info('probes are answered', { port: probes.port }),
      giveUp,
    );
  }
  server.listen({ port, host }, () => {
    const { mode, source, networkAllowed } = currentMode();
    logger.info('listening', {
      service,
      version,
      host,
      port: (server.address() as AddressInfo).port,
      mode,
      source,
      networkAllowed,
      drainMs,
    });
  });
}

process.on('uncaughtException', (error) => {
  logger.error('uncaught error', describeError(error));
  process.exit(1);
});

try {
  start();
} catch (error) {
  logger.error('cannot start', describeError(error));
  process.exit(1);
}
