/** Where in a JSON value something stands (RFC 6901); "" is all of it. */
export type Pointer = string;

/** A copy of a JSON value in which every text is what `change` makes of it. Names of fields stay. */
export function withTexts<T>(value: T, change: (text: string, pointer: Pointer) => string, pointer: Pointer = ''): T {
  if (typeof value === 'string') return change(value, pointer) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => withTexts(item, change, `${pointer}/${index}`)) as T;
  const entries = Object.entries(value).map(([name, item]) => [
    name,
    withTexts(item, change, `${pointer}/${escaped(name)}`),
  ]);
  return Object.fromEntries(entries);
}

/** The text at a place of a JSON value; undefined when there is none. */
export function textAt(value: unknown, pointer: Pointer): string | undefined {
  let at = value;
  for (const name of pointer.split('/').slice(1).map(unescaped)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return typeof at === 'string' ? at : undefined;
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescaped(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}
