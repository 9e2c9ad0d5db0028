import type { JSX } from 'preact';
import type { CallView } from '../../model/call-view.ts';
import { CALL_STATE_NAMES, CALL_STATES, callStateOf } from '../calls/call-state.ts';
import { Icon } from '../parts/icon.tsx';
import { counted } from '../words/numbers.ts';

/** What the colors mean, and what was not as usual: each leads to the next of its kind. */
export function Legend(props: { calls: readonly CallView[]; onNext: (state: string) => void }): JSX.Element {
  const { calls, onNext } = props;
  const counts = Map.groupBy(calls, callStateOf);
  const retried = calls.filter(({ retries }) => retries > 0).length;
  return (
    <ul class="legend">
      <li>
        <span class="swatch paint-root" /> root model
      </li>
      <li>
        <span class="swatch swatch-code" /> code runs
      </li>
      <li>
        <span class="swatch swatch-waits" /> waits for sub-calls
      </li>
      <li>
        <span class="swatch paint-sub" /> sub-call
      </li>
      {CALL_STATE_NAMES.filter((state) => state !== 'succeeded' && counts.has(state)).map((state) => {
        const { icon, tone, word, meaning } = CALL_STATES[state];
        return (
          <li key={state}>
            <button
              type="button"
              class={`badge tone-${tone}`}
              title={`${meaning} Go to the next one.`}
              onClick={() => onNext(state)}
            >
              <Icon name={icon} />
              {counts.get(state)?.length} {word}
            </button>
          </li>
        );
      })}
      {retried > 0 && (
        <li>
          <button
            type="button"
            class="badge tone-warn"
            title="Asked again after a fault. Go to the next one."
            onClick={() => onNext('retried')}
          >
            <Icon name="retried" />
            {counted(retried, 'retried', 'retried')}
          </button>
        </li>
      )}
    </ul>
  );
}
