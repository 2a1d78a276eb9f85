import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { callProvider, type SdkRequest } from './provider-call';
import { ProviderError } from './provider-error';
import type { AIRouterRequest, ModelConfig } from './types';

export interface ModelAnswer {
  content: string;
  inputTokens: number;
  outputTokens: number;
}

/** Milliseconds, and attempts after the first. */
export interface CallLimits {
  requestTimeoutMs: number;
  maxRetries: number;
  retryBackoffMs: number;
}

type Keys = { anthropicApiKey?: string | undefined; openaiApiKey?: string | undefined };

/**
 * The clients of one router. Each is made for the first call that the mode allows, and kept. What is
 * private here is so for the runtime too: printing a router shows no key.
 */
export class ModelClients {
  readonly #keys: Keys;
  #anthropic: Anthropic | undefined;
  #openai: OpenAI | undefined;

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  async ask(
    request: AIRouterRequest,
    config: ModelConfig,
    limits: CallLimits,
    signal?: AbortSignal,
  ): Promise<ModelAnswer> {
    const { provider, model } = config;
    const call = {
      provider,
      model,
      timeoutMs: limits.requestTimeoutMs,
      maxRetries: limits.maxRetries,
      backoffMs: limits.retryBackoffMs,
      signal,
    };
    switch (provider) {
      case 'anthropic': {
        const send = (client: Anthropic, sdk: SdkRequest) => askAnthropic(client, request, config, sdk);
        return callProvider({ ...call, connect: () => this.#connectAnthropic(), send });
      }
      case 'openai': {
        const send = (client: OpenAI, sdk: SdkRequest) => askOpenAI(client, request, config, sdk);
        return callProvider({ ...call, connect: () => this.#connectOpenAI(), send });
      }
      default:
        throw new ProviderError('not_configured', provider);
    }
  }

  #connectAnthropic(): Anthropic {
    const apiKey = this.#keys.anthropicApiKey || process.env.ANTHROPIC_API_KEY;
    if (!apiKey) throw new ProviderError('not_configured', 'anthropic');
    this.#anthropic ??= new Anthropic(quiet(apiKey));
    return this.#anthropic;
  }

  #connectOpenAI(): OpenAI {
    const apiKey = this.#keys.openaiApiKey || process.env.OPENAI_API_KEY;
    if (!apiKey) throw new ProviderError('not_configured', 'openai');
    this.#openai ??= new OpenAI(quiet(apiKey));
    return this.#openai;
  }
}

/** An SDK told to log by its own environment variable would print prompts. */
function quiet(apiKey: string) {
  return { apiKey, logLevel: 'off' as const };
}

async function askAnthropic(
  client: Anthropic,
  request: AIRouterRequest,
  config: ModelConfig,
  sdk: SdkRequest,
): Promise<ModelAnswer> {
  // Apart from the call: newer SDKs have no type for `temperature`, which these models still take.
  const body = {
    model: config.model,
    max_tokens: request.maxTokens || config.maxTokens,
    temperature: request.temperature ?? config.temperature,
    ...(request.systemPrompt && { system: request.systemPrompt }),
    messages: [{ role: 'user' as const, content: request.prompt }],
  };
  const answer = await client.messages.create(body, sdk);
  if (!Array.isArray(answer?.content)) throw new ProviderError('unexpected_reply', 'anthropic');
  return {
    content: answer.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    inputTokens: answer.usage?.input_tokens ?? 0,
    outputTokens: answer.usage?.output_tokens ?? 0,
  };
}

async function askOpenAI(
  client: OpenAI,
  request: AIRouterRequest,
  config: ModelConfig,
  sdk: SdkRequest,
): Promise<ModelAnswer> {
  const answer = await client.chat.completions.create(
    {
      model: config.model,
      max_tokens: request.maxTokens || config.maxTokens,
      temperature: request.temperature ?? config.temperature,
      messages: [
        ...(request.systemPrompt ? [{ role: 'system' as const, content: request.systemPrompt }] : []),
        { role: 'user', content: request.prompt },
      ],
      ...(request.responseFormat === 'json' && { response_format: { type: 'json_object' as const } }),
    },
    sdk,
  );
  if (!Array.isArray(answer?.choices)) throw new ProviderError('unexpected_reply', 'openai');
  return {
    content: answer.choices[0]?.message?.content ?? '',
    inputTokens: answer.usage?.prompt_tokens ?? 0,
    outputTokens: answer.usage?.completion_tokens ?? 0,
  };
}
