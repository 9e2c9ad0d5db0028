import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Notice } from '../parts/notice.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import { goTo } from '../routes/use-route.ts';
import { useShownRun } from '../state/run-context.ts';
import { CutText } from '../texts/cut-text.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted, formatChars, formatFraction, formatShort } from '../words/numbers.ts';
import { ContextMap } from './context-map.tsx';
import { CoverageLegend } from './coverage-legend.tsx';
import { documentName } from './document-name.ts';
import { DocumentPage } from './document-page.tsx';
import { type MappedDocument, mapContext } from './mapped-context.ts';
import { Strip } from './strip.tsx';

/** Which part of the context was read by whom: all of it as a map, and each document as a strip. */
export function CoverageMap(): JSX.Element {
  const { id, view } = useShownRun();
  const { coverage } = view.head;
  const context = useMemo(() => (coverage ? mapContext(coverage, view.calls) : null), [coverage, view.calls]);
  if (!coverage || !context)
    return <Notice>What the context was is not known{view.head.status === 'running' ? ' yet' : ''}.</Notice>;
  if (coverage.documents.length === 1) return <DocumentPage document={0} at={null} />;
  // Without the stretches a map would show as unread what was read.
  const isKnown = coverage.incomplete === null || coverage.reads.length > 0;
  return (
    <section aria-label="Coverage">
      <div class="bar-of-tools">
        <span class="muted">
          {counted(coverage.documents.length, 'document')}, {formatChars(coverage.chars)}
        </span>
        <span class="grow" />
        {isKnown && <CoverageLegend coverage={coverage} />}
      </div>
      {coverage.incomplete && (
        <Notice tone="warn">
          <CutText text={coverage.incomplete} />
        </Notice>
      )}
      {isKnown && (
        <ContextMap
          context={context}
          label="The whole context"
          chosen={null}
          onPick={({ mapped, stretch }) =>
            goTo({ page: 'document', run: id, document: mapped.place, at: { start: stretch.start, end: stretch.end } })
          }
        />
      )}
      <Documents documents={context.documents} isKnown={isKnown} />
    </section>
  );
}

function Documents({ documents, isKnown }: { documents: MappedDocument[]; isKnown: boolean }): JSX.Element {
  const { id } = useShownRun();
  const [wanted, setWanted] = useState('');
  const [only, setOnly] = useState<'all' | 'unread' | 'untouched'>('all');
  const shown = useMemo(() => {
    const low = wanted.toLowerCase();
    return documents
      .filter(({ document, place }) => documentName(document, place).toLowerCase().includes(low))
      .filter(
        ({ document: { fraction } }) =>
          only === 'all' || (fraction !== null && (only === 'unread' ? fraction < 1 : fraction === 0)),
      )
      .toSorted((a, b) => unreadOf(b) - unreadOf(a) || a.place - b.place);
  }, [documents, wanted, only]);
  return (
    <>
      <div class="bar-of-tools">
        <h2>Documents</h2>
        <span class="muted number">
          {shown.length === documents.length ? shown.length : `${shown.length} of ${documents.length}`}, the most unread
          first
        </span>
        <span class="grow" />
        <select aria-label="Which" value={only} onChange={(event) => setOnly(event.currentTarget.value as typeof only)}>
          <option value="all">all documents</option>
          <option value="unread">with something unread</option>
          <option value="untouched">of which nothing was read</option>
        </select>
        <input
          type="search"
          data-filter
          placeholder="Filter by name"
          aria-label="Filter"
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </div>
      <DataTable
        label="Documents"
        rows={shown}
        columns={isKnown ? COLUMNS : WITHOUT_STRETCHES}
        keyOf={({ place }) => String(place)}
        routeOf={({ place }) => ({ page: 'document', run: id, document: place, at: null })}
        empty="No document is like that."
      />
    </>
  );
}

function unreadOf({ document: { chars, fraction } }: MappedDocument): number {
  return fraction === null ? 0 : chars * (1 - fraction);
}

const COLUMNS: Column<MappedDocument>[] = [
  {
    name: 'Document',
    width: 'minmax(100px, 260px)',
    leads: true,
    cell: ({ document, place }) => <Visible text={documentName(document, place)} />,
    by: ({ document, place }) => documentName(document, place),
  },
  {
    name: 'Who read it',
    width: 'minmax(90px, 1fr)',
    cell: ({ document, stretches }) => <Strip stretches={stretches} chars={document.chars} />,
  },
  {
    name: 'Read',
    width: '74px',
    isNumber: true,
    cell: ({ document }) => formatFraction(document.fraction),
    by: ({ document }) => document.fraction,
  },
  {
    name: 'Unread',
    width: '78px',
    isNumber: true,
    isExtra: true,
    cell: (mapped) => formatShort(Math.round(unreadOf(mapped))),
    by: unreadOf,
  },
  {
    name: 'Size',
    width: '78px',
    isNumber: true,
    cell: ({ document }) => formatShort(document.chars),
    by: ({ document }) => document.chars,
  },
];

const WITHOUT_STRETCHES = COLUMNS.map((column): Column<MappedDocument> => {
  if (column.name !== 'Who read it') return column;
  const bar = ({ document }: MappedDocument) => (
    <ShareBar shares={[{ share: document.fraction ?? 0, paint: 'paint-read' }]} />
  );
  return { ...column, name: 'How much was read', cell: bar };
});
