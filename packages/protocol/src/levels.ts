/** Lists and objects within one another that either side reads; what is deeper is no message. */
export const MAX_LEVELS = 500;

/** Whether a JSON value has at most so many levels. It does not recurse, for the value may be the deepest there is. */
export function isWithinLevels(value: unknown, levels = MAX_LEVELS): boolean {
  let level = objectsIn([value]);
  for (let depth = 0; depth < levels && level.length > 0; depth++) {
    level = level.flatMap((item) => objectsIn(Object.values(item)));
  }
  return level.every((item) => Object.values(item).length === 0);
}

function objectsIn(values: readonly unknown[]): object[] {
  return values.filter((value) => typeof value === 'object' && value !== null);
}
