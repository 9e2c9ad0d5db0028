import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ViewSource } from '../../model/view-source.ts';
import { Link } from '../parts/link.tsx';
import { Loading, Notice } from '../parts/notice.tsx';
import type { Route } from '../routes/route.ts';
import { useRun } from '../state/use-run.ts';
import { RunHeadBand } from './run-head.tsx';

export type RunRoute = Extract<Route, { run: string }>;

/** One run: its head, its tabs, and the view of it that the address names. */
export function RunPage({ source, route }: { source: ViewSource; route: RunRoute }): JSX.Element {
  const { view, failure } = useRun(source, route.run);
  const query = view?.head.query?.head;
  useEffect(() => {
    document.title = query ? `${query.slice(0, 60)} · rlm view` : 'rlm view';
  }, [query]);
  return (
    <>
      {failure && (
        <Notice tone="bad" icon="warning">
          {failure} <Link to={{ page: 'runs' }}>All runs</Link>
        </Notice>
      )}
      {view ? <RunHeadBand view={view} isLive={source.isLive} /> : !failure && <Loading what="Reading the run …" />}
    </>
  );
}
