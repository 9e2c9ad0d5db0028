import type { ComponentChild, JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { callColumns } from '../calls/call-columns.tsx';
import { CallTable } from '../calls/calls-view.tsx';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { Notice } from '../parts/notice.tsx';
import { goTo } from '../routes/use-route.ts';
import { useShownRun } from '../state/run-context.ts';
import { CutText } from '../texts/cut-text.tsx';
import type { Mark } from '../texts/marked.tsx';
import { TextBox } from '../texts/text-box.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted, formatChars, formatCount, formatFraction } from '../words/numbers.ts';
import { ContextMap } from './context-map.tsx';
import { CoverageLegend } from './coverage-legend.tsx';
import { documentName } from './document-name.ts';
import { mapDocument } from './mapped-context.ts';
import { callsThatRead, type Reader, stretchesOf } from './stretches.ts';

const NO_MARKS: readonly Mark[] = [];
const TITLES: Record<Reader, string> = {
  root: 'Read by the root',
  sub: 'Read by sub-calls',
  both: 'Read by the root and by sub-calls',
  unread: 'Not read',
};

/** One document: its map, its text with who read what, and of a stretch the calls that had it in their prompts. */
export function DocumentPage(props: { document: number; at: { start: number; end: number } | null }): JSX.Element {
  const { document: place, at } = props;
  const { id, view } = useShownRun();
  const { coverage } = view.head;
  const document = coverage?.documents[place];
  const reads = useMemo(() => coverage?.reads.filter(([of]) => of === place) ?? [], [coverage, place]);
  const stretches = useMemo(() => stretchesOf(document?.chars ?? 0, reads, view.calls), [document, reads, view.calls]);
  const context = useMemo(
    () => document && mapDocument({ document, place, offset: 0, stretches }),
    [document, place, stretches],
  );
  const marks = useMemo(
    () =>
      stretches.map(({ start, end, by, calls }): Mark => {
        const isChosen = at !== null && start >= at.start && end <= at.end;
        const title = calls > 0 ? `${TITLES[by]}, in ${counted(calls, 'call')}` : TITLES[by];
        return { start, end, paint: `mark-${by}${isChosen ? ' is-chosen' : ''}`, title };
      }),
    [stretches, at?.start, at?.end],
  );
  const choose = (start: number, end: number) =>
    goTo({ page: 'document', run: id, document: place, at: { start, end } });
  const isKnown = coverage?.incomplete === null || reads.length > 0;
  const box = useRef<HTMLDivElement>(null);
  useMarkPress(box, (start) => {
    const stretch = stretches.find((stretch) => stretch.start === start);
    if (stretch) choose(stretch.start, stretch.end);
  });
  if (!coverage || !document || !context) return <Notice tone="warn">This run has no such document.</Notice>;
  return (
    <section aria-label="Document">
      <div class="bar-of-tools">
        {coverage.documents.length > 1 && (
          <Link to={{ page: 'run', run: id, section: 'coverage' }} class="button">
            <Icon name="left" /> All documents
          </Link>
        )}
        <h2>
          <Visible text={documentName(document, place)} />
        </h2>
        <span class="muted">
          {document.fraction !== null && `${formatFraction(document.fraction)} read of `}
          {formatChars(document.chars)}
        </span>
        <span class="grow" />
        {coverage.documents.length === 1 && isKnown && <CoverageLegend coverage={coverage} />}
      </div>
      {coverage.incomplete && (
        <Notice tone="warn">
          <CutText text={coverage.incomplete} />
        </Notice>
      )}
      {isKnown && (
        <ContextMap
          context={context}
          label={documentName(document, place)}
          chosen={at}
          onPick={({ stretch }) => choose(stretch.start, stretch.end)}
        />
      )}
      <div class={isKnown ? 'document' : ''}>
        <div class="document-text" ref={box}>
          {document.text ? (
            <TextBox label="Text" text={document.text} marks={isKnown ? marks : NO_MARKS} at={at?.start ?? null} />
          ) : (
            <Notice tone="warn">
              Its text is not here: it is not there any more, has changed since, or was left out.
            </Notice>
          )}
        </div>
        {isKnown && <Readers reads={reads} at={at} />}
      </div>
    </section>
  );
}

/** Tells which stretch of a text was pressed; the keyboard has the map above for that. */
function useMarkPress(box: { current: HTMLElement | null }, onPress: (start: number) => void): void {
  useEffect(() => {
    const element = box.current;
    const onClick = (event: MouseEvent) => {
      const mark = (event.target as Element).closest<HTMLElement>('mark[data-start]');
      if (mark && getSelection()?.isCollapsed) onPress(Number(mark.dataset.start));
    };
    element?.addEventListener('click', onClick);
    return () => element?.removeEventListener('click', onClick);
  });
}

function Readers(props: {
  reads: Parameters<typeof callsThatRead>[0];
  at: { start: number; end: number } | null;
}): ComponentChild {
  const { reads, at } = props;
  const { id, view } = useShownRun();
  const columns = useMemo(
    () => callColumns(false).filter(({ name }) => ['Call', 'Who', 'State', 'Prompt'].includes(name)),
    [id],
  );
  const calls = useMemo(() => {
    const places = at ? callsThatRead(reads, at.start, at.end) : callsThatRead(reads, 0, Number.POSITIVE_INFINITY);
    return places.flatMap((place) => view.calls[place] ?? []);
  }, [reads, at?.start, at?.end, view.calls]);
  return (
    <aside class="readers">
      <h3>
        {at
          ? `${counted(calls.length, 'call')} read characters ${formatCount(at.start)} to ${formatCount(at.end)}`
          : `${counted(calls.length, 'call')} read some of it`}
      </h3>
      {calls.length > 0 && <CallTable calls={calls} columns={columns} label="Calls that read it" />}
      {calls.length === 0 && <p class="muted">No call that was answered had this in its prompt, word for word.</p>}
    </aside>
  );
}
