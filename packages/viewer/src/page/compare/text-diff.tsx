import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { TextRef } from '../../model/texts.ts';
import { Loading, Notice } from '../parts/notice.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import type { ShownRun } from '../state/run-context.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { CutText } from '../texts/cut-text.tsx';
import { counted, formatChars } from '../words/numbers.ts';
import { type DiffLine, diffLines } from './diff-lines.ts';

/** Of longer texts the beginnings are compared. */
const MOST_CHARS = 200_000;
const CONTEXT = 3;
const SHOWN = 400;

/** Two texts line by line: those of the first run alone, those of the second alone, and some that both have around them. */
export function TextDiff(props: { a: TextRef | null; b: TextRef | null; runs: [ShownRun, ShownRun] }): JSX.Element {
  const { a, b, runs } = props;
  const [shown, setShown] = useState(SHOWN);
  const texts = useLoaded(
    () => Promise.all([a ? runs[0].reader.read(a, 0, MOST_CHARS) : '', b ? runs[1].reader.read(b, 0, MOST_CHARS) : '']),
    [a, b],
  );
  const lines = useMemo(() => (texts.state === 'ready' ? withoutSame(diffLines(...texts.value)) : []), [texts]);
  if (texts.state === 'loading') return <Loading what="Reading both …" />;
  if (texts.state === 'failed') return <Notice tone="bad">{texts.message}</Notice>;
  const longest = Math.max(a?.chars ?? 0, b?.chars ?? 0);
  return (
    <>
      <ScrollBox box={null} class="diff" label="Lines that differ">
        {lines.slice(0, shown).map((line, place) =>
          'left' in line ? (
            <p key={place} class="diff-left muted">
              {counted(line.left, 'same line')}
            </p>
          ) : (
            <pre key={place} class={`diff-${line.in}`}>
              <span class="diff-sign" aria-hidden="true">
                {line.in === 'a' ? '−' : line.in === 'b' ? '+' : ' '}
              </span>
              {line.in !== 'both' && <span class="only-read">{line.in === 'a' ? 'First run: ' : 'Second run: '}</span>}
              <CutText text={line.text} />
            </pre>
          ),
        )}
      </ScrollBox>
      {lines.length > shown && (
        <button type="button" onClick={() => setShown(shown + SHOWN)}>
          {counted(lines.length - shown, 'more line')}
        </button>
      )}
      {longest > MOST_CHARS && <p class="muted">Of these texts the first {formatChars(MOST_CHARS)} are compared.</p>}
    </>
  );
}

/** Lines that differ with a few around them; the rest is counted. */
function withoutSame(lines: DiffLine[]): (DiffLine | { left: number })[] {
  const near = new Set<number>();
  lines.forEach((line, place) => {
    if (line.in !== 'both') for (let at = place - CONTEXT; at <= place + CONTEXT; at++) near.add(at);
  });
  const shown: (DiffLine | { left: number })[] = [];
  lines.forEach((line, place) => {
    const last = shown.at(-1);
    if (near.has(place)) shown.push(line);
    else if (last && 'left' in last) last.left++;
    else shown.push({ left: 1 });
  });
  return shown;
}
