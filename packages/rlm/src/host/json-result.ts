import { isInstance } from '@rlm-bridge/callbacks';
import { thrownText } from '@rlm-bridge/text';

/** JSON text of a result, in bytes of UTF-8; the worker has the same bound for arguments. */
export const MAX_RESULT_BYTES = 10_000_000;

/** Lists and objects within one another; readers of the wire have bounds of their own. */
const MAX_LEVELS = 100;

/** Objects whose content is what JSON says of them; others (a Map, a Promise) would become `{}`. */
const PLAIN = ['Object', 'Array', 'String', 'Number', 'Boolean'];

/**
 * A copy of a value as JSON has it; `undefined` is null.
 * @throws {Error} for what JSON cannot hold, is too deep or too large; its message finishes the sentence "it returned …".
 */
export function toJSONResult(value: unknown): unknown {
  const text = stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_RESULT_BYTES) throw new Error(`${bytes} bytes of JSON; the limit is ${MAX_RESULT_BYTES}`);
  const copy: unknown = JSON.parse(text);
  if (!isWithin(copy, MAX_LEVELS)) throw new Error(`more than ${MAX_LEVELS} lists and objects within one another`);
  return copy;
}

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value, refuseNonJSON) ?? 'null';
  } catch (error) {
    const text = thrownText(error);
    if (isInstance(error, NotJSON)) throw error;
    if (isInstance(error, RangeError)) throw new Error('too much, or too deep, for JSON');
    if (isInstance(error, TypeError) && text.includes('circular')) throw new Error('an object that holds itself');
    throw new Error(`an object that gives no JSON: ${text}`);
  }
}

class NotJSON extends Error {}

function refuseNonJSON(key: string, value: unknown): unknown {
  const nonJSON = nameOfNonJSON(value);
  if (nonJSON === undefined) return value;
  throw new NotJSON(`${nonJSON}${key === '' ? '' : ` as "${key}"`}, which JSON cannot hold`);
}

function nameOfNonJSON(value: unknown): string | undefined {
  if (typeof value === 'bigint') return 'a BigInt';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return PLAIN.includes(tag) ? undefined : `a ${tag}`;
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isWithin(item, levels - 1));
}
