import type { ComponentChild, JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { RunView } from '../../model/run-view.ts';
import type { ViewSource } from '../../model/view-source.ts';
import { Link } from '../parts/link.tsx';
import { Loading, Notice } from '../parts/notice.tsx';
import { StatusBadge } from '../run/run-status.tsx';
import { RunProvider, type ShownRun } from '../state/run-context.ts';
import { indexRun } from '../state/run-index.ts';
import { type Loaded, useLoaded } from '../state/use-loaded.ts';
import { TextBox } from '../texts/text-box.tsx';
import { TextReader } from '../texts/text-reader.ts';
import { Visible } from '../texts/visible.tsx';
import { TreeView } from '../tree/tree-view.tsx';
import { formatCount, formatDuration, formatFraction, formatUsd } from '../words/numbers.ts';
import { firstDifference } from './first-difference.ts';
import { TextDiff } from './text-diff.tsx';

/** Two runs side by side: what they came to, where they part, and their trees. */
export function ComparePage({ source, runs: [a, b] }: { source: ViewSource; runs: [string, string] }): JSX.Element {
  const left = useShown(source, a);
  const right = useShown(source, b);
  useEffect(() => {
    document.title = 'Two runs · rlm view';
  }, []);
  if (left.state === 'ready' && right.state === 'ready') return <Compared runs={[left.value, right.value]} />;
  const failed = [left, right].find(({ state }) => state === 'failed');
  if (failed?.state === 'failed') {
    return (
      <Notice tone="bad" icon="warning">
        {failed.message} <Link to={{ page: 'runs' }}>All runs</Link>
      </Notice>
    );
  }
  return <Loading what="Reading two runs …" />;
}

function useShown(source: ViewSource, id: string): Loaded<ShownRun> {
  return useLoaded(async () => {
    const view = await source.readRun(id);
    const reader = new TextReader((text, start, end) => source.readText(id, text, start, end));
    return { id, view, index: indexRun(view), reader };
  }, [source, id]);
}

function Compared({ runs }: { runs: [ShownRun, ShownRun] }): JSX.Element {
  const rows = useMemo(() => rowsOf(runs.map(({ view }) => view) as [RunView, RunView]), [runs]);
  return (
    <section class="compare" aria-label="Two runs">
      <div class="bar-of-tools">
        <h1>Two runs</h1>
      </div>
      <table class="compare-table">
        <thead>
          <tr>
            <th scope="col">
              <span class="only-read">What</span>
            </th>
            {runs.map(({ id, view }, place) => (
              <th scope="col" key={place}>
                <Link to={{ page: 'run', run: id, section: 'summary' }}>
                  <Visible text={id} />
                </Link>{' '}
                <StatusBadge status={view.head.status} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, left, right]) => (
            <tr key={name} class={left === right ? '' : 'differs'}>
              <th scope="row">{name}</th>
              <td>
                <Visible text={left} />
              </td>
              <td>
                <Visible text={right} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <FirstDifference runs={runs} />
      <Sides runs={runs}>
        {({ view }) => (
          <TextBox
            label={view.head.end?.isFinal ? 'Answer' : 'Held as the answer: a draft'}
            text={view.head.end?.answer ?? null}
            empty="There is none."
          />
        )}
      </Sides>
      <h2>Trees</h2>
      <Sides runs={runs}>{() => <TreeView isNarrow />}</Sides>
    </section>
  );
}

function Sides(props: { runs: [ShownRun, ShownRun]; children: (run: ShownRun) => ComponentChild }): JSX.Element {
  return (
    <div class="sides">
      {props.runs.map((run, place) => (
        <RunProvider key={place} value={run}>
          <div>{props.children(run)}</div>
        </RunProvider>
      ))}
    </div>
  );
}

function FirstDifference({ runs }: { runs: [ShownRun, ShownRun] }): JSX.Element {
  const difference = useLoaded((signal) => firstDifference(...runs, signal), [runs]);
  if (difference.state === 'loading') return <Loading what="Looking for the first difference …" />;
  if (difference.state === 'failed') return <Notice tone="bad">{difference.message}</Notice>;
  if (!difference.value)
    return <Notice icon="answered">They asked, ran and printed the same, and came to the same.</Notice>;
  const { where, a, b, routes } = difference.value;
  return (
    <section class="card" aria-label="First difference">
      <h2>First difference</h2>
      <p>
        {where}.{' '}
        {routes.map((route, place) =>
          route ? (
            <span key={place}>
              <Link to={route}>{place === 0 ? 'In the first run' : 'in the second'}</Link>{' '}
            </span>
          ) : (
            <span key={place} class="muted">
              {place === 0 ? 'The first run has nothing there. ' : 'The second run has nothing there.'}
            </span>
          ),
        )}
      </p>
      <TextDiff a={a} b={b} runs={runs} />
    </section>
  );
}

function rowsOf(views: [RunView, RunView]): [string, string, string][] {
  const row = (name: string, of: (view: RunView) => string): [string, string, string] => [
    name,
    of(views[0]),
    of(views[1]),
  ];
  return [
    row('Query', ({ head }) => head.query?.head ?? 'not known'),
    row('How it ended', ({ head }) => head.end?.stopReason.replaceAll('_', ' ') ?? 'it has not'),
    row('Answer', ({ head }) => head.end?.answer?.head ?? 'none'),
    row('Cost', ({ head }) => formatUsd(head.spent.costUsd)),
    row('Root model', ({ head }) => head.rootModel),
    row('Sub model', ({ head }) => head.subModel),
    row('Iterations', ({ iterations }) => formatCount(iterations.filter(({ node }) => node === '0').length)),
    row('Calls', ({ head }) => formatCount(head.spent.calls)),
    row('Sub-calls', ({ head }) => formatCount(head.subCalls)),
    row('Tokens in', ({ head }) => formatCount(head.spent.inputTokens)),
    row('Tokens out', ({ head }) => formatCount(head.spent.outputTokens)),
    row('Read of the context', ({ head }) => (head.coverage ? formatFraction(head.coverage.fraction) : 'not known')),
    row('Refused answers', ({ refusals }) => formatCount(refusals.length)),
    row('Time', ({ head }) => formatDuration(head.durationMs)),
    row('Read from', ({ head }) => (head.origin === 'journal' ? 'a journal' : 'a log of the official library')),
  ];
}
