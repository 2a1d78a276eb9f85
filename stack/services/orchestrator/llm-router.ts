import { randomUUID } from 'node:crypto';
import { callProvider, ProviderError, type SdkRequest } from '@researchflow/ai-router';
import OpenAI from 'openai';
import { type GenerationContext, type HandoffPack, packOf, type TokenUsage } from './src/llm/handoff-pack';
import { logPrompt } from './src/llm/prompt-log';
import { describeSchema, invalid, type Schema, validate, type ValidationIssue, type ValidationResult } from './src/llm/schema';
import { createLogger } from './src/utils/logger';
import { AICallBlockedError, type BlockReason } from './src/utils/telemetry';

export { computeHash } from './src/llm/handoff-pack';
export { clearPromptLogs, getPromptLogs, logPrompt, type PromptLog } from './src/llm/prompt-log';

const log = createLogger('llm-router');

export interface GenerationOptions {
  /** @default 'gpt-4o' */
  model?: string;
  /** @default 0.7 */
  temperature?: number;
  /** @default 4000 */
  maxTokens?: number;
  /** Asks again, with what was wrong, when an answer is not of the schema. @default true */
  retryOnValidationFailure?: boolean;
  /** Attempts after the first, for whatever reason, 0 to 10. @default 3 */
  maxRetries?: number;
  /** For each attempt, in milliseconds. @default AI_REQUEST_TIMEOUT_MS, else 120000 */
  timeoutMs?: number;
  /** The pause before the first retry of a failed call; it doubles. @default AI_RETRY_BACKOFF_MS, else 1000 */
  backoffMs?: number;
  /** Gives up: the call under way ends. */
  signal?: AbortSignal;
}

export interface StructuredGenerationResponse<T = unknown> {
  success: boolean;
  pack?: HandoffPack<T>;
  /** The same as `pack.content`. */
  data?: T;
  error?: {
    code: 'MODE_BLOCKED' | 'VALIDATION_FAILED' | 'GENERATION_FAILED';
    message: string;
    /** Never a value: paths of the schema, and codes of closed sets. */
    details?: ValidationIssue[];
    /** With MODE_BLOCKED. */
    reason?: BlockReason;
  };
  retryCount: number;
  totalLatencyMs: number;
}

let client: OpenAI | undefined;

/** Asked only once the mode allows a call. The key stays in the client. */
function connect(): OpenAI {
  const apiKey = apiKeyFrom(process.env);
  if (!apiKey) throw new ProviderError('not_configured', 'openai');
  const baseURL = process.env.AI_INTEGRATIONS_OPENAI_BASE_URL;
  // An SDK told to log by its own environment variable would print prompts.
  const options = { apiKey, ...(baseURL && { baseURL }), logLevel: 'off' as const };
  client ??= new OpenAI(options);
  return client;
}

function apiKeyFrom(env: NodeJS.ProcessEnv): string | undefined {
  return env.AI_INTEGRATIONS_OPENAI_API_KEY || env.OPENAI_API_KEY;
}

/** Whether there is a key to call the provider with. */
export function isConfigured(): boolean {
  return Boolean(apiKeyFrom(process.env));
}

/**
 * Asks the model for JSON of a schema, and gives it once it is.
 *
 * It does not reject. `MODE_BLOCKED` when the mode forbids the call, at its start or on the way;
 * nothing was sent then, or what was under way has ended, and the refusal counts once.
 * `VALIDATION_FAILED` when no answer was of the schema, `GENERATION_FAILED` when the provider failed,
 * with one of the codes of `ProviderError` in `details`; or `internal_error`, for a schema that has no
 * JSON Schema and for what is wrong in here.
 */
export async function generateStructured<T>(
  task: string,
  schema: Schema<T>,
  context: GenerationContext,
  options: GenerationOptions = {},
): Promise<StructuredGenerationResponse<T>> {
  const begun = performance.now();
  try {
    return await generate(task, schema, context, options);
  } catch (error) {
    // Its class alone: its text may hold what was asked or answered.
    log.error('generation failed', { error: error instanceof Error ? error.name : typeof error });
    const message = 'the text could not be generated';
    const details = [{ path: '', message, code: 'internal_error' }];
    const totalLatencyMs = Math.round(performance.now() - begun);
    return { success: false, error: { code: 'GENERATION_FAILED', message, details }, retryCount: 0, totalLatencyMs };
  }
}

/** Whether data is of a schema; what is wrong is said without the data. */
export function validateAgainstSchema<T>(data: unknown, schema: Schema<T>): ValidationResult {
  return validate(data, schema).result;
}

async function generate<T>(
  task: string,
  schema: Schema<T>,
  context: GenerationContext,
  options: GenerationOptions,
): Promise<StructuredGenerationResponse<T>> {
  const begun = performance.now();
  const { model = 'gpt-4o', temperature = 0.7, maxTokens = 4_000, retryOnValidationFailure = true } = options;
  const budget = within(options.maxRetries ?? 3, 0, 10);
  const timeoutMs = within(options.timeoutMs ?? numberFrom(process.env.AI_REQUEST_TIMEOUT_MS, 120_000), 1, 600_000);
  const backoffMs = within(options.backoffMs ?? numberFrom(process.env.AI_RETRY_BACKOFF_MS, 1_000), 0, 60_000);
  const { text: schemaText } = describeSchema(schema);
  let retryCount = 0;
  let rejected: ValidationResult | undefined;

  const finish = (outcome: Omit<StructuredGenerationResponse<T>, 'retryCount' | 'totalLatencyMs'>) => {
    const totalLatencyMs = Math.round(performance.now() - begun);
    return { ...outcome, retryCount, totalLatencyMs };
  };

  for (;;) {
    const messages = messagesFor(task, schemaText, rejected);
    let answer: Answer;
    try {
      answer = await callProvider({
        provider: 'openai',
        model,
        connect,
        send: (openai: OpenAI, sdk) => ask(openai, { model, temperature, max_tokens: maxTokens, messages }, sdk),
        timeoutMs,
        backoffMs,
        maxRetries: budget - retryCount,
        signal: options.signal,
        onRetry: () => {
          retryCount += 1;
        },
      });
    } catch (error) {
      return finish(failureOf(error));
    }

    const { result, data } = read(answer, schema);
    if (result.isValid) {
      const latencyMs = Math.round(performance.now() - begun);
      const { text, usage, modelVersion } = answer;
      const pack = packOf({ context, model, modelVersion, task, schemaText, text, data: data as T, usage, latencyMs });
      keepPrompt(task, messages[0].content, pack, context);
      return finish({ success: true, pack, data: pack.content });
    }
    rejected = result;
    log.debug('answer not of the schema', { model, attempt: retryCount + 1, codes: result.errors.map(({ code }) => code) });
    if (!retryOnValidationFailure || retryCount >= budget) break;
    retryCount += 1;
  }
  log.warn('no valid answer', { model, attempts: retryCount + 1 });
  return finish({
    success: false,
    error: { code: 'VALIDATION_FAILED', message: 'no answer of the model was of the schema', details: rejected.errors },
  });
}

interface Answer {
  text: string;
  cutOff: boolean;
  usage: TokenUsage;
  modelVersion: string | undefined;
}

type Messages = [{ role: 'system'; content: string }, { role: 'user'; content: string }];

interface Request {
  model: string;
  temperature: number;
  max_tokens: number;
  messages: Messages;
}

async function ask(openai: OpenAI, request: Request, sdk: SdkRequest): Promise<Answer> {
  const answer = await openai.chat.completions.create({ ...request, response_format: { type: 'json_object' } }, sdk);
  if (!Array.isArray(answer?.choices)) throw new ProviderError('unexpected_reply', 'openai');
  const [choice] = answer.choices;
  return {
    text: choice?.message?.content ?? '',
    cutOff: choice?.finish_reason === 'length',
    usage: {
      input: answer.usage?.prompt_tokens ?? 0,
      output: answer.usage?.completion_tokens ?? 0,
      total: answer.usage?.total_tokens ?? 0,
    },
    modelVersion: answer.model,
  };
}

/** After an answer that was no good, the model is told what of the schema it missed. */
function messagesFor(task: string, schemaText: string, rejected: ValidationResult | undefined): Messages {
  const missed = (rejected?.errors ?? []).map(({ path, message }) => `- ${path || 'the whole'}: ${message}`);
  const lines = [
    'You generate data for a medical research platform.',
    'Answer with one JSON value that conforms to this JSON Schema, and nothing else:',
    schemaText,
    ...(missed.length > 0 ? ['Your previous answer did not conform:', ...missed] : []),
  ];
  return [
    { role: 'system', content: lines.join('\n') },
    { role: 'user', content: task },
  ];
}

function read<T>({ text, cutOff }: Answer, schema: Schema<T>): { result: ValidationResult; data?: T } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const message = cutOff ? 'the answer was cut off by the limit of tokens' : 'the answer is not JSON';
    return { result: invalid([{ path: '', message, code: 'invalid_json' }]) };
  }
  return validate(json, schema);
}

function failureOf(error: unknown): { success: false; error: NonNullable<StructuredGenerationResponse['error']> } {
  if (error instanceof AICallBlockedError) {
    const { reason, message } = error;
    const details = [{ path: 'mode', message: `AI generation blocked: ${reason}`, code: reason }];
    return { success: false, error: { code: 'MODE_BLOCKED', message, reason, details } };
  }
  if (!(error instanceof ProviderError)) throw error;
  const { code, message, provider, status } = error;
  log.warn('generation failed', { provider, code, status });
  const details = [{ path: 'provider', message, code }];
  return { success: false, error: { code: 'GENERATION_FAILED', message, details } };
}

function keepPrompt(task: string, systemPrompt: string, pack: HandoffPack, context: GenerationContext): void {
  const { metadata } = pack;
  const prompt = {
    id: randomUUID(),
    stageId: context.stageId,
    stageName: context.stageName,
    promptTemplate: task,
    renderedPrompt: task,
    systemPrompt,
    variables: context.additionalContext ?? {},
    timestamp: pack.createdAt,
    modelUsed: metadata.modelId,
    tokenCount: metadata.tokenUsage,
    cost: metadata.cost,
    responseHash: metadata.responseHash,
  };
  logPrompt(context.researchId, prompt, { ownSystemPrompt: true });
}

function within(value: number, min: number, max: number): number {
  return Number.isNaN(value) ? max : Math.min(Math.max(min, Math.trunc(value)), max);
}

function numberFrom(text: string | undefined, fallback: number): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : fallback;
}
