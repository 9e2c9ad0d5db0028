import { inspect } from 'node:util';

/** A value as messages show it: short, on one line. */
export function show(value: unknown): string {
  return inspect(value, { depth: 0, maxStringLength: 60, breakLength: Number.POSITIVE_INFINITY });
}
