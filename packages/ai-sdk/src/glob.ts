/**
 * Whether a path with `/` matches a pattern: `*` is any part of a name, `?` one character, `**` any folders. Nothing else
 * means anything, and no pattern takes longer than its length times the path's.
 */
export function matchesGlob(pattern: string, path: string): boolean {
  const isAnyFolders = (part: string) => part === '**';
  return matchesInOrder(pattern.split('/'), path.split('/'), isAnyFolders, matchesName);
}

function matchesName(pattern: string, name: string): boolean {
  const isAnyText = (character: string) => character === '*';
  return matchesInOrder([...pattern], [...name], isAnyText, (wanted, found) => wanted === '?' || wanted === found);
}

/** The greedy way with wildcards: only the last one ever needs to take more. */
function matchesInOrder(
  wanted: string[],
  found: string[],
  isWild: (one: string) => boolean,
  matches: (wanted: string, found: string) => boolean,
): boolean {
  let [at, next, afterWild, taken] = [0, 0, -1, 0];
  while (at < found.length) {
    const one = wanted[next];
    if (one !== undefined && isWild(one)) {
      next += 1;
      [afterWild, taken] = [next, at];
    } else if (one !== undefined && matches(one, found[at] ?? '')) {
      [at, next] = [at + 1, next + 1];
    } else if (afterWild >= 0) {
      taken += 1;
      [at, next] = [taken, afterWild];
    } else {
      return false;
    }
  }
  return wanted.slice(next).every(isWild);
}
