import { types } from 'node:util';

/** `instanceof` of a value that may be a proxy, whose traps throw: a proxy is an instance of nothing. */
export function isInstance<T>(value: unknown, type: abstract new (...args: never[]) => T): value is T {
  return !types.isProxy(value) && value instanceof type;
}
