import type { AITaskType, ModelTier, QualityCheck } from './types';
import { TIER_ESCALATION_ORDER } from './types';

export interface RefinementContext {
  originalPrompt: string;
  taskType: AITaskType;
  currentTier: ModelTier;
  attemptCount: number;
  maxAttempts: number;
  previousFailures: QualityCheck[][];
  appliedRules: string[];
}

export interface RefinementResult {
  refined: boolean;
  prompt: string;
  appliedRules: { checkName: string }[];
  shouldEscalate: boolean;
  suggestedTier?: ModelTier;
}

/** Asks again, and says which checks the answer before did not pass. */
export class PromptRefinementService {
  readonly #threshold: number;

  constructor({ escalationThreshold = 2 }: { maxAttempts?: number; escalationThreshold?: number } = {}) {
    this.#threshold = escalationThreshold;
  }

  refine(prompt: string, failed: QualityCheck[], context: RefinementContext): RefinementResult {
    const reasons = failed.flatMap(({ reason }) => reason ?? []);
    if (reasons.length === 0) return { refined: false, prompt, appliedRules: [], shouldEscalate: false };
    const suggestedTier = TIER_ESCALATION_ORDER[TIER_ESCALATION_ORDER.indexOf(context.currentTier) + 1];
    const shouldEscalate = context.attemptCount + 1 >= this.#threshold && suggestedTier !== undefined;
    return {
      refined: true,
      prompt: `${context.originalPrompt}\n\nThe answer before could not be used: ${reasons.join('; ')}.`,
      appliedRules: failed.map(({ name }) => ({ checkName: name })),
      shouldEscalate,
      ...(shouldEscalate && { suggestedTier }),
    };
  }
}
