/** A JSON object of a log: what it has is looked at before it is believed. */
export type LogObject = { readonly [field: string]: unknown };

export function isObject(value: unknown): value is LogObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; of what is none, none. */
export function objectsOf(value: unknown): LogObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A text as it is, and any other value as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Python writes numbers that JSON has not. */
const NO_JSON = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

/** The value of a line; undefined when it is none, as of one that was cut off. */
export function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return looseJsonOf(line);
  }
}

function looseJsonOf(line: string): unknown {
  try {
    return JSON.parse(line.replace(NO_JSON, (token) => (token.startsWith('"') ? token : 'null')));
  } catch {
    return undefined;
  }
}
