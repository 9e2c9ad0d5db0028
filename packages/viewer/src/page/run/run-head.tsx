import type { JSX } from 'preact';
import type { RunView } from '../../model/run-view.ts';
import { knownUsdOf } from '../calls/call-words.ts';
import { coverageShares } from '../coverage/coverage-shares.ts';
import { ShareBar } from '../parts/share-bar.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted, formatCount, formatDuration, formatFraction, formatShort, formatUsd } from '../words/numbers.ts';
import { StatusBadge } from './run-status.tsx';

/** What stands above every view of a run: what was asked, how it stands, and what it came to in numbers. */
export function RunHeadBand({ view, isLive }: { view: RunView; isLive: boolean }): JSX.Element {
  const { head } = view;
  return (
    <section class="run-head" aria-label="The run in numbers">
      <div class="run-title">
        <StatusBadge status={head.status} />
        {isLive && head.status === 'running' && <span class="live-mark">live</span>}
        <h1 title={head.query?.head}>
          <Visible text={head.query?.head || 'A run without a query'} />
        </h1>
        <code class="run-id">
          <Visible text={head.id} />
        </code>
      </div>
      <dl class="figures">
        <Cost view={view} />
        <Figure name="Read">
          {head.coverage ? (
            <>
              <b>{formatFraction(head.coverage.fraction)}</b>
              <span class="of">of {formatShort(head.coverage.chars)} characters</span>
              {head.coverage.fraction !== null && <ShareBar shares={coverageShares(head.coverage)} />}
            </>
          ) : (
            <b>not known</b>
          )}
        </Figure>
        <Figure name="Calls">
          <b>{formatCount(head.spent.calls)}</b>
          <span class="of">{counted(head.subCalls, 'sub-call')}</span>
        </Figure>
        <Tokens view={view} />
        <Figure name="Iterations">
          <b>{formatCount(view.iterations.filter(({ node }) => node === '0').length)}</b>
          {head.limits.iterations !== null && <span class="of">of {head.limits.iterations}</span>}
        </Figure>
        <Figure name="Time">
          <b>{formatDuration(head.durationMs)}</b>
          {head.limits.durationMs !== null && <span class="of">of {formatDuration(head.limits.durationMs)}</span>}
        </Figure>
      </dl>
    </section>
  );
}

/** A log of the official library tells those of sub-calls alone. */
function Tokens({ view: { head } }: { view: RunView }): JSX.Element {
  const { inputTokens, outputTokens } = head.spent;
  const isOfSubCalls = head.origin === 'official-log';
  const sum = inputTokens + outputTokens;
  return (
    <Figure name="Tokens">
      <b>{isOfSubCalls && sum === 0 ? 'unknown' : formatShort(sum)}</b>
      {sum > 0 && (
        <span class="of">
          {formatShort(inputTokens)} in, {formatShort(outputTokens)} out{isOfSubCalls && ', of sub-calls'}
        </span>
      )}
    </Figure>
  );
}

function Cost({ view }: { view: RunView }): JSX.Element {
  const { spent, limits, origin } = view.head;
  const knownUsd = spent.costUsd ?? knownUsdOf(view.calls);
  const share = limits.budgetUsd ? knownUsd / limits.budgetUsd : null;
  return (
    <Figure name="Cost">
      <b
        title={spent.costUsd === null ? 'The price of at least one call is not known.' : `${spent.costUsd} US dollars`}
      >
        {formatUsd(spent.costUsd)}
      </b>
      <span class="of">
        {spent.costUsd === null && knownUsd > 0 && `at least ${formatUsd(knownUsd)}, `}
        {limits.budgetUsd !== null ? `of ${formatUsd(limits.budgetUsd)}` : origin === 'journal' && 'no cap'}
      </span>
      {share !== null && <ShareBar shares={[{ share, paint: share > 0.9 ? 'paint-bad' : 'paint-accent' }]} />}
    </Figure>
  );
}

function Figure({ name, children }: { name: string; children: preact.ComponentChildren }): JSX.Element {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
