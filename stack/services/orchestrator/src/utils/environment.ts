/** A setting that cannot be used. Its text names the setting and what it takes, never its value. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
  readonly code = 'INVALID_SETTING';
}

export function wholeNumberFrom(
  name: string,
  text: string | undefined,
  fallback: number,
  max: number,
): number {
  if (!text) return fallback;
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value > max) {
    throw new SettingError(`${name} must be a whole number from 0 to ${max}`);
  }
  return value;
}

export const portFrom = (text: string | undefined, fallback: number): number =>
  wholeNumberFrom('PORT', text, fallback, 65_535);
