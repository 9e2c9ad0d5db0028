import type { EvidenceLine } from './document.ts';
import { gitRuns } from './git-line-diff.ts';
import { plainRuns, type Run, type Versions } from './line-runs.ts';
import { Pace } from './pace.ts';

/**
 * The new text of each pair with the old one's removed lines in place: without the `-` lines it is `after`, without the
 * `+` lines `before`. What is not plain is for git to say, of all pairs at once.
 */
export async function diffLines(pairs: readonly Versions[], signal?: AbortSignal): Promise<EvidenceLine[][]> {
  const pace = new Pace(signal);
  const plain = await pace.map(pairs, plainRuns);
  const others = await gitRuns(
    pairs.filter((_, index) => plain[index] === null),
    signal,
  );
  const diffs: EvidenceLine[][] = [];
  for (const [index, versions] of pairs.entries()) {
    diffs.push(await linesOf(versions, plain[index] ?? others.shift() ?? [], pace));
  }
  return diffs;
}

/** The lines of a text that another one took the place of, whatever they have in common. */
export async function replacedLines(versions: Versions, pace: Pace): Promise<EvidenceLine[]> {
  return await linesOf(versions, [], pace);
}

/** Lines with their marks and their numbers in the new text; between the runs what was removed stands first. */
async function linesOf({ before, after }: Versions, runs: readonly Run[], pace: Pace): Promise<EvidenceLine[]> {
  const lines: EvidenceLine[] = [];
  const put = async (mark: EvidenceLine['mark'], texts: readonly string[], from: number, to: number) => {
    for (let at = from; at < to; at++) {
      lines.push({ mark, number: mark === '-' ? null : at + 1, text: texts[at] ?? '' });
      if (at % 1024 === 0) await pace.step();
    }
  };
  let [old, now] = [0, 0];
  for (const run of [...runs, { before: before.length, after: after.length, count: 0 }]) {
    await put('-', before, old, run.before);
    await put('+', after, now, run.after);
    await put(' ', after, run.after, run.after + run.count);
    [old, now] = [run.before + run.count, run.after + run.count];
  }
  return lines;
}

/** Changed lines with `context` lines around them; what lies between is left out, and its place marked by the numbers. */
export function changesOnly(lines: readonly EvidenceLine[], context = 10): EvidenceLine[] {
  const isNear = new Uint8Array(lines.length);
  let near = 0;
  for (const [index, { mark }] of lines.entries()) {
    if (mark === ' ') continue;
    for (near = Math.max(near, index - context); near <= index + context; near++) isNear[near] = 1;
  }
  return lines.filter((_, index) => isNear[index] === 1);
}
