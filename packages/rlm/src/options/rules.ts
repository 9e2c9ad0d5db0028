import { z } from 'zod';
import { isObject } from '../api/json.ts';

// What an option's value must be, each in words that finish the sentence "<name> must …".

/** Twenty-three days: a timer holds 2 ** 31 - 1 ms, and some grace comes on top. */
const MAX_DURATION_MS = 2_000_000_000;

/** What {@link RUN_ID} asks for. */
export const ID_RULE = 'have 1 to 128 letters, digits and . _ : @ + -, a letter or digit first';

export const RUN_ID: RegExp = /^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}$/;

const STORE_METHODS = ['lease', 'read', 'list', 'readBlob', 'remove'];

export const text: z.ZodType = must('be a string that is not empty', isText);
export const flag: z.ZodType = must('be true or false', (value) => typeof value === 'boolean');
export const amount: z.ZodType = number('be a finite number above 0', (value) => value > 0);
export const fraction: z.ZodType = number('be a number above 0, at most 1', (value) => value > 0 && value <= 1);
export const price: z.ZodType = number('be a finite number of at least 0', (value) => value >= 0);
export const duration: z.ZodType = whole(1, MAX_DURATION_MS, 'milliseconds');
export const record: z.ZodType = must('be an object that JSON can hold', (value) => isObject(value) && isJSON(value));
export const callback: z.ZodType = must('be a function', (value) => typeof value === 'function');
export const url: z.ZodType = must(
  'be an http or https URL without blanks',
  (value) => typeof value === 'string' && /^https?:\/\/\S+$/.test(value) && URL.canParse(value),
);
export const logDir: z.ZodType = must(
  'be a path, or false',
  (value) => value === false || (typeof value === 'string' && value !== ''),
);
export const runId: z.ZodType = must(ID_RULE, (value) => typeof value === 'string' && RUN_ID.test(value));
export const store: z.ZodType = must(
  'be a store of runs, as fileStore(folder) gives one',
  (value) => isObject(value) && STORE_METHODS.every((name) => typeof value[name] === 'function'),
);
export const signal: z.ZodType = must(
  'be an AbortSignal',
  (value) => typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value,
);

export function oneOf(names: readonly string[]): z.ZodType {
  const quoted = names.map((name) => `"${name}"`).join(', ');
  return must(`be one of ${quoted}`, (value) => names.some((name) => name === value));
}

export function wholeNumber(least: number): z.ZodType {
  return number(`be a whole number of at least ${least}`, (value) => Number.isSafeInteger(value) && value >= least);
}

export function whole(least: number, most: number, unit = ''): z.ZodType {
  const rule = `be a whole number of ${unit === '' ? '' : `${unit}, `}${least} to ${most}`;
  return number(rule, (value) => Number.isSafeInteger(value) && value >= least && value <= most);
}

export function number(rule: string, test: (value: number) => boolean): z.ZodType {
  return must(rule, (value) => typeof value === 'number' && Number.isFinite(value) && test(value));
}

export function must(rule: string, test: (value: unknown) => boolean): z.ZodType {
  return z.custom(test, { error: `must ${rule}` });
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.isWellFormed();
}

function isJSON(value: unknown): boolean {
  return z.json().safeParse(value).success;
}
