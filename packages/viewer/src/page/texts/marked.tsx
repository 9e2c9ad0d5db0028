import type { ComponentChild, JSX } from 'preact';
import { Visible } from './visible.tsx';

/** Characters of a text that are painted, by their places in the whole of it. */
export interface Mark {
  start: number;
  end: number;
  /** Classes that paint it. */
  paint: string;
  title?: string;
}

/** A part of a text that begins at `start`, with the marks that lie in it; those of a list are in order and apart. */
export function Marked(props: { text: string; start: number; marks: readonly Mark[] }): ComponentChild {
  const { text, start, marks } = props;
  const end = start + text.length;
  const shown: (JSX.Element | string)[] = [];
  let at = start;
  for (let place = firstAfter(marks, start); place < marks.length; place++) {
    const mark = marks[place];
    if (!mark || mark.start >= end) break;
    const from = Math.max(mark.start, at);
    const to = Math.min(mark.end, end);
    if (from > at) shown.push(<Visible text={text.slice(at - start, from - start)} />);
    shown.push(
      <mark class={mark.paint} title={mark.title} data-start={mark.start}>
        <Visible text={text.slice(from - start, to - start)} />
      </mark>,
    );
    at = to;
  }
  if (at < end) shown.push(<Visible text={text.slice(at - start)} />);
  return shown;
}

/** Place of the first mark that ends after a character. */
function firstAfter(marks: readonly Mark[], offset: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.end ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
