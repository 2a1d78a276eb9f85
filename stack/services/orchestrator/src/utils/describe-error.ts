import { SettingError } from './environment';

/**
 * What may be said of an error: its class, its code and where it was thrown. The log takes
 * identifiers and secrets out of any text, but a driver's own text can hold what a statement held,
 * and no pattern knows a name that stands alone: only text that is known to hold no value is kept.
 */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code } = error as { code?: unknown };
  const safeText =
    error instanceof SettingError || (typeof code === 'string' && code.startsWith('RF_CONFIG_'));
  return {
    error: error.name,
    ...(typeof code === 'string' && { code }),
    ...(safeText && { reason: error.message }),
    frames: framesOf(error),
  };
}

function framesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n');
  return lines
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 5)
    .map((line) => line.trim());
}
