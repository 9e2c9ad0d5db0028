import type { JSX } from 'preact';
import type { ViewSource } from '../../model/view-source.ts';
import { Link } from '../parts/link.tsx';
import { Loading, Notice } from '../parts/notice.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { Visible } from '../texts/visible.tsx';

/** Every run of the source. */
export function RunsPage({ source }: { source: ViewSource }): JSX.Element {
  const runs = useLoaded(() => source.listRuns(), [source]);
  if (runs.state === 'loading') return <Loading what="Reading the runs …" />;
  if (runs.state === 'failed') return <Notice tone="bad">{runs.message}</Notice>;
  if (runs.value.length === 0) return <Notice>There are no runs here.</Notice>;
  return (
    <ul>
      {runs.value.map((run) => (
        <li key={run.id}>
          <Link to={{ page: 'run', run: run.id, section: 'summary' }}>
            <Visible text={run.query ?? run.id} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
