import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RunStatus, RunSummary } from '../../model/run-summary.ts';
import type { ViewSource } from '../../model/view-source.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Loading, Notice } from '../parts/notice.tsx';
import { goTo } from '../routes/use-route.ts';
import { StatusBadge } from '../run/run-status.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { Visible } from '../texts/visible.tsx';
import { formatAge, formatBytes, formatDuration, formatTime, formatUsd } from '../words/numbers.ts';

/** How often the list of a live source is read again. */
const AGAIN_MS = 2000;

/** Every run of the source, the newest first. */
export function RunsPage({ source }: { source: ViewSource }): JSX.Element {
  const [runs, setRuns] = useState<RunSummary[] | null>(null);
  const [round, setRound] = useState(0);
  const loaded = useLoaded(() => source.listRuns(), [source, round]);
  useEffect(() => {
    document.title = 'Runs · rlm view';
  }, []);
  useEffect(() => {
    if (loaded.state === 'loading') return;
    if (loaded.state === 'ready') setRuns(loaded.value);
    const timer = source.isLive ? setTimeout(() => setRound(round + 1), AGAIN_MS) : undefined;
    return () => clearTimeout(timer);
  }, [loaded, source, round]);
  if (loaded.state === 'failed') {
    return (
      <Notice tone="bad" icon="warning">
        {loaded.message}
      </Notice>
    );
  }
  if (!runs) return <Loading what="Reading the runs …" />;
  if (runs.length === 0) {
    return (
      <Notice>
        There are no runs here. A run with a store is one: <code>rlm ask --store runs …</code>. Or drop a log of the
        official library on this page.
      </Notice>
    );
  }
  return <Runs runs={runs} />;
}

function Runs({ runs }: { runs: RunSummary[] }): JSX.Element {
  const [wanted, setWanted] = useState('');
  const [status, setStatus] = useState<RunStatus | 'all'>('all');
  const [compared, setCompared] = useState<readonly string[]>([]);
  const shown = useMemo(() => filterRuns(runs, wanted, status), [runs, wanted, status]);
  const columns = useMemo(() => columnsOf(Date.now(), compared, setCompared), [compared, runs]);
  const [a, b] = compared;
  return (
    <section aria-label="Runs">
      <div class="bar-of-tools">
        <h1>Runs</h1>
        <span class="muted number">
          {shown.length === runs.length ? runs.length : `${shown.length} of ${runs.length}`}
        </span>
        <span class="grow" />
        <button type="button" disabled={!a || !b} onClick={() => a && b && goTo({ page: 'compare', runs: [a, b] })}>
          Compare two
        </button>
        <select
          aria-label="Status"
          value={status}
          onChange={(event) => setStatus(event.currentTarget.value as RunStatus | 'all')}
        >
          {['all', 'running', 'answered', 'failed', 'aborted', 'stopped'].map((name) => (
            <option key={name} value={name}>
              {name === 'all' ? 'any status' : name}
            </option>
          ))}
        </select>
        <input
          type="search"
          data-filter
          placeholder="Filter: words of the query, id, model"
          aria-label="Filter"
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </div>
      <DataTable
        label="Runs"
        rows={shown}
        columns={columns}
        keyOf={({ id }) => id}
        routeOf={({ id }) => ({ page: 'run', run: id, section: 'summary' })}
        empty="No run is like that."
      />
    </section>
  );
}

function columnsOf(
  now: number,
  compared: readonly string[],
  onCompare: (runs: readonly string[]) => void,
): Column<RunSummary>[] {
  const toggle = (id: string) =>
    onCompare(compared.includes(id) ? compared.filter((other) => other !== id) : [...compared, id].slice(-2));
  return [
    {
      name: 'Two',
      width: '34px',
      isExtra: true,
      cell: ({ id }) => (
        <input
          type="checkbox"
          aria-label={`Compare ${id}`}
          checked={compared.includes(id)}
          onChange={() => toggle(id)}
        />
      ),
    },
    {
      name: 'Status',
      width: '104px',
      cell: ({ status }) => (status ? <StatusBadge status={status} /> : <span class="muted">not read yet</span>),
      by: ({ status }) => status,
    },
    {
      name: 'Query',
      width: 'minmax(120px, 1fr)',
      leads: true,
      cell: ({ id, query }) => <Visible text={query || id} />,
      by: ({ query, id }) => query ?? id,
    },
    {
      name: 'Model',
      width: 'minmax(90px, 170px)',
      isExtra: true,
      cell: ({ rootModel }) => <Visible text={rootModel ?? ''} />,
      by: ({ rootModel }) => rootModel,
    },
    {
      name: 'Cost',
      width: '84px',
      isNumber: true,
      cell: ({ costUsd }) => (costUsd === null ? '' : formatUsd(costUsd)),
      by: ({ costUsd }) => costUsd,
    },
    {
      name: 'Time',
      width: '88px',
      isNumber: true,
      isExtra: true,
      cell: ({ durationMs }) => formatDuration(durationMs),
      by: ({ durationMs }) => durationMs,
    },
    {
      name: 'Size',
      width: '76px',
      isNumber: true,
      isExtra: true,
      cell: ({ bytes }) => formatBytes(bytes),
      by: ({ bytes }) => bytes,
    },
    {
      name: 'Age',
      width: '88px',
      isNumber: true,
      cell: ({ startedAt, changedAt }) => {
        const at = startedAt ?? changedAt;
        return at === null ? '' : <time title={formatTime(at)}>{formatAge(at, now)}</time>;
      },
      by: ({ startedAt, changedAt }) => startedAt ?? changedAt,
    },
  ];
}

function filterRuns(runs: RunSummary[], wanted: string, status: RunStatus | 'all'): RunSummary[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter((run) => {
    const text = `${run.query ?? ''} ${run.id} ${run.rootModel ?? ''}`.toLowerCase();
    return (status === 'all' || run.status === status) && words.every((word) => text.includes(word));
  });
}
