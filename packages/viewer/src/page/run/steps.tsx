import type { ComponentChild } from 'preact';
import { callStateOf } from '../calls/call-state.ts';
import { withoutFences } from '../calls/call-words.ts';
import { Badge } from '../parts/badge.tsx';
import { Link } from '../parts/link.tsx';
import { useShownRun } from '../state/run-context.ts';
import { CutText } from '../texts/cut-text.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted } from '../words/numbers.ts';

/** More iterations of the root are shown by their own view. */
const STEPS = 30;

/** Each iteration of the root in a line. */
export function Steps(): ComponentChild {
  const { id, view, index } = useShownRun();
  const own = view.iterations.filter(({ node }) => node === '0');
  if (own.length === 0) return null;
  return (
    <section class="card" aria-label="Step by step">
      <h2>Step by step</h2>
      <ol class="steps">
        {own.slice(0, STEPS).map((iteration) => {
          const blocks = index.blocksOf(iteration);
          const calls = blocks.flatMap((block) => index.callsOf(block));
          const odd = calls.filter(
            (call) => !['succeeded', 'replayed', 'pending', 'left'].includes(callStateOf(call)),
          ).length;
          const refusals = view.refusals.filter(({ node, iteration: at }) => node === '0' && at === iteration.number);
          return (
            <li key={iteration.number}>
              <Link to={{ page: 'iteration', run: id, node: '0', number: iteration.number }}>
                Iteration {iteration.number}
              </Link>
              <span class="one-line">
                <Visible text={withoutFences(iteration.response?.head ?? '') || 'It had not ended.'} />
              </span>
              <span class="step-facts">
                {calls.length > 0 && <span class="muted">{counted(calls.length, 'sub-call')}</span>}
                {odd > 0 && <Badge tone="warn" icon="warning" word={`${odd} without a whole reply`} />}
                {blocks.some(({ status }) => status !== 'ok' && status !== null) && (
                  <Badge tone="bad" icon="failed" word="code failed" />
                )}
                {refusals.length > 0 && <Badge tone="warn" icon="refused" word="answer refused" />}
              </span>
              {refusals.map(({ problems }, place) => (
                <span key={place} class="step-why">
                  <CutText
                    text={problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ')}
                  />
                </span>
              ))}
            </li>
          );
        })}
      </ol>
      {own.length > STEPS && (
        <p>
          <Link to={{ page: 'run', run: id, section: 'iterations' }}>and {own.length - STEPS} more</Link>
        </p>
      )}
    </section>
  );
}
