import type { ComponentChild, JSX } from 'preact';
import type { FindingCallView } from '../../model/assessment-view.ts';
import { Link } from '../parts/link.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted } from '../words/numbers.ts';

/** Calls that are named; the others are told as a number. */
const SHOWN = 12;

/** The calls that a finding rests on: those that quote its lines, and those that had them in their prompts. */
export function FindingCalls({ calls }: { calls: readonly FindingCallView[] }): ComponentChild {
  const said = calls.filter(({ how }) => how === 'said');
  const read = calls.filter(({ how }) => how === 'read');
  if (calls.length === 0) return null;
  return (
    <p class="finding-calls muted">
      {said.length > 0 && <Named word="Found by" calls={said} />}{' '}
      {read.length > 0 && <Named word="Also read by" calls={read} />}
    </p>
  );
}

function Named({ word, calls }: { word: string; calls: readonly FindingCallView[] }): JSX.Element {
  const bySample = [...Map.groupBy(calls.slice(0, SHOWN), ({ sample }) => sample)];
  const more = calls.length - SHOWN;
  return (
    <span>
      {word}{' '}
      {bySample.map(([sample, some], place) => (
        <span key={sample}>
          {place > 0 && '; '}
          {some.map(({ runId, call }, at) => (
            <span key={call}>
              {at > 0 && ', '}
              <Link to={{ page: 'call', run: runId, call }}>
                <Visible text={call} />
              </Link>
            </span>
          ))}{' '}
          of sample {sample}
        </span>
      ))}
      {more > 0 && `, and ${counted(more, 'more', 'more')}`}.
    </span>
  );
}
