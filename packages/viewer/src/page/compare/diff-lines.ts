/** A line of two texts: in both, or in one of them alone. */
export interface DiffLine {
  in: 'both' | 'a' | 'b';
  text: string;
}

/** More edits than this are not looked for: then all of the lines between are said to be others. */
const MOST_EDITS = 600;

/** Two texts line by line, with the fewest lines that are in one alone. */
export function diffLines(a: string, b: string): DiffLine[] {
  const left = a.split('\n');
  const right = b.split('\n');
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  const both = (lines: string[]) => lines.map((text): DiffLine => ({ in: 'both', text }));
  return [
    ...both(left.slice(0, start)),
    ...middleOf(left.slice(start, left.length - end), right.slice(start, right.length - end)),
    ...both(end > 0 ? left.slice(-end) : []),
  ];
}

/** Myers' greedy way: `furthest` is how far each diagonal comes with so many edits, of which every round is kept to go back. */
function middleOf(a: string[], b: string[]): DiffLine[] {
  const most = Math.min(a.length + b.length, MOST_EDITS);
  const rounds: Map<number, number>[] = [];
  const furthest = new Map([[1, 0]]);
  for (let edits = 0; edits <= most; edits++) {
    rounds.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const isDown =
        diagonal === -edits || (diagonal !== edits && at(furthest, diagonal - 1) < at(furthest, diagonal + 1));
      let x = isDown ? at(furthest, diagonal + 1) : at(furthest, diagonal - 1) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      furthest.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return back(a, b, rounds);
    }
  }
  const only = (lines: string[], side: 'a' | 'b') => lines.map((text): DiffLine => ({ in: side, text }));
  return [...only(a, 'a'), ...only(b, 'b')];
}

function back(a: string[], b: string[], rounds: Map<number, number>[]): DiffLine[] {
  const lines: DiffLine[] = [];
  let x = a.length;
  let y = b.length;
  for (let edits = rounds.length - 1; edits >= 0; edits--) {
    const furthest = rounds[edits] ?? new Map();
    const diagonal = x - y;
    const isDown =
      diagonal === -edits || (diagonal !== edits && at(furthest, diagonal - 1) < at(furthest, diagonal + 1));
    const before = isDown ? diagonal + 1 : diagonal - 1;
    const toX = at(furthest, before);
    const toY = toX - before;
    while (x > Math.max(0, toX) && y > Math.max(0, toY)) {
      lines.push({ in: 'both', text: a[--x] ?? '' });
      y--;
    }
    if (edits === 0) break;
    if (isDown) lines.push({ in: 'b', text: b[--y] ?? '' });
    else lines.push({ in: 'a', text: a[--x] ?? '' });
  }
  return lines.reverse();
}

function at(furthest: ReadonlyMap<number, number>, diagonal: number): number {
  return furthest.get(diagonal) ?? -1;
}
