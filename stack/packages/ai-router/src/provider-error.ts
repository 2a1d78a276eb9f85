/** Why a call to a provider gave nothing. The set is closed: it may stand in a log and in an answer. */
export type ProviderErrorCode =
  | 'auth_failed'
  | 'bad_request'
  | 'cancelled'
  | 'connection_failed'
  | 'not_configured'
  | 'rate_limited'
  | 'timeout'
  | 'unavailable'
  | 'unexpected_reply';

const WORTH_ANOTHER_TRY = new Set<ProviderErrorCode>([
  'connection_failed',
  'rate_limited',
  'timeout',
  'unavailable',
  'unexpected_reply',
]);

interface Details {
  status?: number | undefined;
  /** What the provider asked to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/**
 * A call that was attempted, or could not be, and failed. An SDK's own error holds the provider's
 * answer and with it parts of the prompt, so that nothing of it is kept, not even as a `cause`.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: ProviderErrorCode,
    readonly provider: string,
    { status, retryAfterMs }: Details = {},
  ) {
    super(`call to ${provider} failed: ${code}${status === undefined ? '' : ` (HTTP ${status})`}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  get retryable(): boolean {
    return WORTH_ANOTHER_TRY.has(this.code);
  }
}

/** Names what an SDK threw, by what all versions of the OpenAI and Anthropic SDKs have in common. */
export function asProviderError(error: unknown, provider: string): ProviderError {
  if (error instanceof ProviderError) return error;
  const { status, headers } = (error ?? {}) as { status?: unknown; headers?: unknown };
  if (typeof status === 'number') {
    const retryAfterMs = retryAfter(headers);
    return new ProviderError(codeOfStatus(status), provider, { status, retryAfterMs });
  }
  // The fetch of older SDKs has an error of its own for a body that is no JSON.
  const isNoJson = error instanceof SyntaxError || (error as { type?: unknown } | undefined)?.type === 'invalid-json';
  if (isNoJson) return new ProviderError('unexpected_reply', provider);
  const isTimeout = (error as Error | undefined)?.constructor?.name === 'APIConnectionTimeoutError';
  return new ProviderError(isTimeout ? 'timeout' : 'connection_failed', provider);
}

function codeOfStatus(status: number): ProviderErrorCode {
  if (status === 401 || status === 403) return 'auth_failed';
  if (status === 429) return 'rate_limited';
  if (status === 408 || status === 409 || status >= 500) return 'unavailable';
  return 'bad_request';
}

/** `Retry-After` in its two forms, of a `Headers` or of a plain object. */
function retryAfter(headers: unknown): number | undefined {
  const text: unknown =
    headers instanceof Headers
      ? headers.get('retry-after')
      : (headers as Record<string, unknown> | undefined)?.['retry-after'];
  if (typeof text !== 'string' || text.trim() === '') return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
