import { currentMode } from '@researchflow/core';
import { Router } from 'express';
import { getCurrentMode, getCurrentModeConfig } from '../../middleware/mode-guard';

/** What a dashboard may know of the mode in every mode, STANDBY included. */
export function governanceRouter(): Router {
  const router = Router();

  router.get('/mode', (_req, res) => {
    res.json({ mode: getCurrentMode() });
  });

  router.get('/config', (_req, res) => {
    const { source, networkAllowed, blockReason, warnings } = currentMode();
    // They name variables, and hold no value.
    res.json({ ...getCurrentModeConfig(), source, networkAllowed, blockReason, warnings });
  });

  return router;
}
