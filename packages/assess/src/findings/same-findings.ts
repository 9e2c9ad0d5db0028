import { type Severity, severityRank } from '../api/terms.ts';
import type { Rename } from '../api/worker-assessment.ts';
import { likeness, type Substance, substanceOf } from './substance.ts';

/** What a finding is known again by. */
export interface Recognizable {
  id: string;
  rule: string;
  message: string;
  severity: Severity;
  file: string;
  /** Hashes of the lines that it is on, and of those beside them; see `line-hashes.ts`. */
  lines: readonly string[];
  beside: readonly string[];
}

interface Pair<B, N> {
  before: B;
  now: N;
  /** How sure it is that they are one; more is surer, 0 is not at all. */
  sure: number;
}

/** How much of what a finding points at must have been there before. */
export type Demand = 'every line' | 'a line or its place';

/**
 * Findings that were known before among those of now, each with the one that it was. One is another when it has its id; or
 * when it is in the same file, which may have been renamed, at the same lines or beside them, and is about the same (see
 * {@link likeness}). Each is at most one other, and the surest pairs come first. In doubt two are not one: what is called
 * worse than before in other words, and, where every line is demanded, what points at a line that was not there.
 */
export function recognize<B extends Recognizable, N extends Recognizable>(
  before: readonly B[],
  now: readonly N[],
  renames: readonly Rename[],
  demand: Demand,
): Map<N, B> {
  const substances = new Substances();
  const byFile = Map.groupBy(now, ({ file }) => file);
  const pairs = before.flatMap((one) => {
    const files = [one.file, ...renames.filter(({ from }) => from === one.file).map(({ to }) => to)];
    const candidates = [...new Set(files)].flatMap((file) => byFile.get(file) ?? []);
    return candidates.map((other): Pair<B, N> => {
      return { before: one, now: other, sure: sureness(one, other, substances, demand) };
    });
  });
  const found = new Map<N, B>();
  const taken = new Set<B>();
  for (const pair of pairs.filter(({ sure }) => sure > 0).sort((a, b) => b.sure - a.sure)) {
    if (found.has(pair.now) || taken.has(pair.before)) continue;
    found.set(pair.now, pair.before);
    taken.add(pair.before);
  }
  return found;
}

/** Of what is compared alone: most findings are in files of which nothing was known before. */
class Substances {
  readonly #made = new Map<Recognizable, Substance>();

  of(one: Recognizable): Substance {
    const made = this.#made.get(one) ?? substanceOf(one);
    this.#made.set(one, made);
    return made;
  }
}

/**
 * First whether they have an id or a line in common, then how alike they are, then how much of their lines and of those
 * beside them is the same: of two copies in a file the one that stands where it stood is the one that was known.
 */
function sureness(before: Recognizable, now: Recognizable, substances: Substances, demand: Demand): number {
  const alike = likeness(substances.of(before), substances.of(now));
  const place = [...before.lines, ...before.beside];
  const shared = share(now.lines, before.lines);
  const around = share(now.beside, place);
  if (before.id === now.id) return 20 + 3 * alike + shared + around;
  if (alike === 0 || (alike === 1 && isWorse(now, before))) return 0;
  if (demand === 'every line' && now.lines.some((line) => !place.includes(line))) return 0;
  if (shared > 0) return 20 + 3 * alike + shared + around;
  const isNear = share(now.lines, place) > 0 || (demand !== 'every line' && around > 0);
  return isNear && alike > 1 ? alike + around : 0;
}

/** The part of the fewer lines that both have. */
function share(a: readonly string[], b: readonly string[]): number {
  const both = a.filter((line) => b.includes(line)).length;
  return both === 0 ? 0 : both / Math.min(a.length, b.length);
}

function isWorse(a: Recognizable, b: Recognizable): boolean {
  return severityRank(a.severity) < severityRank(b.severity);
}
