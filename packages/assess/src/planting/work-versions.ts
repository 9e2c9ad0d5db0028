import type { Candidate } from './candidates.ts';
import type { PlantedFault } from './faults.ts';
import type { Extent } from './source-functions.ts';

/** Texts of the files of a commit that are other than in the repository, by their paths. */
export type Texts = ReadonlyMap<string, string>;

/** A change that adds a function of the repository: its files before it, and after it. */
export interface Versions {
  before: Texts;
  after: Texts;
}

/** Before: neither the function nor its tests. After: the repository's own text, with the fault, and without the tests where these are the fault. */
export function versionsOf({ file, fn, tests }: Candidate, fault: PlantedFault | null): Versions {
  const without = tests.map(({ file: { path, lines }, extents }) => [path, textWithout(lines, extents)] as const);
  const before = new Map([[file.path, textWithout(file.lines, [fn])], ...without]);
  const after = new Map([
    ...(fault?.isUntested === true ? without : []),
    ...[...(fault?.files ?? [])].map(([path, lines]) => [path, lines.join('\n')] as const),
  ]);
  return { before, after };
}

/** The lines that are left, and of two empty ones that meet there one. */
function textWithout(lines: readonly string[], extents: readonly Extent[]): string {
  const kept: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (extents.some(({ first, last }) => at >= first && at <= last)) continue;
    const follows = extents.some(({ last }) => at === last + 1);
    if (follows && line === '' && (kept.at(-1) ?? '') === '') continue;
    kept.push(line);
  }
  return kept.join('\n');
}
