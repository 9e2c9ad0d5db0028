import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ReadView } from '../../model/coverage-view.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { useShownRun } from '../state/run-context.ts';
import { CutText } from '../texts/cut-text.tsx';
import { Visible } from '../texts/visible.tsx';
import { formatCount } from '../words/numbers.ts';
import { documentName } from './document-name.ts';

/** What of the context stood in the prompt of a call, by the place of the call. */
export function ReadTable({ call }: { call: number }): JSX.Element {
  const { id, view } = useShownRun();
  const { coverage } = view.head;
  const reads = useMemo(() => coverage?.reads.filter(([, , , by]) => by === call) ?? [], [coverage, call]);
  const columns = useMemo(
    (): Column<ReadView>[] => [
      {
        name: 'Document',
        width: 'minmax(120px, 1fr)',
        leads: true,
        cell: ([document]) => <Visible text={documentName(coverage?.documents[document], document)} />,
      },
      {
        name: 'From',
        width: '120px',
        isNumber: true,
        cell: ([, start]) => formatCount(start),
        by: ([, start]) => start,
      },
      { name: 'To', width: '120px', isNumber: true, cell: ([, , end]) => formatCount(end), by: ([, , end]) => end },
      {
        name: 'Characters',
        width: '120px',
        isNumber: true,
        cell: ([, start, end]) => formatCount(end - start),
        by: ([, start, end]) => end - start,
      },
    ],
    [coverage],
  );
  if (!coverage) return <p class="muted">What the context was is not known.</p>;
  if (coverage.incomplete && reads.length === 0)
    return (
      <p class="muted">
        <CutText text={coverage.incomplete} />
      </p>
    );
  return (
    <DataTable
      label="What of the context it had"
      rows={reads}
      columns={columns}
      keyOf={([document, start, end]) => `${document} ${start} ${end}`}
      routeOf={([document, start, end]) => ({ page: 'document', run: id, document, at: { start, end } })}
      empty="Nothing of it stood in its prompt, word for word, that counts as read."
    />
  );
}
