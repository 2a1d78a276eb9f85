import { SettingError } from './environment';

/**
 * One line, one JSON object, on stdout: what the process does, never what a request or a
 * connection string held.
 */
export function report(
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: object = {},
): void {
  const timestamp = new Date().toISOString();
  process.stdout.write(`${JSON.stringify({ timestamp, level, module: 'orchestrator', message, ...fields })}\n`);
}

/**
 * What may be said of an error: its class, its code and where it was thrown. A driver's own text
 * can name hosts, users and statements, so only text that is known to hold no value is kept.
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
