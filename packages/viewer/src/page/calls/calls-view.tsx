import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { CallView } from '../../model/call-view.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { useShownRun } from '../state/run-context.ts';
import { counted } from '../words/numbers.ts';
import { callColumns } from './call-columns.tsx';
import { CALL_STATE_NAMES, CALL_STATES, type CallState, callStateOf, isOfRoot } from './call-state.ts';

/** Every call of the run. */
export function CallsView(): JSX.Element {
  const { view } = useShownRun();
  const [wanted, setWanted] = useState('');
  const [state, setState] = useState<CallState | 'all'>('all');
  const [who, setWho] = useState<'all' | 'root' | 'sub'>('all');
  const columns = useMemo(() => callColumns(view.nodes.length > 1), [view.nodes.length]);
  const counts = useMemo(() => Map.groupBy(view.calls, callStateOf), [view.calls]);
  const shown = useMemo(() => {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    return view.calls.filter((call) => {
      if (state !== 'all' && callStateOf(call) !== state) return false;
      if (who !== 'all' && isOfRoot(call) !== (who === 'root')) return false;
      const text = wordsOf(call);
      return words.every((word) => text.includes(word));
    });
  }, [view.calls, wanted, state, who]);
  return (
    <section aria-label="Calls">
      <div class="bar-of-tools">
        <span class="muted number">
          {shown.length === view.calls.length
            ? counted(shown.length, 'call')
            : `${shown.length} of ${counted(view.calls.length, 'call')}`}
        </span>
        <span class="grow" />
        <select
          aria-label="Who asked"
          value={who}
          onChange={(event) => setWho(event.currentTarget.value as typeof who)}
        >
          <option value="all">root and sub-calls</option>
          <option value="root">root alone</option>
          <option value="sub">sub-calls alone</option>
        </select>
        <select
          aria-label="State"
          value={state}
          onChange={(event) => setState(event.currentTarget.value as typeof state)}
        >
          <option value="all">any state</option>
          {CALL_STATE_NAMES.filter((name) => counts.has(name)).map((name) => (
            <option key={name} value={name}>
              {CALL_STATES[name].word} ({counts.get(name)?.length})
            </option>
          ))}
        </select>
        <input
          type="search"
          data-filter
          placeholder="Filter: how it begins, model, name"
          aria-label="Filter"
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </div>
      <CallTable calls={shown} columns={columns} label="Calls" isGrowing={view.head.status === 'running'} />
    </section>
  );
}

export function CallTable(props: {
  calls: readonly CallView[];
  columns: readonly Column<CallView>[];
  label: string;
  isGrowing?: boolean;
}): JSX.Element {
  const { id } = useShownRun();
  return (
    <DataTable
      label={props.label}
      rows={props.calls}
      columns={props.columns}
      keyOf={({ name }) => name}
      routeOf={({ name }) => ({ page: 'call', run: id, call: name })}
      classOf={(call) => (['replayed', 'left'].includes(callStateOf(call)) ? 'is-dim' : '')}
      isGrowing={props.isGrowing ?? false}
      empty="No call is like that."
    />
  );
}

function wordsOf({ name, model, error, prompt, reply }: CallView): string {
  return `${name} ${model} ${error?.code ?? ''} ${prompt.at(-1)?.text.head ?? ''} ${reply?.head ?? ''}`.toLowerCase();
}
