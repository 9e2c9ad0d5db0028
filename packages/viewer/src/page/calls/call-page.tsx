import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { CallView } from '../../model/call-view.ts';
import { ReadTable } from '../coverage/read-table.tsx';
import { Icon } from '../parts/icon.tsx';
import { KeyValues } from '../parts/key-values.tsx';
import { Link } from '../parts/link.tsx';
import { Notice } from '../parts/notice.tsx';
import { useShownRun } from '../state/run-context.ts';
import { CutText } from '../texts/cut-text.tsx';
import { TextBox } from '../texts/text-box.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted, formatCount, formatDuration, formatShort, formatTime, formatUsd } from '../words/numbers.ts';
import { CALL_STATES, callStateOf, roleWord } from './call-state.ts';
import { callWord } from './call-words.ts';
import { StateBadge } from './state-badge.tsx';

/** One call: what was asked, what came back, what it cost, and what of the context it had. */
export function CallPage({ name }: { name: string }): JSX.Element {
  const { id, view, index } = useShownRun();
  const call = index.callOf(name);
  if (!call) return <Notice tone="warn">This run has no call of this name.</Notice>;
  const place = view.calls.indexOf(call);
  const state = callStateOf(call);
  return (
    <section aria-label={`Call ${name}`}>
      <div class="bar-of-tools">
        <h2>
          Call <Visible text={callWord(name)} />
        </h2>
        <StateBadge call={call} />
        <span class="muted">
          {roleWord(call.role)}
          {call.iteration > 0 && (
            <>
              {' of '}
              <Link to={{ page: 'iteration', run: id, node: call.node, number: call.iteration }}>
                iteration {call.iteration}
                {call.node !== '0' && ` of ${call.node}`}
              </Link>
            </>
          )}
          {call.codeBlock !== null && `, code block ${call.codeBlock + 1}`}
        </span>
        <span class="grow" />
        <span class="step-links">
          <Step to={view.calls[place - 1]} icon="left" label="Earlier call" run={id} />
          <span class="muted number">
            {place + 1} of {view.calls.length}
          </span>
          <Step to={view.calls[place + 1]} icon="right" label="Later call" run={id} />
        </span>
      </div>
      {state !== 'succeeded' && (
        <Notice tone={CALL_STATES[state].tone === 'bad' ? 'bad' : 'warn'} icon={CALL_STATES[state].icon}>
          {CALL_STATES[state].meaning}
          {call.error && (
            <>
              {' '}
              <code>
                <Visible text={call.error.code} />
              </code>
              : <CutText text={call.error.message} />
            </>
          )}
        </Notice>
      )}
      <KeyValues pairs={factsOf(call)} />
      <Prompt call={call} />
      <TextBox label="Reply" text={call.reply} empty={state === 'pending' ? 'It is under way.' : 'None.'} />
      <h3>What of the context it had</h3>
      <ReadTable call={place} />
    </section>
  );
}

function factsOf(call: CallView): [string, preact.ComponentChild][] {
  const { startedAt, endedAt } = call;
  return [
    ['Model', <Visible text={call.model} />],
    ...(call.requestedModel
      ? ([['Asked for', <Visible text={call.requestedModel} />]] as [string, preact.ComponentChild][])
      : []),
    ['Cost', formatUsd(call.costUsd)],
    ['Tokens', `${formatCount(call.inputTokens)} in, ${formatCount(call.outputTokens)} out`],
    ...(call.cachedInputTokens > 0
      ? ([['Of these cached', formatCount(call.cachedInputTokens)]] as [string, string][])
      : []),
    ...(call.reasoningTokens > 0
      ? ([['Of these reasoning', formatCount(call.reasoningTokens)]] as [string, string][])
      : []),
    ['Time', startedAt === null || endedAt === null ? '–' : formatDuration(endedAt - startedAt)],
    ...(startedAt === null ? [] : ([['Began', formatTime(startedAt)]] as [string, string][])),
    ...(call.retries > 0 ? ([['Asked again', counted(call.retries, 'time')]] as [string, string][]) : []),
    ...(call.spentUsd === null ? [] : ([['Run had spent', formatUsd(call.spentUsd)]] as [string, string][])),
  ];
}

function Prompt({ call }: { call: CallView }): JSX.Element {
  const earlier = useEarlierMessages(call);
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="prompt">
      <h3>
        Prompt <span class="muted number">{formatShort(call.promptChars)} characters</span>
      </h3>
      {call.kept > 0 && (
        <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{counted(call.kept, 'earlier message')}, which the call before had, too</summary>
          {isOpen && earlier.length < call.kept && (
            <p class="muted">{counted(call.kept - earlier.length, 'message')} of these are not known.</p>
          )}
          {isOpen && earlier.map(({ role, text }) => <TextBox key={text.id} label={role} text={text} />)}
        </details>
      )}
      {call.prompt.map(({ role, text }) => (
        <TextBox key={text.id} label={role} text={text} />
      ))}
      {call.prompt.length === 0 && call.kept === 0 && <p class="muted">It is not known.</p>}
    </div>
  );
}

/** Messages that this call's prompt begins with and earlier calls of its node and role brought in. */
function useEarlierMessages(call: CallView): CallView['prompt'] {
  const { view } = useShownRun();
  return useMemo(() => {
    let messages: CallView['prompt'] = [];
    for (const other of view.calls) {
      if (other === call) break;
      if (other.node === call.node && other.role === call.role)
        messages = [...messages.slice(0, other.kept), ...other.prompt];
    }
    return messages.slice(0, call.kept);
  }, [view.calls, call]);
}

function Step(props: { to: CallView | undefined; icon: 'left' | 'right'; label: string; run: string }): JSX.Element {
  const { to, icon, label, run } = props;
  if (!to) return <span class="icon-button is-dim" aria-hidden="true" />;
  return (
    <Link to={{ page: 'call', run, call: to.name }} class={`button step-${icon}`} title={label}>
      <Icon name={icon} />
      <span class="only-read">{label}</span>
    </Link>
  );
}
