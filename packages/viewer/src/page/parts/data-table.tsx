import type { ComponentChild, JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Route } from '../routes/route.ts';
import { formatCount } from '../words/numbers.ts';
import { Icon } from './icon.tsx';
import { Link } from './link.tsx';
import { useFollowEnd } from './use-follow-end.ts';
import { usePrinting } from './use-printing.ts';
import { useVirtual } from './use-virtual.ts';

/** A column of a table. */
export interface Column<Row> {
  name: string;
  /** What stands above it, where that is not its name. */
  title?: string;
  /** Its width, as of a grid. */
  width: string;
  cell: (row: Row) => ComponentChild;
  /** What its rows are sorted by; without it, they are not. Null is sorted last. */
  by?: (row: Row) => number | string | null;
  isNumber?: boolean;
  /** Whether it is the link to where the row leads; a press anywhere on the row is one on it. */
  leads?: boolean;
  /** Left out where there is little room. */
  isExtra?: boolean;
}

interface Sort {
  name: string;
  isDown: boolean;
}

const ROW_HEIGHT = 30;
/** Rows that are shown before the table scrolls within itself. */
const ROWS_SHOWN = 22;
/** Rows that are printed; of more it is said how many. */
const ROWS_PRINTED = 1_000;
const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: ROWS_SHOWN - 2,
  PageUp: 2 - ROWS_SHOWN,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** Rows of any number: those in sight are in the document. Arrow keys go from the link of one row to that of the next. */
export function DataTable<Row>(props: {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  routeOf: (row: Row) => Route;
  /** Classes of a row. */
  classOf?: (row: Row) => string;
  empty: string;
  /** Whether rows come at its end while it is shown. */
  isGrowing?: boolean;
}): JSX.Element {
  const { label, rows, columns, keyOf, routeOf, classOf, empty, isGrowing = false } = props;
  const [sort, setSort] = useState<Sort | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const sorted = useMemo(() => sortRows(rows, columns, sort), [rows, columns, sort]);
  const virtual = useVirtual({
    count: sorted.length,
    getScrollElement: () => body.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => (sorted[index] ? keyOf(sorted[index]) : index),
  });
  const isPrinting = usePrinting();
  useFollowEnd(body, sorted.length, isGrowing && sort === null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const from = (event.target as Element).closest('tbody tr');
    if (step === undefined || !from) return;
    event.preventDefault();
    const place = Math.max(0, Math.min(sorted.length - 1, Number(from.getAttribute('data-place')) + step));
    virtual.scrollToIndex(place, { align: 'auto' });
    const link = () => body.current?.querySelector<HTMLElement>(`[data-place="${place}"] .row-link`);
    const there = link();
    // At once where it can be: the next key may be pressed before the next frame.
    if (there) there.focus();
    else requestAnimationFrame(() => link()?.focus());
  };
  if (rows.length === 0) return <p class="table-empty muted">{empty}</p>;
  const height = Math.min(sorted.length, ROWS_SHOWN) * ROW_HEIGHT + 1;
  const shown: readonly { index: number; start: number }[] = isPrinting
    ? sorted.slice(0, ROWS_PRINTED).map((_, index) => ({ index, start: index * ROW_HEIGHT }))
    : virtual.getVirtualItems();
  const tracksOf = (some: readonly Column<Row>[]) => some.map(({ width }) => width).join(' ');
  const tracks = {
    '--tracks': tracksOf(columns),
    '--narrow-tracks': tracksOf(columns.filter(({ isExtra }) => !isExtra)),
  };
  return (
    <table
      class={sorted.length > ROWS_SHOWN ? 'table scrolls' : 'table'}
      aria-label={label}
      aria-rowcount={sorted.length + 1}
      style={tracks}
      onKeyDown={onKeyDown}
    >
      <thead>
        <tr aria-rowindex={1}>
          {columns.map((column) => (
            <Header key={column.name} column={column} sort={sort} onSort={setSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={body} style={isPrinting ? {} : { height: `${height}px`, '--room': `${virtual.getTotalSize()}px` }}>
        {shown.map(({ index, start }) => {
          const row = sorted[index];
          if (!row) return null;
          return (
            <tr
              key={keyOf(row)}
              class={classOf?.(row) ?? ''}
              aria-rowindex={index + 2}
              data-place={index}
              style={isPrinting ? {} : { transform: `translateY(${start}px)` }}
            >
              {columns.map((column) => (
                <td key={column.name} class={classOfCell(column)}>
                  {column.leads ? (
                    <Link to={routeOf(row)} class="row-link">
                      {column.cell(row)}
                    </Link>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          );
        })}
        {isPrinting && sorted.length > ROWS_PRINTED && (
          <tr>
            <td class="cell">and {formatCount(sorted.length - ROWS_PRINTED)} more</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Header<Row>(props: {
  column: Column<Row>;
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
}): JSX.Element {
  const { column, sort, onSort } = props;
  const { name, title = name } = column;
  const isSorted = sort?.name === name;
  if (!column.by) {
    return (
      <th scope="col" class={classOfCell(column)}>
        {title}
      </th>
    );
  }
  const isDown = isSorted ? !sort.isDown : (column.isNumber ?? false);
  return (
    <th
      scope="col"
      class={classOfCell(column)}
      aria-sort={isSorted ? (sort.isDown ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" class="sort-button" onClick={() => onSort({ name, isDown })}>
        {title}
        {isSorted && <Icon name={sort.isDown ? 'down' : 'up'} />}
      </button>
    </th>
  );
}

function classOfCell<Row>({ isNumber, isExtra }: Column<Row>): string {
  return `cell${isNumber ? ' number' : ''}${isExtra ? ' extra' : ''}`;
}

function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort | null): readonly Row[] {
  const by = columns.find(({ name }) => name === sort?.name)?.by;
  if (!by || !sort) return rows;
  const sign = sort.isDown ? -1 : 1;
  return rows
    .map((row) => ({ row, value: by(row) }))
    .toSorted((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      if (typeof a.value === 'number' && typeof b.value === 'number') return sign * (a.value - b.value);
      return sign * String(a.value).localeCompare(String(b.value));
    })
    .map(({ row }) => row);
}
