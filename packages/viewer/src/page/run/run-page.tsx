import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { RunView } from '../../model/run-view.ts';
import type { ViewSource } from '../../model/view-source.ts';
import { AboutView } from '../about/about-view.tsx';
import { AnswersView } from '../answers/answers-view.tsx';
import { BudgetView } from '../budget/budget-view.tsx';
import { CallPage } from '../calls/call-page.tsx';
import { CallsView } from '../calls/calls-view.tsx';
import { CoverageMap } from '../coverage/coverage-map.tsx';
import { DocumentPage } from '../coverage/document-page.tsx';
import { IterationsView } from '../iterations/iterations-view.tsx';
import { Link } from '../parts/link.tsx';
import { Loading, Notice } from '../parts/notice.tsx';
import type { RunRoute } from '../routes/route.ts';
import { RunProvider } from '../state/run-context.ts';
import { indexRun } from '../state/run-index.ts';
import { useRun } from '../state/use-run.ts';
import { TextReader } from '../texts/text-reader.ts';
import { TimelineView } from '../timeline/timeline-view.tsx';
import { ToolsView } from '../tools/tools-view.tsx';
import { TreeView } from '../tree/tree-view.tsx';
import { RunHeadBand } from './run-head.tsx';
import { RunTabs } from './run-tabs.tsx';
import { SummaryView } from './summary-view.tsx';

/** One run: its head, its tabs, and the view of it that the address names. */
export function RunPage({ source, route }: { source: ViewSource; route: RunRoute }): JSX.Element {
  const { run } = route;
  const { view, failure } = useRun(source, run);
  const reader = useMemo(
    () => new TextReader((text, start, end) => source.readText(run, text, start, end)),
    [source, run],
  );
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
      {view ? (
        <Shown {...{ view, reader, route }} isLive={source.isLive} />
      ) : (
        !failure && <Loading what="Reading the run …" />
      )}
    </>
  );
}

function Shown(props: { view: RunView; reader: TextReader; route: RunRoute; isLive: boolean }): JSX.Element {
  const { view, reader, route, isLive } = props;
  const index = useMemo(() => indexRun(view), [view]);
  const shown = useMemo(() => ({ id: route.run, view, index, reader }), [route.run, view, index, reader]);
  return (
    <RunProvider value={shown}>
      <RunHeadBand view={view} isLive={isLive} />
      <RunTabs view={view} route={route} />
      <div class="run-view">
        <Place route={route} />
      </div>
    </RunProvider>
  );
}

function Place({ route }: { route: RunRoute }): JSX.Element {
  if (route.page === 'call') return <CallPage name={route.call} key={route.call} />;
  if (route.page === 'iteration') return <IterationsView at={route} />;
  if (route.page === 'document') return <DocumentPage document={route.document} at={route.at} />;
  switch (route.section) {
    case 'summary':
      return <SummaryView />;
    case 'timeline':
      return <TimelineView />;
    case 'iterations':
      return <IterationsView at={null} />;
    case 'calls':
      return <CallsView />;
    case 'tree':
      return <TreeView />;
    case 'coverage':
      return <CoverageMap />;
    case 'answers':
      return <AnswersView />;
    case 'budget':
      return <BudgetView />;
    case 'tools':
      return <ToolsView />;
    case 'about':
      return <AboutView />;
  }
}
