/** Options whose keys are there or not, and never undefined. */
export type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/**
 * A copy without what is undefined, at any level: as if it had never been said. Nested lists and plain objects of data are
 * copied too; whatever holds a function or is of a class stays the caller's own.
 */
export function given<T extends object>(options: T): Given<T> {
  return withoutUndefined(options, new Set([options])) as Given<T>;
}

function withoutUndefined(record: object, around: Set<unknown>): object {
  const defined = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined.map(([name, value]) => [name, copied(value, around)]));
}

function copied(value: unknown, around: Set<unknown>): unknown {
  // What holds itself is left for its reader to refuse.
  if (!(Array.isArray(value) || isData(value)) || around.has(value)) return value;
  around.add(value);
  const copy = Array.isArray(value) ? value.map((item) => copied(item, around)) : withoutUndefined(value, around);
  around.delete(value);
  return copy;
}

function isData(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return false;
  return !Object.values(value).some((held) => typeof held === 'function');
}
