import type { CallView } from '../model/call-view.ts';

/** A call, by its place in the list, with the hash by which a resumed run knows again what was asked. */
export interface AskedCall {
  place: number;
  key: string;
  call: CallView;
}

/**
 * Which of the calls that a code block had left behind it asked again, `count` of them, and so took up. A journal does not say
 * it of single calls. `fresh`: what it asked anew. One that is asked anew in the same words as one that was left was asked more
 * often than was known: those were all taken up. Of the others, what was asked anew stands for those that are most like it.
 */
export function takenUp(left: readonly AskedCall[], fresh: readonly AskedCall[], count: number): AskedCall[] {
  if (count <= 0) return [];
  const keys = new Set(fresh.map(({ key }) => key));
  const certain = left.filter(({ key }) => keys.has(key));
  const rest = left.filter(({ key }) => !keys.has(key));
  let gone = Math.min(rest.length, left.length - count);
  const others = new Set(left.map(({ key }) => key));
  for (const asked of fresh.filter(({ key }) => !others.has(key))) {
    if (gone <= 0) break;
    rest.splice(likest(asked, rest), 1);
    gone -= 1;
  }
  // What nothing was asked for instead was to be asked last.
  return [...certain, ...(gone > 0 ? rest.slice(0, -gone) : rest)];
}

function likest(asked: AskedCall, among: readonly AskedCall[]): number {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (const [at, other] of among.entries()) {
    const likeness = likenessOf(asked.call, other.call);
    if (likeness > most) [best, most] = [at, likeness];
  }
  return best;
}

/** How much of the beginnings of two prompts is the same, from both sides; of equals, how close their lengths are. */
function likenessOf(one: CallView, other: CallView): number {
  const [a, b] = [one.prompt.at(-1)?.text, other.prompt.at(-1)?.text];
  if (a === undefined || b === undefined || one.role !== other.role) return -1;
  const least = Math.min(a.head.length, b.head.length);
  let same = 0;
  while (same < least && a.head[same] === b.head[same]) same += 1;
  let end = 0;
  while (end < least - same && a.head.at(-1 - end) === b.head.at(-1 - end)) end += 1;
  return same + end + 1 / (2 + Math.abs(a.chars - b.chars));
}
