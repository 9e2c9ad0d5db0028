import { cut, show } from '@rlm-bridge/text';
import { isObject } from '../api/json.ts';

/** What a message shows of what stands at a path, in characters. */
const MAX_GOT_CHARS = 120;

/** Why a schema refuses a value. `path` is where in it, as JavaScript writes it (`people[0].age`), `''` for all of it. */
export interface SchemaProblem {
  path: string;
  message: string;
  /** What stands there, in words; absent of the whole, and of what is not there. */
  got?: string;
}

/** A problem at a path of a value. */
export function problemAt(value: unknown, keys: readonly PropertyKey[], message: string): SchemaProblem {
  const got = keys.reduce<unknown>((within, key) => own(within, key), value);
  const path = formatPath(keys);
  return keys.length === 0 || got === undefined ? { path, message } : { path, message, got: described(got) };
}

/** The problem as whoever gave the value is told of it; nobody else is shown what stands there. */
export function toldToGiver({ message, got }: SchemaProblem): string {
  return got === undefined ? message : `${message}; you gave ${got}`;
}

function own(holder: unknown, key: PropertyKey): unknown {
  const isHolder = typeof holder === 'object' && holder !== null;
  return isHolder && Object.hasOwn(holder, key) ? Reflect.get(holder, key) : undefined;
}

function described(got: unknown): string {
  if (Array.isArray(got)) return `a list of ${got.length}`;
  if (!isObject(got)) return typeof got === 'string' ? JSON.stringify(cut(got, MAX_GOT_CHARS)) : show(got);
  const names = Object.keys(got);
  return names.length === 0 ? 'an empty object' : cut(`an object with ${names.join(', ')}`, MAX_GOT_CHARS);
}

export function formatPath(keys: readonly PropertyKey[]): string {
  return keys
    .map((key) => (isName(key) ? `.${key}` : `[${formatKey(key)}]`))
    .join('')
    .replace(/^\./, '');
}

function isName(key: PropertyKey): key is string {
  return typeof key === 'string' && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key);
}

function formatKey(key: PropertyKey): string {
  return typeof key === 'string' ? JSON.stringify(key) : String(key);
}
