import { onModeChange } from '@researchflow/core';
import { checkRealAI } from './ai-gate';

export interface CallEnd {
  /** Aborts when the caller gives up or the mode forbids the call. */
  signal: AbortSignal;
  /** A signal that aborts with `signal`, or after `timeoutMs`; `timedOut` tells which. */
  attempt(timeoutMs: number): { signal: AbortSignal; timedOut(): boolean; close(): void };
  /** Lets go of the caller's signal and of the mode. */
  close(): void;
}

/**
 * All that may end a call before its answer. Listeners are taken off again, so that a signal which
 * outlives many calls does not collect them.
 */
export function watchForEnd(provider: string, caller?: AbortSignal): CallEnd {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  if (caller?.aborted) end();
  caller?.addEventListener('abort', end, { once: true });
  const unwatch = onModeChange(() => {
    if (!checkRealAI(provider).allowed) end();
  });

  return {
    signal: ending.signal,
    attempt(timeoutMs) {
      const controller = new AbortController();
      let late = false;
      const abort = (): void => controller.abort();
      if (ending.signal.aborted) abort();
      ending.signal.addEventListener('abort', abort, { once: true });
      const timer = setTimeout(() => {
        late = true;
        abort();
      }, timeoutMs);
      return {
        signal: controller.signal,
        timedOut: () => late,
        close() {
          clearTimeout(timer);
          ending.signal.removeEventListener('abort', abort);
        },
      };
    },
    close() {
      unwatch();
      caller?.removeEventListener('abort', end);
    },
  };
}
