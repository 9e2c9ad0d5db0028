import type { JSX } from 'preact';
import { headOf } from '../../texts/text-ref.ts';
import { CALL_STATES, callStateOf, roleWord } from '../calls/call-state.ts';
import { callWord, withoutFences } from '../calls/call-words.ts';
import { StateBadge } from '../calls/state-badge.tsx';
import { Link } from '../parts/link.tsx';
import { useShownRun } from '../state/run-context.ts';
import { Visible } from '../texts/visible.tsx';
import { counted, formatDuration, formatShort, formatUsd } from '../words/numbers.ts';
import type { Bar } from './rows.ts';

/** What the pointer, or the keyboard, is at: always as high, so that nothing moves. */
export function BarDetails({ bar }: { bar: Bar | null }): JSX.Element {
  return (
    <div class="bar-details" aria-live="polite">
      {bar ? <Details bar={bar} /> : <span class="muted">Point at a bar for what it is; press it to open it.</span>}
    </div>
  );
}

function Details({ bar }: { bar: Bar }): JSX.Element {
  const { id, index } = useShownRun();
  if (bar.kind === 'call') {
    const { call } = bar;
    const state = callStateOf(call);
    return (
      <>
        <p>
          <Link to={{ page: 'call', run: id, call: call.name }}>Call {callWord(call.name)}</Link>{' '}
          <StateBadge call={call} /> {roleWord(call.role)} · <Visible text={call.model} /> · {durationOf(call)} ·{' '}
          {formatShort(call.inputTokens)} in, {formatShort(call.outputTokens)} out · {formatUsd(call.costUsd)}
          {call.retries > 0 && ` · ${counted(call.retries, 'retry', 'retries')}`}
        </p>
        <p class="one-line muted">
          {state === 'succeeded' || state === 'replayed' ? (
            <Visible text={call.reply?.head ?? ''} />
          ) : (
            <Visible text={headOf(call.error?.message ?? CALL_STATES[state].meaning)} />
          )}
        </p>
      </>
    );
  }
  const { node, number } =
    bar.kind === 'iteration' ? bar.iteration : { node: bar.block.node, number: bar.block.iteration };
  const link = (
    <Link to={{ page: 'iteration', run: id, node, number }}>
      Iteration {number}
      {node !== '0' && ` of ${node}`}
    </Link>
  );
  if (bar.kind === 'iteration') {
    return (
      <>
        <p>
          {link} · {durationOf(bar.iteration)} · {counted(index.blocksOf(bar.iteration).length, 'code block')}
        </p>
        <p class="one-line muted">
          <Visible text={withoutFences(bar.iteration.response?.head ?? '')} />
        </p>
      </>
    );
  }
  return (
    <>
      <p>
        {link}, code block {bar.block.number + 1} · {bar.block.status?.replaceAll('_', ' ') ?? 'runs'} ·{' '}
        {durationOf(bar.block)} · {counted(index.callsOf(bar.block).length, 'sub-call')}
      </p>
      <p class="one-line muted">
        <Visible text={bar.block.code.head} />
      </p>
    </>
  );
}

function durationOf({ startedAt, endedAt }: { startedAt: number | null; endedAt: number | null }): string {
  if (startedAt === null) return 'time not known';
  return endedAt === null ? 'under way' : formatDuration(endedAt - startedAt);
}
