import { cut, show } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import { requireWellFormed } from './well-formed.ts';

/** Lists and objects within one another; the REPL's reader of JSON has a bound of its own. */
const MAX_LEVELS = 200;

const SHOWN_PATH_CHARS = 200;

/** A list or object as JSON, entry by entry, each checked on the way: what JSON would drop or change is refused. */
export function* jsonPieces(value: readonly unknown[] | object): Generator<string> {
  const isList = Array.isArray(value);
  let separator = isList ? '[' : '{';
  for (const [key, entry] of Object.entries(value)) {
    const where = isList ? `context[${key}]` : `context[${JSON.stringify(key)}]`;
    requireWellFormed(key, `the key of ${where}`);
    requireJSON(entry, where, []);
    yield separator + (isList ? '' : `${JSON.stringify(key)}:`) + JSON.stringify(entry);
    separator = ',';
  }
  yield (separator === ',' ? '' : separator) + (isList ? ']' : '}');
}

function requireJSON(value: unknown, where: string, ancestors: readonly object[]): void {
  if (typeof value === 'string') requireWellFormed(value, where);
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return;
  if (!Array.isArray(value) && !isPlainObject(value)) throw unsupported(where, value);
  if (ancestors.includes(value)) throw unsupported(where, 'a reference to itself');
  if (ancestors.length >= MAX_LEVELS) {
    const advice = 'Python reads no deeper JSON: flatten it, or pass its text';
    throw new RLMError(
      'context_too_deep',
      `${cut(where, SHOWN_PATH_CHARS)} has more than ${MAX_LEVELS} lists and objects in one another. ${advice}.`,
    );
  }
  for (const [key, entry] of Object.entries(value)) {
    requireWellFormed(key, `a key of ${where}`);
    requireJSON(entry, `${where}[${JSON.stringify(key)}]`, [...ancestors, value]);
  }
}

/** Whether an object is one of `{}` or `Object.create(null)`, of any realm. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  return (
    prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty'))
  );
}

function unsupported(where: string, value: unknown): RLMError {
  const advice = 'JSON cannot hold that: pass strings, finite numbers, booleans, null, lists and plain objects';
  return new RLMError('context_unsupported_type', `${where} is ${show(value)}. ${advice}.`);
}
