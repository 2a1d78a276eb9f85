import { setTimeout as pause } from 'node:timers/promises';
import { createLogger } from '@researchflow/core';
import { gateRealAI, refuseUnlessAllowed } from './ai-gate';
import { type CallEnd, watchForEnd } from './call-end';
import { asProviderError, ProviderError } from './provider-error';

const log = createLogger('ai-router');

const LONGEST_PAUSE_MS = 30_000;
/** A provider that asks for more is not waited for: the caller has an answer sooner than that. */
const LONGEST_RETRY_AFTER_MS = 60_000;

export interface ProviderCall<Client, T> {
  provider: string;
  /** For the log. */
  model: string;
  /** Gives the client. Not called while the mode forbids the call. */
  connect: () => Client;
  /** One attempt. It has to hand the signal and the timeout on to the SDK. */
  send: (client: Client, request: SdkRequest) => Promise<T>;
  /** For each attempt, in milliseconds. */
  timeoutMs: number;
  /** Attempts after the first, which failures that may pass are worth. */
  maxRetries: number;
  /** The pause before the first of them, in milliseconds; it doubles. */
  backoffMs: number;
  /** The caller's own, to give up. */
  signal?: AbortSignal | undefined;
  /** Told of each attempt after the first. */
  onRetry?: (() => void) | undefined;
}

/** What a request of either SDK takes beside its body. */
export interface SdkRequest {
  signal: AbortSignal;
  timeout: number;
  maxRetries: number;
}

/**
 * The one road to a provider: gate, client, attempt, pause, gate, attempt.
 *
 * The SDK's own retries are off, since they would not ask the gate again: every attempt is gated and
 * counted. A mode that comes to forbid the call ends the attempt under way and the pause.
 *
 * @throws AICallBlockedError When the mode forbids the call; it is counted once.
 * @throws ProviderError For everything else.
 */
export async function callProvider<Client, T>(call: ProviderCall<Client, T>): Promise<T> {
  const { provider, signal } = call;
  refuseUnlessAllowed(provider);
  const client = connected(call);
  const end = watchForEnd(provider, signal);
  try {
    for (let retries = 0; ; retries += 1) {
      if (signal?.aborted) throw new ProviderError('cancelled', provider);
      try {
        return await attempt(call, client, end, retries);
      } catch (error) {
        if (!(error instanceof ProviderError) || error.code === 'cancelled') throw error;
        // Also when there is no further attempt: the mode may be what ended this one.
        refuseUnlessAllowed(provider);
        if (!mayRetry(error, retries, call)) throw error;
        // Cut short by the caller or the mode, both of which are asked next.
        await pause(pauseFor(error, retries, call), undefined, { signal: end.signal }).catch(() => {});
        call.onRetry?.();
      }
    }
  } finally {
    end.close();
  }
}

/** An SDK that refuses its own settings says so in words of its own. */
function connected<Client, T>({ connect, provider }: ProviderCall<Client, T>): Client {
  try {
    return connect();
  } catch (error) {
    throw error instanceof ProviderError ? error : new ProviderError('not_configured', provider);
  }
}

async function attempt<Client, T>(
  { provider, model, send, timeoutMs, signal }: ProviderCall<Client, T>,
  client: Client,
  end: CallEnd,
  retries: number,
): Promise<T> {
  const begun = performance.now();
  const note = (outcome: string, status?: number): void => {
    if (!log.isLevelEnabled('debug')) return;
    const durationMs = Math.round(performance.now() - begun);
    log.debug('provider call', { provider, model, attempt: retries + 1, outcome, status, durationMs });
  };
  try {
    const value = await gateRealAI(provider, async () => {
      const limit = end.attempt(timeoutMs);
      try {
        // The SDK's timeout ends with the headers; the signal covers the body too.
        return await send(client, { signal: limit.signal, timeout: timeoutMs + 1_000, maxRetries: 0 });
      } catch (error) {
        if (signal?.aborted) throw new ProviderError('cancelled', provider);
        if (limit.timedOut()) throw new ProviderError('timeout', provider);
        throw asProviderError(error, provider);
      } finally {
        limit.close();
      }
    });
    note('success');
    return value;
  } catch (error) {
    if (error instanceof ProviderError) note(error.code, error.status);
    throw error;
  }
}

function mayRetry(error: ProviderError, retries: number, { maxRetries }: { maxRetries: number }): boolean {
  return error.retryable && retries < maxRetries && (error.retryAfterMs ?? 0) <= LONGEST_RETRY_AFTER_MS;
}

/** Doubling, with up to a quarter taken off so that many callers do not come back as one. */
function pauseFor(error: ProviderError, retries: number, { backoffMs }: { backoffMs: number }): number {
  const backoff = Math.min(backoffMs * 2 ** retries, LONGEST_PAUSE_MS) * (1 - Math.random() / 4);
  return Math.max(backoff, error.retryAfterMs ?? 0);
}
