/** Why a schema refuses a value. `path` is where in it, as JavaScript writes it (`people[0].age`), `''` for all of it. */
export interface SchemaProblem {
  path: string;
  message: string;
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
