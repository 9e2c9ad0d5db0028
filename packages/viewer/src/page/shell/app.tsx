import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ViewSource } from '../../model/view-source.ts';
import { Link } from '../parts/link.tsx';
import { Loading, Notice } from '../parts/notice.tsx';
import type { Route } from '../routes/route.ts';
import { useRoute } from '../routes/use-route.ts';
import { RunPage } from '../run/run-page.tsx';
import { RunsPage } from '../runs/runs-page.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { KeyHelp } from './key-help.tsx';
import { SchemeSwitch } from './scheme.tsx';

/** The whole page: what stands above every view, and the view that the address names. */
export function App({ source }: { source: ViewSource }): JSX.Element {
  const route = useRoute();
  return (
    <>
      <button type="button" class="skip" onClick={toContent}>
        To the content
      </button>
      <header class="top">
        <Link to={{ page: 'runs' }} class="brand">
          rlm view
        </Link>
        <Link to={{ page: 'runs' }} class="plain-link">
          All runs
        </Link>
        <span class="grow" />
        <KeyHelp route={route} />
        <SchemeSwitch />
      </header>
      <main id="content" tabIndex={-1}>
        <Place source={source} route={route} />
      </main>
    </>
  );
}

function Place({ source, route }: { source: ViewSource; route: Route }): JSX.Element {
  switch (route.page) {
    case 'home':
      return <Home source={source} />;
    case 'runs':
      return <RunsPage source={source} />;
    case 'run':
    case 'call':
    case 'iteration':
    case 'document':
      return <RunPage source={source} route={route} />;
    default:
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
