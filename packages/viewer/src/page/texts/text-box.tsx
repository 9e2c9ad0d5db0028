import type { ComponentChildren, JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { TextRef } from '../../model/texts.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Icon } from '../parts/icon.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { useReader } from '../state/run-context.ts';
import { messageOf, useLoaded } from '../state/use-loaded.ts';
import { formatChars } from '../words/numbers.ts';
import { findInText } from './find-in-text.ts';
import { LongText } from './long-text.tsx';
import { type Mark, Marked } from './marked.tsx';
import { Python } from './python.tsx';
import { Visible } from './visible.tsx';

/** More than this is read and shown in blocks. */
const SHORT = 50_000;
const NO_MARKS: readonly Mark[] = [];

interface TextBoxProps {
  /** What the text is; its words stand above it. */
  label: string;
  text: TextRef | null;
  /** Said in its place when there is none. */
  empty?: string;
  language?: 'python';
  marks?: readonly Mark[];
  /** A character that is brought into sight. */
  at?: number | null;
  /** What else stands beside the label. */
  children?: ComponentChildren;
}

/** A text with its label: to be read, searched, wrapped and copied, whatever its length. */
export function TextBox(props: TextBoxProps): JSX.Element {
  const { label, text, empty = 'Nothing.', language, marks = NO_MARKS, at = null } = props;
  const [wrap, setWrap] = useState(true);
  const [found, setFound] = useState<Mark | null>(null);
  const [isFinding, setFinding] = useState(false);
  const reader = useReader();
  if (!text) {
    return (
      <figure class="text-box">
        <figcaption>
          <b>
            <Visible text={label} />
          </b>{' '}
          <span class="muted">{empty}</span> {props.children}
        </figcaption>
      </figure>
    );
  }
  const shown = found ? [found] : marks;
  const onKeyDown = (event: KeyboardEvent) => {
    const isFind = (event.ctrlKey || event.metaKey) && event.key === 'f' && text.chars > SHORT;
    if (!isFind) return;
    event.preventDefault();
    setFinding(true);
  };
  const close = () => {
    setFinding(false);
    setFound(null);
  };
  return (
    <figure class="text-box" onKeyDown={onKeyDown}>
      <figcaption>
        <b>
          <Visible text={label} />
        </b>{' '}
        <span class="muted number">{formatChars(text.chars)}</span> {props.children}
        <span class="grow" />
        {isFinding && <FindBox text={text} onFound={setFound} onClose={close} />}
        {text.chars > 400 && (
          <Toggle
            icon="search"
            label={`Find in: ${label}`}
            isOn={isFinding}
            onToggle={() => (isFinding ? close() : setFinding(true))}
          />
        )}
        <Toggle icon="wrap" label={`Wrap lines: ${label}`} isOn={wrap} onToggle={() => setWrap(!wrap)} />
        <CopyButton label={`Copy: ${label}`} text={() => reader.read(text)} />
      </figcaption>
      {text.chars <= SHORT ? (
        <ShortText
          {...{ text, label, marks: shown, wrap }}
          {...(language && !found ? { language } : {})}
          at={found?.start ?? at}
        />
      ) : (
        <LongText {...{ text, reader, label, marks: shown, wrap }} at={found?.start ?? at} />
      )}
    </figure>
  );
}

function ShortText(props: {
  text: TextRef;
  label: string;
  marks: readonly Mark[];
  at: number | null;
  wrap: boolean;
  language?: 'python';
}): JSX.Element {
  const { text, label, marks, at, wrap, language } = props;
  const reader = useReader();
  const box = useRef<HTMLDivElement>(null);
  const read = useLoaded(() => reader.read(text), [reader, text.id, text.chars]);
  const lines = useMemo(() => Math.min(24, Math.ceil(text.chars / 100)), [text.chars]);
  const [sought, setSought] = useState<number | null>(null);
  const toMark = (pre: HTMLPreElement | null) => {
    if (at === null || at === sought || !pre || !box.current) return;
    const mark = pre.querySelector<HTMLElement>(`mark[data-start="${at}"]`);
    if (!mark) return;
    setSought(at);
    box.current.scrollTop += mark.getBoundingClientRect().top - box.current.getBoundingClientRect().top - 60;
  };
  if (read.state === 'failed') return <p class="text-failed">{read.message}</p>;
  return (
    <ScrollBox box={box} class={wrap ? 'short-text wraps' : 'short-text'} label={label}>
      {read.state === 'loading' ? (
        <pre class="waiting" style={{ minHeight: `${lines * 1.5}em` }}>
          {text.head}
        </pre>
      ) : (
        <pre ref={toMark}>
          {language === 'python' ? <Python code={read.value} /> : <Marked text={read.value} start={0} marks={marks} />}
        </pre>
      )}
    </ScrollBox>
  );
}

function Toggle(props: { icon: 'search' | 'wrap'; label: string; isOn: boolean; onToggle: () => void }): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button no-print"
      aria-pressed={props.isOn}
      aria-label={props.label}
      title={props.label}
      onClick={props.onToggle}
    >
      <Icon name={props.icon} />
    </button>
  );
}

/** Finds in a text that the browser's own search does not see, as it is not in the document. */
function FindBox(props: { text: TextRef; onFound: (mark: Mark | null) => void; onClose: () => void }): JSX.Element {
  const { text, onFound, onClose } = props;
  const reader = useReader();
  const search = useRef<AbortController | null>(null);
  const last = useRef<{ wanted: string; at: number } | null>(null);
  const [said, setSaid] = useState('');
  const find = async (wanted: string) => {
    search.current?.abort();
    search.current = new AbortController();
    const from = last.current?.wanted === wanted ? last.current.at + 1 : 0;
    setSaid('…');
    try {
      const at = await findInText(reader, text, wanted, from, search.current.signal);
      last.current = at === null ? null : { wanted, at };
      onFound(at === null ? null : { start: at, end: at + wanted.length, paint: 'mark-found' });
      setSaid(at === null ? 'not there' : at < from ? 'from the start again' : '');
    } catch (error) {
      if (!search.current?.signal.aborted) setSaid(messageOf(error));
    }
  };
  return (
    <form
      class="find-box no-print"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = new FormData(event.currentTarget).get('wanted');
        if (typeof wanted === 'string') find(wanted);
      }}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <input name="wanted" type="search" aria-label="Find" placeholder="Find; Enter for the next" ref={focus} />
      <span class="muted" role="status">
        {said}
      </span>
    </form>
  );
}

function focus(input: HTMLInputElement | null): void {
  if (input && !input.dataset.seen) {
    input.dataset.seen = 'yes';
    input.focus();
  }
}
