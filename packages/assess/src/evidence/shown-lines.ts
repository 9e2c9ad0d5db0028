import { visibleLines } from '@rlm-bridge/text';
import type { Pace } from './pace.ts';

/** Characters that are looked at in one go. */
const SLICE_CHARS = 200_000;

/** The lines of a text of any length, as {@link visibleLines} gives them. */
export async function shownLines(text: string, pace: Pace): Promise<string[]> {
  const lines: string[] = [];
  for (let from = 0, to = 0; from < text.length; from = to, await pace.step()) {
    const end = text.indexOf('\n', from + SLICE_CHARS);
    to = end === -1 ? text.length : end + 1;
    for (const line of visibleLines(text.slice(from, to))) lines.push(line);
  }
  return lines;
}
