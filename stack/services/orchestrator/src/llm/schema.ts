import type { ZodIssue, ZodType, ZodTypeDef } from 'zod';
import { zodToJsonSchema } from 'zod-to-json-schema';

export interface ValidationIssue {
  path: string;
  message: string;
  code: string;
}

export interface ValidationResult {
  isValid: boolean;
  errors: ValidationIssue[];
  warnings: ValidationIssue[];
}

export type Schema<T> = ZodType<T, ZodTypeDef, unknown>;

interface Description {
  /** The schema as JSON Schema, for the model. */
  text: string;
  /** The names that the schema itself gives to properties. */
  names: ReadonlySet<string>;
}

const MOST_ISSUES = 20;

/** Without its types, which some compilers take for endless. */
const toJsonSchema: (schema: never, options: object) => object = zodToJsonSchema;
const descriptions = new WeakMap<object, Description>();

export function describeSchema(schema: Schema<unknown>): Description {
  let description = descriptions.get(schema);
  if (description === undefined) {
    const json = toJsonSchema(schema as never, { $refStrategy: 'none' });
    if ('$schema' in json) delete json.$schema;
    description = { text: JSON.stringify(json), names: namesIn(json) };
    descriptions.set(schema, description);
  }
  return description;
}

export function validate<T>(data: unknown, schema: Schema<T>): { result: ValidationResult; data?: T } {
  let parsed: ReturnType<Schema<T>['safeParse']>;
  try {
    parsed = schema.safeParse(data);
  } catch {
    // A refinement or a transformation that throws: its text may hold what it was given.
    return { result: invalid([{ path: '', message: 'the schema could not be applied', code: 'custom' }]) };
  }
  if (parsed.success) return { result: { isValid: true, errors: [], warnings: [] }, data: parsed.data };
  const { names } = describeSchema(schema);
  return { result: invalid(parsed.error.issues.slice(0, MOST_ISSUES).map((issue) => describeIssue(issue, names))) };
}

export function invalid(errors: ValidationIssue[]): ValidationResult {
  return { isValid: false, errors, warnings: [] };
}

/**
 * What is wrong, in words that are the schema's and never the data's: zod's own messages repeat
 * values and keys that were received.
 */
function describeIssue(issue: ZodIssue, names: ReadonlySet<string>): ValidationIssue {
  const path = issue.path.map((step) => (typeof step === 'number' || names.has(step) ? step : '*')).join('.');
  return { path, message: messageOf(issue), code: issue.code };
}

function messageOf(issue: ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}, received ${issue.received}`;
    case 'invalid_literal':
      return `expected ${JSON.stringify(issue.expected)}`;
    case 'invalid_enum_value':
      return `expected one of ${issue.options.join(', ')}`;
    case 'invalid_union_discriminator':
      return `expected one of ${issue.options.map(String).join(', ')}`;
    case 'too_small':
      return `${issue.type}: expected ${issue.exact ? 'exactly' : issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `${issue.type}: expected ${issue.exact ? 'exactly' : issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_string':
      return typeof issue.validation === 'string' ? `expected a ${issue.validation}` : 'expected another form';
    case 'unrecognized_keys':
      return `${issue.keys.length} properties that the schema does not have`;
    case 'not_multiple_of':
      return `expected a multiple of ${issue.multipleOf}`;
    default:
      return 'does not satisfy the schema';
  }
}

function namesIn(json: unknown, names = new Set<string>()): Set<string> {
  if (typeof json !== 'object' || json === null) return names;
  for (const [key, value] of Object.entries(json)) {
    if (key === 'properties') for (const name of Object.keys(value as object)) names.add(name);
    namesIn(value, names);
  }
  return names;
}
