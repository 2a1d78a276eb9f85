/** What the router takes and gives. Prices are in US dollars for a million tokens. */

export type ModelTier = 'NANO' | 'MINI' | 'FRONTIER';

export type AITaskType =
  | 'abstract_generate'
  | 'classify'
  | 'complex_synthesis'
  | 'draft_section'
  | 'extract_metadata'
  | 'final_manuscript_pass'
  | 'format_validate'
  | 'phi_scan'
  | 'policy_check'
  | 'protocol_reasoning'
  | 'summarize'
  | 'template_fill';

export type AIProvider = 'anthropic' | 'openai' | 'together';

export interface ModelConfig {
  provider: AIProvider;
  model: string;
  maxTokens: number;
  temperature: number;
  costPerMToken: { input: number; output: number };
}

export interface AIRouterConfig {
  defaultTier: ModelTier;
  escalationEnabled: boolean;
  maxEscalations: number;
  anthropicApiKey?: string | undefined;
  openaiApiKey?: string | undefined;
  togetherApiKey?: string | undefined;
}

export interface AIRouterRequest {
  taskType: AITaskType;
  prompt: string;
  systemPrompt?: string;
  context?: Record<string, unknown>;
  maxTokens?: number;
  temperature?: number;
  responseFormat?: 'text' | 'json';
  /** Instead of the tier that the task has in {@link TASK_TIER_MAPPING}. */
  forceTier?: ModelTier;
  metadata?: {
    userId?: string;
    researchId?: string;
    stageId?: number;
    workflowStep?: string;
    sessionId?: string;
  };
}

export interface QualityCheck {
  name: string;
  passed: boolean;
  reason?: string | undefined;
  severity: 'error' | 'warning' | 'info';
  category?: 'citations' | 'completeness' | 'confidence' | 'coverage' | 'format' | 'length' | 'structure';
  score?: number;
}

export interface AIRouterResponse {
  content: string;
  /** The content as JSON, where `responseFormat` is `json` and it is JSON. */
  parsed?: Record<string, unknown> | undefined;
  routing: {
    initialTier: ModelTier;
    finalTier: ModelTier;
    escalated: boolean;
    escalationReason?: string | undefined;
    provider: AIProvider;
    model: string;
  };
  usage: { inputTokens: number; outputTokens: number; totalTokens: number; estimatedCostUsd: number };
  qualityGate: { passed: boolean; checks: QualityCheck[] };
  metrics: { latencyMs: number; queueTimeMs?: number; processingTimeMs?: number };
}

/** What an audit log keeps of a call. */
export interface AIInvocationRecord {
  provider: AIProvider;
  model: string;
  taskType: AITaskType;
  workflowStage?: number | undefined;
  inputTokenCount: number;
  outputTokenCount: number;
  latencyMs: number;
  phiScanPassed: boolean;
  modeCheckPassed: boolean;
  status: 'SUCCESS' | 'FAILED' | 'BLOCKED' | 'TIMEOUT';
  initialTier: ModelTier;
  finalTier: ModelTier;
  escalated: boolean;
  escalationReason?: string | undefined;
  qualityGatePassed: boolean;
  estimatedCostUsd: number;
}

/** The cheapest tier that is good enough for the task. */
export const TASK_TIER_MAPPING: Record<AITaskType, ModelTier> = {
  abstract_generate: 'MINI',
  classify: 'NANO',
  complex_synthesis: 'FRONTIER',
  draft_section: 'MINI',
  extract_metadata: 'NANO',
  final_manuscript_pass: 'FRONTIER',
  format_validate: 'NANO',
  phi_scan: 'NANO',
  policy_check: 'NANO',
  protocol_reasoning: 'FRONTIER',
  summarize: 'MINI',
  template_fill: 'MINI',
};

/** The models and prices that ResearchFlow's own router has. */
export const MODEL_CONFIGS: Record<ModelTier, ModelConfig> = {
  NANO: {
    provider: 'anthropic',
    model: 'claude-haiku-4-5-20251001',
    maxTokens: 1024,
    temperature: 0.1,
    costPerMToken: { input: 0.25, output: 1.25 },
  },
  MINI: {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5-20250929',
    maxTokens: 4096,
    temperature: 0.3,
    costPerMToken: { input: 3, output: 15 },
  },
  FRONTIER: {
    provider: 'anthropic',
    model: 'claude-opus-4-5-20251101',
    maxTokens: 8192,
    temperature: 0.5,
    costPerMToken: { input: 15, output: 75 },
  },
};

export const TIER_ESCALATION_ORDER: ModelTier[] = ['NANO', 'MINI', 'FRONTIER'];
