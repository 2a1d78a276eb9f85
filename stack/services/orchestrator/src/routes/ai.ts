import { redactPhi } from '@researchflow/core';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { generateStructured, isConfigured, type StructuredGenerationResponse } from '../../llm-router';
import { requireIdentity } from '../../middleware/authenticate';
import { addModeInfo, blockAIInDemo } from '../../middleware/mode-guard';

const RequestBody = z.object({
  task: z.string().trim().min(1).max(20_000),
  researchId: z.string().min(1).max(100).default('unassigned'),
  stageId: z.string().min(1).max(20).default('0'),
});

const Generated = z.object({ text: z.string().min(1) });

/** Text by a model, in LIVE and for callers who come with an identity. */
export function aiRouter(): Router {
  const router = Router();
  router.post('/generate', addModeInfo, blockAIInDemo, requireIdentity, (req, res, next) => {
    generate(req, res).catch(next);
  });
  return router;
}

async function generate(req: Request, res: Response): Promise<void> {
  if (!isConfigured()) {
    res.status(501).json({ error: 'No AI provider is configured', code: 'AI_PROVIDER_NOT_CONFIGURED' });
    return;
  }
  const body = RequestBody.safeParse(req.body);
  if (!body.success) {
    res.status(400).json({ error: 'task must be a string of 1 to 20000 characters', code: 'INVALID_REQUEST' });
    return;
  }
  const { task, researchId, stageId } = body.data;
  if (redactPhi(task) !== task) {
    res.status(403).json({ error: 'The task may hold PHI', code: 'PHI_DETECTED' });
    return;
  }

  // A caller who hangs up ends the call to the provider too.
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  const context = { researchId, stageId, stageName: 'generate' };
  const generated = await generateStructured(task, Generated, context, { signal: gone.signal });
  if (!res.destroyed) answer(res, generated);
}

function answer(res: Response, generated: StructuredGenerationResponse<z.infer<typeof Generated>>): void {
  const { data, pack, error, retryCount } = generated;
  if (data && pack) {
    const { modelId, tokenUsage } = pack.metadata;
    // A model may make up, or remember, what nobody sent.
    const text = redactPhi(data.text);
    const phiRedacted = text !== data.text;
    res.json({ text, phiRedacted, packId: pack.packId, model: modelId, tokenUsage, retryCount });
    return;
  }
  const blocked = error?.code === 'MODE_BLOCKED';
  res.status(blocked ? 503 : 502).json({
    error: error?.message ?? 'No text was generated',
    code: error?.code ?? 'GENERATION_FAILED',
    ...(blocked && { reason: error.reason }),
    retryCount,
  });
}
