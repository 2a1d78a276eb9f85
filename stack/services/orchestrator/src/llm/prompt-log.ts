import { redactPhi, redactPhiValue } from '@researchflow/core';
import type { TokenUsage } from './handoff-pack';

export interface PromptLog {
  id: string;
  stageId: string;
  stageName: string;
  promptTemplate: string;
  renderedPrompt: string;
  systemPrompt?: string;
  variables: Record<string, unknown>;
  timestamp: string;
  modelUsed: string;
  tokenCount: TokenUsage;
  cost: number;
  responseHash: string;
  phiDetected?: boolean;
  /** How many of the texts had something taken out. */
  phiRedacted?: number;
}

/** Of all studies together: some tens of megabytes at most for prompts of the usual length. */
const MOST_PROMPTS = 5_000;

const logs = new Map<string, PromptLog[]>();
let kept = 0;

/**
 * Keeps a prompt for the reproducibility bundle of its study, without the PHI that is found in it.
 *
 * @param options.ownSystemPrompt The system prompt is the program's own text and stays as it is: a
 *   schema with a field of the format `date` would look as if it held one.
 */
export function logPrompt(
  researchId: string,
  log: PromptLog,
  { ownSystemPrompt = false }: { ownSystemPrompt?: boolean } = {},
): void {
  const own = logs.get(researchId) ?? [];
  own.push(redacted(log, ownSystemPrompt));
  // Last in the order, so that the study that was quiet for longest makes room.
  logs.delete(researchId);
  logs.set(researchId, own);
  kept += 1;
  while (kept > MOST_PROMPTS) dropOldest();
}

function redacted(log: PromptLog, ownSystemPrompt: boolean): PromptLog {
  const safe = {
    promptTemplate: redactPhi(log.promptTemplate),
    renderedPrompt: redactPhi(log.renderedPrompt),
    ...(log.systemPrompt !== undefined &&
      !ownSystemPrompt && { systemPrompt: redactPhi(log.systemPrompt) }),
  };
  const changed = Object.entries(safe).filter(([name, text]) => text !== log[name as keyof typeof safe]).length;
  return {
    ...log,
    ...safe,
    variables: redactPhiValue(log.variables),
    phiDetected: changed > 0,
    phiRedacted: changed,
  };
}

/** The prompts of a study since the process started, oldest first. */
export function getPromptLogs(researchId: string): PromptLog[] {
  return [...(logs.get(researchId) ?? [])];
}

export function clearPromptLogs(researchId: string): void {
  kept -= logs.get(researchId)?.length ?? 0;
  logs.delete(researchId);
}

function dropOldest(): void {
  for (const [researchId, own] of logs) {
    own.shift();
    kept -= 1;
    if (own.length === 0) logs.delete(researchId);
    return;
  }
}
