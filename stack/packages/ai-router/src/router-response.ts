import type { BlockReason } from '@researchflow/core';
import type { ModelAnswer } from './model-clients';
import type { ProviderErrorCode } from './provider-error';
import {
  type AIRouterRequest,
  type AIRouterResponse,
  MODEL_CONFIGS,
  type ModelTier,
  TIER_ESCALATION_ORDER,
} from './types';

export interface AIRouterResponseWithRefinement extends AIRouterResponse {
  refinement?: {
    applied: boolean;
    attempts: number;
    rulesApplied: string[];
    escalatedDueToRefinement: boolean;
  };
  /** There when the call was refused: no client was made and nothing was sent. */
  blocked?: { code: 'MODE_BLOCKED' | 'PHI_BLOCKED'; reason: BlockReason };
  /** There when every attempt failed. */
  failure?: { code: ProviderErrorCode };
}

/** Where a request stands on its way through tiers and refinements. */
export class Progress {
  readonly begun = performance.now();
  readonly initialTier: ModelTier;
  tier: ModelTier;
  prompt: string;
  escalations = 0;
  escalationReason: string | undefined;
  refinements = 0;
  rules: string[] = [];
  escalatedByRefinement = false;

  constructor(tier: ModelTier, prompt: string) {
    this.initialTier = tier;
    this.tier = tier;
    this.prompt = prompt;
  }

  get nextTier(): ModelTier | undefined {
    return TIER_ESCALATION_ORDER[TIER_ESCALATION_ORDER.indexOf(this.tier) + 1];
  }

  escalate(tier: ModelTier, reason: string): void {
    this.tier = tier;
    this.escalations += 1;
    this.escalationReason = reason;
  }
}

export function answered(
  progress: Progress,
  answer: ModelAnswer,
  format: AIRouterRequest['responseFormat'],
): AIRouterResponseWithRefinement {
  const { inputTokens, outputTokens, content } = answer;
  return {
    ...base(progress),
    content,
    ...(format === 'json' && { parsed: parse(content) }),
    usage: {
      inputTokens,
      outputTokens,
      totalTokens: inputTokens + outputTokens,
      estimatedCostUsd: costOf(progress.tier, inputTokens, outputTokens),
    },
    qualityGate: { passed: true, checks: [] },
  };
}

export function blocked(progress: Progress, reason: BlockReason): AIRouterResponseWithRefinement {
  const isPhi = reason === 'phi_detected';
  return {
    ...nothing(progress, isPhi ? 'phi_input_scan' : 'mode_gate', `AI call blocked: ${reason}`),
    blocked: { code: isPhi ? 'PHI_BLOCKED' : 'MODE_BLOCKED', reason },
  };
}

export function failed(progress: Progress, code: ProviderErrorCode): AIRouterResponseWithRefinement {
  return { ...nothing(progress, 'invocation', code), failure: { code } };
}

export function costOf(tier: ModelTier, inputTokens: number, outputTokens: number): number {
  const { input, output } = MODEL_CONFIGS[tier].costPerMToken;
  return (inputTokens * input + outputTokens * output) / 1_000_000;
}

function nothing(progress: Progress, name: string, reason: string): AIRouterResponseWithRefinement {
  return {
    ...base(progress),
    content: '',
    usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0, estimatedCostUsd: 0 },
    qualityGate: { passed: false, checks: [{ name, passed: false, reason, severity: 'error' }] },
  };
}

function base(progress: Progress) {
  const { provider, model } = MODEL_CONFIGS[progress.tier];
  return {
    routing: {
      initialTier: progress.initialTier,
      finalTier: progress.tier,
      escalated: progress.escalations > 0,
      escalationReason: progress.escalationReason,
      provider,
      model,
    },
    metrics: { latencyMs: Math.round(performance.now() - progress.begun) },
    refinement: {
      applied: progress.refinements > 0,
      attempts: progress.refinements,
      rulesApplied: [...new Set(progress.rules)],
      escalatedDueToRefinement: progress.escalatedByRefinement,
    },
  };
}

function parse(content: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(content);
  } catch {
    // The quality gate says so.
    return undefined;
  }
}
