import { createHash, randomUUID } from 'node:crypto';
import type { ValidationResult } from './schema';

export interface TokenUsage {
  input: number;
  output: number;
  total: number;
}

export interface GenerationContext {
  researchId: string;
  stageId: string;
  stageName: string;
  previousPacks?: string[];
  additionalContext?: Record<string, unknown>;
}

/** What one stage of a study hands on to the next, in the form that ResearchFlow's schema checks. */
export interface HandoffPack<T = unknown> {
  version: string;
  packId: string;
  type: string;
  metadata: {
    stageId: string;
    stageName: string;
    researchId: string;
    sessionId: string;
    generatedAt: string;
    modelId: string;
    modelVersion?: string;
    promptHash: string;
    responseHash: string;
    tokenUsage: TokenUsage;
    /** In milliseconds. */
    latencyMs: number;
    /** In US dollars. */
    cost: number;
  };
  content: T;
  contentSchema: string;
  validation: ValidationResult;
  createdAt: string;
}

/** The numbers of ResearchFlow's stages. */
const PACK_TYPES: Record<string, string> = {
  '1': 'RESEARCH_BRIEF',
  '2': 'LITERATURE_SEARCH',
  '3': 'IRB_PROPOSAL',
  '4': 'DATA_EXTRACTION',
  '9': 'SUMMARY_STATISTICS',
  '10': 'GAP_ANALYSIS',
  '11': 'MANUSCRIPT_DRAFT',
  '12': 'JOURNAL_RECOMMENDATION',
  '13': 'STATISTICAL_PLAN',
};

/** US dollars for a thousand tokens, as ResearchFlow's own router counts them. */
const PRICES: Record<string, { input: number; output: number }> = {
  'gpt-4-turbo': { input: 0.01, output: 0.03 },
  'gpt-4o': { input: 0.005, output: 0.015 },
  'gpt-4o-mini': { input: 0.00015, output: 0.0006 },
};
const DEFAULT_PRICE = { input: 0.005, output: 0.015 };

export function computeHash(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

export function costOf(model: string, { input, output }: TokenUsage): number {
  const price = PRICES[model] ?? DEFAULT_PRICE;
  return Number(((input * price.input + output * price.output) / 1_000).toFixed(6));
}

export interface Generated<T> {
  context: GenerationContext;
  model: string;
  /** The model as the provider names it in its answer. */
  modelVersion: string | undefined;
  task: string;
  schemaText: string;
  /** The answer as it came. */
  text: string;
  data: T;
  usage: TokenUsage;
  latencyMs: number;
}

export function packOf<T>(generated: Generated<T>): HandoffPack<T> {
  const { context, model, modelVersion, task, schemaText, text, data, usage, latencyMs } = generated;
  const { researchId, stageId, stageName } = context;
  const now = new Date().toISOString();
  return {
    version: '1.0.0',
    packId: randomUUID(),
    type: PACK_TYPES[stageId] ?? 'CUSTOM',
    metadata: {
      stageId,
      stageName,
      researchId,
      sessionId: randomUUID(),
      generatedAt: now,
      modelId: model,
      ...(modelVersion !== undefined && { modelVersion }),
      promptHash: computeHash(task + schemaText),
      responseHash: computeHash(text),
      tokenUsage: usage,
      latencyMs,
      cost: costOf(model, usage),
    },
    content: data,
    contentSchema: schemaText,
    validation: { isValid: true, errors: [], warnings: [] },
    createdAt: now,
  };
}
