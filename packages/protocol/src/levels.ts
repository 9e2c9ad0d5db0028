/** Lists and objects within one another that either side reads; what is deeper is no message. */
export const MAX_LEVELS = 500;

/** Whether a JSON value has at most so many levels. It does not recurse, for the value may be the deepest there is. */
export function isWithinLevels(value: unknown, levels = MAX_LEVELS): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= levels; depth++) {
    const below = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    if (below.length === 0) return true;
    level = below;
  }
  return false;
}
