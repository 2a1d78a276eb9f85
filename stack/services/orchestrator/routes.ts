import { currentMode } from '@researchflow/core';
import type { ErrorRequestHandler, Express } from 'express';
import type { Pool } from 'pg';
import { getCurrentModeConfig } from './middleware/mode-guard';
import { aiRouter } from './src/routes/ai';
import { governanceRouter } from './src/routes/governance';
import { projectsRouter } from './src/routes/projects';
import { describeError } from './src/utils/describe-error';
import { logger } from './src/utils/logger';

export interface RouteContext {
  service: string;
  version: string;
  pool: Pool | null;
  isDraining: () => boolean;
}

export function registerRoutes(app: Express, context: RouteContext): void {
  app.get(['/status', '/api/status'], (_req, res) => {
    const { mode, networkAllowed, blockReason } = currentMode();
    res.json({
      service: context.service,
      version: context.version,
      status: context.isDraining() ? 'draining' : 'running',
      mode,
      networkAllowed,
      blockReason,
      uptimeSeconds: Math.round(process.uptime()),
    });
  });

  app.get('/api/config', (_req, res) => {
    const { mode, noNetwork, mockOnly, allowUploads, strictPhiOnUpload } = currentMode();
    const { requiresAuth, allowsRealAI, allowsRealData, allowsExport } = getCurrentModeConfig();
    res.json({
      mode,
      requiresAuth,
      allowsRealAI,
      allowsRealData,
      allowsExport,
      noNetwork,
      mockOnly,
      allowUploads,
      strictPhiOnUpload,
    });
  });

  app.use('/api/governance', governanceRouter());
  app.use('/api/projects', projectsRouter(context.pool));

  app.use('/api/ros/ai', aiRouter());

  app.use((_req, res) => {
    res.status(404).json({ error: 'Not found', code: 'NOT_FOUND' });
  });
  app.use(answerError);
}

/** An error's own text may hold what the request or a driver held: callers get a code alone. */
const answerError: ErrorRequestHandler = (error, _req, res, next) => {
  if (res.headersSent) {
    next(error);
    return;
  }
  const claimed: unknown = error?.status;
  const status = typeof claimed === 'number' && claimed >= 400 && claimed < 500 ? claimed : 500;
  if (status === 500) logger.error('request failed', describeError(error));
  res.status(status).json(
    status === 500
      ? { error: 'Internal server error', code: 'INTERNAL_ERROR' }
      : { error: 'Invalid request', code: 'INVALID_REQUEST' },
  );
};
