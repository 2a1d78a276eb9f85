import { AICallBlockedError, createLogger, getTelemetry } from '@researchflow/core';
import { checkRealAI } from './ai-gate';
import { type AIRouterFullConfig, getConfig, getQualityCheckOptions, isNarrativeTask } from './config';
import { type ModelAnswer, ModelClients } from './model-clients';
import { PhiGateService } from './phi-gate.service';
import { PromptRefinementService } from './prompt-refinement.service';
import { ProviderError, type ProviderErrorCode } from './provider-error';
import { QualityGateService } from './quality-gate.service';
import { type AIRouterResponseWithRefinement, answered, blocked, costOf, failed, Progress } from './router-response';
import {
  type AIInvocationRecord,
  type AIRouterConfig,
  type AIRouterRequest,
  type AITaskType,
  MODEL_CONFIGS,
  type ModelConfig,
  type ModelTier,
  type QualityCheck,
  TASK_TIER_MAPPING,
} from './types';

export type { AIRouterResponseWithRefinement } from './router-response';

const log = createLogger('model-router');

/** What another model of the same provider would not cure. */
const SAME_FOR_ALL_MODELS = new Set<ProviderErrorCode>(['auth_failed', 'connection_failed', 'not_configured']);

/**
 * Sends a request to the cheapest tier that suits its task, and to a better one when the answer does
 * not pass the quality gate or the model fails.
 *
 * Every attempt passes the gate of the mode. No client exists before the first attempt that it lets
 * through. `route` does not reject: a refusal is in `blocked`, a failure in `failure`.
 *
 * Keys: the config's, else `ANTHROPIC_API_KEY` and `OPENAI_API_KEY` at the time of the first call.
 * Timeouts and retries: `AI_REQUEST_TIMEOUT_MS`, `AI_MAX_RETRIES`, `AI_RETRY_BACKOFF_MS`.
 */
export class ModelRouterService {
  readonly #settings: Pick<AIRouterConfig, 'defaultTier' | 'escalationEnabled' | 'maxEscalations'>;
  readonly #config: AIRouterFullConfig;
  readonly #clients: ModelClients;
  readonly #phiGate = new PhiGateService();
  readonly #qualityGate = new QualityGateService();
  readonly #refinement: PromptRefinementService;

  constructor(config: Partial<AIRouterConfig> = {}) {
    this.#config = getConfig();
    this.#settings = {
      defaultTier: config.defaultTier || 'MINI',
      escalationEnabled: config.escalationEnabled ?? true,
      maxEscalations: config.maxEscalations ?? 2,
    };
    this.#clients = new ModelClients(config);
    const { maxAttempts, escalationThreshold } = this.#config.autoRefine;
    this.#refinement = new PromptRefinementService({ maxAttempts, escalationThreshold });
  }

  /**
   * @param options.signal Gives up: the call under way ends, and the response says `cancelled`.
   * @param options.ownSystemPrompt The system prompt is the program's own text, with nothing in it that
   *   a caller typed, and is not scanned for PHI (default: false): a schema with a field of the format
   *   `date` would look as if it held one.
   */
  async route(
    request: AIRouterRequest,
    { signal, ownSystemPrompt = false }: { signal?: AbortSignal; ownSystemPrompt?: boolean } = {},
  ): Promise<AIRouterResponseWithRefinement> {
    const progress = new Progress(request.forceTier || this.selectTier(request.taskType), request.prompt);
    const { provider } = MODEL_CONFIGS[progress.tier];

    // Where the mode refuses, the gate of the call says so: a prompt is not even looked at.
    if (checkRealAI(provider).allowed && this.#holdsPhi(request, ownSystemPrompt)) {
      getTelemetry().recordBlockedCall('phi_detected', provider);
      return blocked(progress, 'phi_detected');
    }

    for (;;) {
      let answer: ModelAnswer;
      try {
        const config = MODEL_CONFIGS[progress.tier];
        answer = await this.#clients.ask({ ...request, prompt: progress.prompt }, config, this.#config.provider, signal);
      } catch (error) {
        if (error instanceof AICallBlockedError) return blocked(progress, error.reason);
        if (!(error instanceof ProviderError)) throw error;
        if (this.#escalateAfter(error, progress)) continue;
        log.warn('no model answered', { provider: error.provider, code: error.code, status: error.status });
        return failed(progress, error.code);
      }
      const response = this.#judge(answer, request, progress);
      if (response.qualityGate.passed) return response;
      if (this.#refine(response.qualityGate.checks, request, progress)) continue;
      if (this.#escalateForQuality(response.qualityGate.checks, progress)) continue;
      return response;
    }
  }

  selectTier(taskType: AITaskType): ModelTier {
    return TASK_TIER_MAPPING[taskType] || this.#settings.defaultTier;
  }

  createInvocationRecord(
    request: AIRouterRequest,
    response: AIRouterResponseWithRefinement,
    phiScanPassed: boolean,
    modeCheckPassed: boolean,
  ): AIInvocationRecord {
    const { routing, usage, qualityGate, metrics } = response;
    return {
      provider: routing.provider,
      model: routing.model,
      taskType: request.taskType,
      workflowStage: request.metadata?.stageId,
      inputTokenCount: usage.inputTokens,
      outputTokenCount: usage.outputTokens,
      latencyMs: metrics.latencyMs,
      phiScanPassed,
      modeCheckPassed,
      status: statusOf(response),
      initialTier: routing.initialTier,
      finalTier: routing.finalTier,
      escalated: routing.escalated,
      escalationReason: routing.escalationReason,
      qualityGatePassed: qualityGate.passed,
      estimatedCostUsd: usage.estimatedCostUsd,
    };
  }

  /** In US dollars. */
  calculateCost(tier: ModelTier, inputTokens: number, outputTokens: number): number {
    return costOf(tier, inputTokens, outputTokens);
  }

  getModelConfig(tier: ModelTier): ModelConfig {
    return MODEL_CONFIGS[tier];
  }

  /** All that is sent of a request, but for a system prompt that the program wrote itself. */
  #holdsPhi({ prompt, systemPrompt = '' }: AIRouterRequest, ownSystemPrompt: boolean): boolean {
    const texts = ownSystemPrompt ? [prompt] : [prompt, systemPrompt];
    return texts.some((text) => !this.#phiGate.scanContent(text).passed);
  }

  /** The answer without PHI, and what the quality gate has to say of it. */
  #judge(answer: ModelAnswer, request: AIRouterRequest, progress: Progress): AIRouterResponseWithRefinement {
    const scan = this.#phiGate.scanContent(answer.content);
    const content = scan.passed ? answer.content : (scan.redactedContent ?? '');
    const { passed, checks } = this.#qualityGate.validate(content, request.taskType, request.responseFormat);
    const narrative = isNarrativeTask(request.taskType) ? this.#checkNarrative(content, request.taskType) : [];
    const phi: QualityCheck[] = scan.passed
      ? []
      : [{ name: 'phi_output_scan', passed: false, severity: 'warning', reason: `${scan.findingsCount} items redacted` }];
    return {
      ...answered(progress, { ...answer, content }, request.responseFormat),
      qualityGate: {
        passed: passed && narrative.every((check) => check.passed || check.severity !== 'error'),
        checks: [...checks, ...narrative, ...phi],
      },
    };
  }

  #checkNarrative(content: string, taskType: AITaskType): QualityCheck[] {
    const { minCitations, minWords, maxWords, checkPlaceholders } = getQualityCheckOptions(taskType);
    const options = { minCitations, minWords, maxWords, checkPlaceholders, checkQuestionMarks: false };
    return this.#qualityGate.validateNarrativeContent(content, options);
  }

  #refine(checks: QualityCheck[], request: AIRouterRequest, progress: Progress): boolean {
    const { enabled, maxAttempts } = this.#config.autoRefine;
    if (!enabled || progress.refinements >= maxAttempts) return false;
    const failures = checks.filter(({ passed }) => !passed);
    const result = this.#refinement.refine(progress.prompt, failures, {
      originalPrompt: request.prompt,
      taskType: request.taskType,
      currentTier: progress.tier,
      attemptCount: progress.refinements,
      maxAttempts,
      previousFailures: [failures],
      appliedRules: progress.rules,
    });
    if (!result.refined) return false;
    progress.prompt = result.prompt;
    progress.refinements += 1;
    progress.rules.push(...result.appliedRules.map(({ checkName }) => checkName));
    if (result.shouldEscalate && result.suggestedTier && this.#mayEscalate(progress)) {
      progress.escalatedByRefinement = true;
      progress.escalate(result.suggestedTier, 'refinement threshold reached');
    }
    return true;
  }

  #escalateForQuality(checks: QualityCheck[], progress: Progress): boolean {
    if (!this.#mayEscalate(progress)) return false;
    const { shouldEscalate, targetTier } = this.#qualityGate.shouldEscalate(
      { passed: false, checks },
      progress.tier,
      progress.escalations,
    );
    if (!shouldEscalate || !targetTier) return false;
    // The names alone: a reason of a check may hold a piece of the answer.
    const names = checks.filter(({ passed, severity }) => !passed && severity === 'error').map(({ name }) => name);
    progress.escalate(targetTier, `failed checks: ${names.join(', ')}`);
    return true;
  }

  #escalateAfter(error: ProviderError, progress: Progress): boolean {
    const { nextTier } = progress;
    if (error.code === 'cancelled' || nextTier === undefined || !this.#mayEscalate(progress)) return false;
    const sameProvider = MODEL_CONFIGS[nextTier].provider === error.provider;
    if (sameProvider && SAME_FOR_ALL_MODELS.has(error.code)) return false;
    progress.escalate(nextTier, `error: ${error.code}`);
    return true;
  }

  #mayEscalate({ escalations }: Progress): boolean {
    return this.#settings.escalationEnabled && escalations < this.#settings.maxEscalations;
  }
}

function statusOf({ blocked, failure, qualityGate }: AIRouterResponseWithRefinement): AIInvocationRecord['status'] {
  if (blocked) return 'BLOCKED';
  if (failure?.code === 'timeout') return 'TIMEOUT';
  return qualityGate.checks.every(({ passed }) => passed) ? 'SUCCESS' : 'FAILED';
}

let shared: ModelRouterService | undefined;

/** The router of the process. With a config a new one is made, and takes the place of the last. */
export function getModelRouter(config?: Partial<AIRouterConfig>): ModelRouterService {
  if (shared === undefined || config) shared = new ModelRouterService(config);
  return shared;
}
