import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TextRef } from '../../model/texts.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { useVirtual } from '../parts/use-virtual.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { formatCount } from '../words/numbers.ts';
import { type Mark, Marked } from './marked.tsx';
import { BLOCK_CHARS, blockAt, PART_CHARS, readBlock } from './text-blocks.ts';
import type { TextReader } from './text-reader.ts';

/**
 * A text of any length: the blocks in sight are read and in the document, the others are room. `at` is brought into sight whenever
 * it is another place.
 */
export function LongText(props: {
  text: TextRef;
  reader: TextReader;
  label: string;
  marks: readonly Mark[];
  at: number | null;
  wrap: boolean;
}): JSX.Element {
  const { text, reader, label, marks, at, wrap } = props;
  const box = useRef<HTMLDivElement>(null);
  const [part, setPart] = useState(() => Math.floor((at ?? 0) / PART_CHARS));
  const first = (part * PART_CHARS) / BLOCK_CHARS;
  const virtual = useVirtual({
    count: Math.ceil(Math.min(PART_CHARS, text.chars - part * PART_CHARS) / BLOCK_CHARS),
    getScrollElement: () => box.current,
    estimateSize: () => 900,
    getItemKey: (index) => first + index,
    overscan: 1,
  });
  useLayoutEffect(() => virtual.measure(), [wrap, virtual]);
  useEffect(() => {
    if (at === null) return;
    const wantedPart = Math.floor(at / PART_CHARS);
    if (wantedPart !== part) setPart(wantedPart);
    else virtual.scrollToIndex(Math.max(0, blockAt(at) - first), { align: 'start' });
  }, [at, part]);
  return (
    <div class="long-text">
      <ScrollBox box={box} class={wrap ? 'long-text-box wraps' : 'long-text-box'} label={label}>
        <div class="long-text-room" style={{ height: `${virtual.getTotalSize()}px` }}>
          {virtual.getVirtualItems().map((item) => (
            <div
              key={item.key}
              class="long-text-block"
              data-index={item.index}
              ref={virtual.measureElement}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Block text={text} reader={reader} number={first + item.index} marks={marks} at={at} box={box} />
            </div>
          ))}
        </div>
      </ScrollBox>
      {text.chars > PART_CHARS && <Parts text={text} part={part} onPart={setPart} />}
    </div>
  );
}

function Block(props: {
  text: TextRef;
  reader: TextReader;
  number: number;
  marks: readonly Mark[];
  at: number | null;
  box: { current: HTMLElement | null };
}): JSX.Element {
  const { text, reader, number, marks, at, box } = props;
  const pre = useRef<HTMLPreElement>(null);
  const block = useLoaded(() => readBlock(reader, text, number), [reader, text.id, text.chars, number]);
  useLayoutEffect(() => {
    if (block.state !== 'ready' || at === null) return;
    const { start } = block.value;
    if (at < start || at >= start + block.value.text.length) return;
    const mark = pre.current?.querySelector<HTMLElement>(`mark[data-start="${at}"]`);
    if (mark && box.current)
      box.current.scrollTop += mark.getBoundingClientRect().top - box.current.getBoundingClientRect().top - 60;
  }, [block.state, at]);
  if (block.state === 'loading') return <pre class="long-text-waiting">…</pre>;
  if (block.state === 'failed') return <pre class="long-text-failed">{block.message}</pre>;
  return (
    <pre ref={pre}>
      <Marked text={withoutLastLineEnd(block.value.text)} start={block.value.start} marks={marks} />
    </pre>
  );
}

/** The next block begins on a line of its own anyway. */
function withoutLastLineEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function Parts(props: { text: TextRef; part: number; onPart: (part: number) => void }): JSX.Element {
  const { text, part, onPart } = props;
  const parts = Math.ceil(text.chars / PART_CHARS);
  return (
    <nav class="parts no-print" aria-label="Parts of the text">
      <button type="button" disabled={part === 0} onClick={() => onPart(part - 1)}>
        Earlier
      </button>
      <span class="muted">
        Characters {formatCount(part * PART_CHARS)} to {formatCount(Math.min(text.chars, (part + 1) * PART_CHARS))} of{' '}
        {formatCount(text.chars)}: part {part + 1} of {parts}
      </span>
      <button type="button" disabled={part === parts - 1} onClick={() => onPart(part + 1)}>
        Later
      </button>
    </nav>
  );
}
