import type { ComponentChild, JSX } from 'preact';
import { KeyValues } from '../parts/key-values.tsx';
import { Link } from '../parts/link.tsx';
import { useShownRun } from '../state/run-context.ts';
import { CutText } from '../texts/cut-text.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted, formatDuration, formatTime, formatUsd } from '../words/numbers.ts';

/** What a run was run by and with: models, environment, versions, options, and the processes that worked on it. */
export function AboutView(): JSX.Element {
  const { head } = useShownRun().view;
  const { limits, startedAt, endedAt } = head;
  const pairs: [string, ComponentChild][] = [
    ['Run', <code>{<Visible text={head.id} />}</code>],
    ['Read from', head.origin === 'journal' ? 'its journal' : 'a log of the official library'],
    ['Root model', <Visible text={head.rootModel || 'not known'} />],
    ['Sub model', <Visible text={head.subModel || 'not known'} />],
    ['Environment', head.environment ?? 'not known'],
    ...(head.strategy
      ? ([['Strategy', <CutText text={`${head.strategy.name}: ${head.strategy.reason}`} />]] as [
          string,
          ComponentChild,
        ][])
      : []),
    ['Began', startedAt === null ? 'not known' : formatTime(startedAt)],
    ['Ended', endedAt === null ? '–' : formatTime(endedAt)],
    ['Budget', limits.budgetUsd === null ? 'none' : formatUsd(limits.budgetUsd)],
    ['Time limit', limits.durationMs === null ? 'none' : formatDuration(limits.durationMs)],
    ['Token limit', limits.tokens === null ? 'none' : limits.tokens.toLocaleString('en-US')],
    ['Iteration limit', limits.iterations ?? 'none'],
  ];
  return (
    <div class="about">
      <section class="card" aria-label="The run">
        <h2>The run</h2>
        <KeyValues pairs={pairs} />
        {head.forkedFrom && (
          <p>
            It was forked from{' '}
            <Link to={{ page: 'run', run: head.forkedFrom.runId, section: 'summary' }}>
              <Visible text={head.forkedFrom.runId} />
            </Link>{' '}
            after iteration {head.forkedFrom.iteration}:{' '}
            <Link to={{ page: 'compare', runs: [head.forkedFrom.runId, head.id] }}>compare the two</Link>.
          </p>
        )}
        {head.turn && (
          <p>
            It is turn {head.turn.turn} of the session <Visible text={head.turn.session} />.
          </p>
        )}
      </section>
      <section class="card" aria-label="Processes that worked on it">
        <h2>Processes that worked on it</h2>
        {head.lives.length === 0 && <p class="muted">Not known.</p>}
        <ol class="lives">
          {head.lives.map(({ startedAt, endedAt, replayedCalls }, place) => (
            <li key={startedAt}>
              {formatTime(startedAt)},{' '}
              {endedAt === null ? lifeEnd(place, head.lives.length, head.status) : formatDuration(endedAt - startedAt)}
              {replayedCalls > 0 && `: ${counted(replayedCalls, 'reply', 'replies')} from the journal`}
            </li>
          ))}
        </ol>
      </section>
      <section class="card" aria-label="Environment, versions, options">
        <h2>Environment, versions, options</h2>
        {head.facts.length === 0 && <p class="muted">Nothing is known of them.</p>}
        <KeyValues pairs={head.facts.map(([name, value]) => [name, <CutText key={name} text={value} />] as const)} />
      </section>
    </div>
  );
}

function lifeEnd(place: number, lives: number, status: string): string {
  return place === lives - 1 && status === 'running' ? 'at work' : 'killed';
}
