import type { ComponentChild, JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { TextRef } from '../../model/texts.ts';
import { formatCount } from '../words/numbers.ts';
import { LongText } from './long-text.tsx';
import { TextReader } from './text-reader.ts';
import { Visible } from './visible.tsx';

/** Characters of a text among others that are shown before somebody asks for the rest. */
const SHOWN = 1_000;

/** A text that stands among others, whatever its length: of a long one the beginning, and all of it in a box for who asks. */
export function CutText({ text }: { text: string }): ComponentChild {
  const [isOpen, setOpen] = useState(false);
  if (text.length <= SHOWN) return <Visible text={text} />;
  if (isOpen) return <Whole text={text} />;
  return (
    <>
      <Visible text={beginningOf(text)} />…{' '}
      <button type="button" class="link-button no-print" onClick={() => setOpen(true)}>
        Show all {formatCount(text.length)} characters
      </button>
    </>
  );
}

function Whole({ text }: { text: string }): JSX.Element {
  const reader = useMemo(() => new TextReader(async (_, start, end) => text.slice(start, end)), [text]);
  const ref = useMemo((): TextRef => ({ id: 0, chars: text.length, head: '' }), [text]);
  return (
    <div class="whole-text">
      <LongText text={ref} reader={reader} label="All of the text" marks={[]} at={null} wrap />
    </div>
  );
}

/** No surrogate pair is cut. */
function beginningOf(text: string): string {
  const isWithin = /[\ud800-\udbff]/.test(text[SHOWN - 1] ?? '');
  return text.slice(0, isWithin ? SHOWN - 1 : SHOWN);
}
