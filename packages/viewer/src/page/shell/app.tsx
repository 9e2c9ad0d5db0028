import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { AssessmentView } from '../../model/assessment-view.ts';
import type { ViewSource } from '../../model/view-source.ts';
import { AssessmentPage } from '../assessment/assessment-page.tsx';
import { ComparePage } from '../compare/compare-page.tsx';
import { OpenLog } from '../dropped/open-log.tsx';
import { useDropped } from '../dropped/use-dropped.ts';
import { Link } from '../parts/link.tsx';
import { Loading, Notice } from '../parts/notice.tsx';
import type { Route } from '../routes/route.ts';
import { useRoute } from '../routes/use-route.ts';
import { RunPage } from '../run/run-page.tsx';
import { RunsPage } from '../runs/runs-page.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { Visible } from '../texts/visible.tsx';
import { KeyHelp } from './key-help.tsx';
import { SchemeSwitch } from './scheme.tsx';

/** The whole page: what stands above every view, and the view that the address names. */
export function App({ source: own }: { source: ViewSource }): JSX.Element {
  const route = useRoute();
  const { source, open, failures } = useDropped(own);
  const loaded = useLoaded(() => source.readAssessment(), [source]);
  const assessment = loaded.state === 'ready' ? loaded.value : null;
  return (
    <>
      <button type="button" class="skip" onClick={toContent}>
        To the content
      </button>
      <header class="top">
        <Link to={{ page: 'runs' }} class="brand">
          rlm view
        </Link>
        {assessment && (
          <Link
            to={{ page: 'assessment', worker: null, finding: null }}
            class="plain-link"
            current={route.page === 'assessment'}
          >
            Assessment
          </Link>
        )}
        <Link to={{ page: 'runs' }} class="plain-link" current={route.page === 'runs'}>
          All runs
        </Link>
        <span class="grow" />
        <OpenLog onFiles={open} />
        <KeyHelp route={route} />
        <SchemeSwitch />
      </header>
      <main id="content" tabIndex={-1}>
        {failures.map((failure) => (
          <Notice key={failure} tone="bad" icon="warning">
            <Visible text={failure} />
          </Notice>
        ))}
        {loaded.state === 'loading' ? <Loading what="Reading …" /> : <Place {...{ source, route, assessment }} />}
      </main>
    </>
  );
}

function Place(props: { source: ViewSource; route: Route; assessment: AssessmentView | null }): JSX.Element {
  const { source, route, assessment } = props;
  switch (route.page) {
    case 'home':
      return assessment ? (
        <AssessmentPage assessment={assessment} worker={null} finding={null} />
      ) : (
        <Home source={source} />
      );
    case 'assessment':
      if (!assessment) return <Notice tone="warn">This page is about no assessment.</Notice>;
      return <AssessmentPage assessment={assessment} worker={route.worker} finding={route.finding} />;
    case 'compare':
      return <ComparePage source={source} runs={route.runs} />;
    case 'runs':
      return <RunsPage source={source} />;
    case 'run':
    case 'call':
    case 'iteration':
    case 'document':
      return <RunPage source={source} route={route} />;
    case 'unknown':
      return (
        <Notice tone="warn" icon="warning">
          There is nothing at this address. <Link to={{ page: 'runs' }}>All runs</Link>
        </Notice>
      );
  }
}

/** Where a page without an address begins: the one run that is there, or all of them. */
function Home({ source }: { source: ViewSource }): JSX.Element {
  const runs = useLoaded(() => source.listRuns(), [source]);
  const only = runs.state === 'ready' && runs.value.length === 1 ? runs.value[0] : undefined;
  useEffect(() => {
    document.title = 'rlm view';
  }, []);
  if (runs.state === 'loading') return <Loading what="Reading …" />;
  if (only) return <RunPage source={source} route={{ page: 'run', run: only.id, section: 'summary' }} />;
  return <RunsPage source={source} />;
}

function toContent(): void {
  document.getElementById('content')?.focus();
}
