import type { ModelTier } from './types';

export interface AIRouterFullConfig {
  defaultTier: ModelTier;
  autoRefine: { enabled: boolean; maxAttempts: number; escalationThreshold: number };
  /** Timeout and first pause in milliseconds. */
  provider: { requestTimeoutMs: number; maxRetries: number; retryBackoffMs: number };
}

/** The kinds of task whose answer is prose for a paper. */
const NARRATIVE_TASKS = new Set(['abstract_generate', 'complex_synthesis', 'draft_section']);

let config: AIRouterFullConfig | undefined;

/**
 * The settings, read once: `AUTO_REFINE_ENABLED` (off), `MAX_REFINE_ATTEMPTS` (3),
 * `REFINEMENT_ESCALATION_THRESHOLD` (2), `AI_REQUEST_TIMEOUT_MS` (120000), `AI_MAX_RETRIES` (3),
 * `AI_RETRY_BACKOFF_MS` (1000), `AI_DEFAULT_TIER` (MINI). What cannot be used leaves the default.
 */
export function getConfig(): AIRouterFullConfig {
  config ??= loadConfig(process.env);
  return config;
}

export function isNarrativeTask(taskType: string): boolean {
  return NARRATIVE_TASKS.has(taskType);
}

export function getQualityCheckOptions(taskType: string) {
  return isNarrativeTask(taskType)
    ? { minCitations: 3, minWords: 100, maxWords: 2_000, checkPlaceholders: true }
    : { minCitations: 0, minWords: 10, maxWords: 50_000, checkPlaceholders: true };
}

function loadConfig(env: NodeJS.ProcessEnv): AIRouterFullConfig {
  return {
    defaultTier: tierFrom(env.AI_DEFAULT_TIER),
    autoRefine: {
      enabled: /^(1|true)$/i.test(env.AUTO_REFINE_ENABLED ?? ''),
      maxAttempts: wholeNumber(env.MAX_REFINE_ATTEMPTS, 3, 10),
      escalationThreshold: wholeNumber(env.REFINEMENT_ESCALATION_THRESHOLD, 2, 10),
    },
    provider: {
      requestTimeoutMs: wholeNumber(env.AI_REQUEST_TIMEOUT_MS, 120_000, 600_000) || 120_000,
      maxRetries: wholeNumber(env.AI_MAX_RETRIES, 3, 10),
      retryBackoffMs: wholeNumber(env.AI_RETRY_BACKOFF_MS, 1_000, 60_000),
    },
  };
}

function wholeNumber(text: string | undefined, fallback: number, max: number): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Math.min(Number(text), max) : fallback;
}

function tierFrom(text: string | undefined): ModelTier {
  return text === 'NANO' || text === 'FRONTIER' ? text : 'MINI';
}
