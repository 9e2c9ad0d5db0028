import { inspect } from 'node:util';

/** A value as messages show it: short, on one line. Nothing of the value's own is called. */
export function show(value: unknown): string {
  const options = { depth: 0, maxStringLength: 60, customInspect: false, getters: false };
  return inspect(value, { ...options, breakLength: Number.POSITIVE_INFINITY });
}
