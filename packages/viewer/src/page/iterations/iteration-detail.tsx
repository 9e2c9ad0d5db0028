import type { ComponentChild, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { CodeBlockView, IterationView } from '../../model/run-view.ts';
import { callColumns } from '../calls/call-columns.tsx';
import { callWord } from '../calls/call-words.ts';
import { CallTable } from '../calls/calls-view.tsx';
import { StateBadge } from '../calls/state-badge.tsx';
import { Badge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { Notice } from '../parts/notice.tsx';
import { useShownRun } from '../state/run-context.ts';
import { CutText } from '../texts/cut-text.tsx';
import { TextBox } from '../texts/text-box.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted, formatDuration, formatUsd } from '../words/numbers.ts';

/** One iteration: what was new in its prompt, what the model wrote, each code block with what came of it. */
export function IterationDetail({ iteration }: { iteration: IterationView }): JSX.Element {
  const { id, view, index } = useShownRun();
  const { node, number, startedAt, endedAt } = iteration;
  const call = iteration.call === null ? undefined : view.calls[iteration.call];
  const refusals = view.refusals.filter((refusal) => refusal.node === node && refusal.iteration === number);
  const blocks = index.blocksOf(iteration);
  return (
    <article class="iteration">
      <div class="bar-of-tools">
        <h2>
          Iteration {number}
          {node !== '0' && ` of ${node}`}
        </h2>
        {call && (
          <span class="muted">
            <Link to={{ page: 'call', run: id, call: call.name }}>call {callWord(call.name)}</Link>{' '}
            <StateBadge call={call} /> {formatUsd(call.costUsd)}
            {startedAt !== null && endedAt !== null && ` · ${formatDuration(endedAt - startedAt)}`}
          </span>
        )}
        <span class="grow" />
        <span class="step-links">
          <Step iteration={index.iterationOf(node, number - 1)} icon="left" label="Earlier iteration" />
          <Step iteration={index.iterationOf(node, number + 1)} icon="right" label="Later iteration" />
        </span>
      </div>
      {iteration.isLeftBehind && <LeftBehind what="this iteration" />}
      {call && (
        <details class="new-in-prompt">
          <summary>
            What was new in the prompt: {counted(call.prompt.length, 'message')}
            {call.kept > 0 && <span class="muted"> after {counted(call.kept, 'earlier one')}</span>}
          </summary>
          {call.prompt.map(({ role, text }) => (
            <TextBox key={text.id} label={role} text={text} />
          ))}
        </details>
      )}
      <TextBox
        label="What the model wrote"
        text={iteration.response}
        empty={endedAt === null ? 'It is under way.' : 'Nothing.'}
      />
      {blocks.map((block) => (
        <CodeBlock key={block.number} block={block} of={blocks.length} />
      ))}
      {refusals.map((refusal, place) => (
        <section key={place} class="card" aria-label="Refused answer">
          <h3>
            <Badge tone="warn" icon="refused" word="refused answer" />
          </h3>
          <ul class="problems">
            {refusal.problems.map(({ source, path, message }, at) => (
              <li key={at}>
                <CutText text={`${source}${path && ` at ${path}`}: ${message}`} />
              </li>
            ))}
          </ul>
          <TextBox label="The answer" text={refusal.answer} />
        </section>
      ))}
      {iteration.answer && refusals.length === 0 && (
        <TextBox label="What it held as its answer after that" text={iteration.answer} />
      )}
    </article>
  );
}

function CodeBlock({ block, of }: { block: CodeBlockView; of: number }): JSX.Element {
  const { id, view, index } = useShownRun();
  const calls = index.callsOf(block);
  const columns = useMemo(() => callColumns(false).filter(({ name }) => name !== 'It.' && name !== 'Who'), []);
  const tools = view.tools.filter(
    ({ node, iteration, codeBlock }) =>
      node === block.node && iteration === block.iteration && codeBlock === block.number,
  );
  const children = view.nodes.filter(
    ({ parent, from }) =>
      parent === block.node && from?.iteration === block.iteration && from.codeBlock === block.number,
  );
  return (
    <section class="code-block" aria-label={`Code block ${block.number + 1}`}>
      <TextBox
        label={of > 1 ? `Code block ${block.number + 1} of ${of}` : 'Code block'}
        text={block.code}
        language="python"
      >
        <BlockState block={block} />
      </TextBox>
      {block.isLeftBehind && !index.iterationOf(block.node, block.iteration)?.isLeftBehind && (
        <LeftBehind what="this code block" />
      )}
      {block.binds.length > 0 && (
        <p class="binds">
          <span class="muted">Makes</span>{' '}
          {block.binds.map((name) => (
            <code key={name}>
              <Visible text={name} />
            </code>
          ))}
        </p>
      )}
      {calls.length > 0 && (
        <details class="sub-calls" open={calls.length <= 40}>
          <summary>{counted(calls.length, 'sub-call')} of it</summary>
          <CallTable calls={calls} columns={columns} label={`Sub-calls of code block ${block.number + 1}`} />
        </details>
      )}
      {children.length > 0 && (
        <p class="binds">
          <span class="muted">Began</span>{' '}
          {children.map(
            ({ path }): ComponentChild => (
              <Link key={path} to={{ page: 'iteration', run: id, node: path, number: 1 }}>
                RLM {path}
              </Link>
            ),
          )}
        </p>
      )}
      {tools.length > 0 && (
        <p class="binds">
          <span class="muted">Called tools:</span>{' '}
          <Link to={{ page: 'run', run: id, section: 'tools' }}>
            <Visible text={tools.map(({ tool }) => tool).join(', ')} />
          </Link>
        </p>
      )}
      {block.stderr && <TextBox label="Errors" text={block.stderr} />}
      <TextBox
        label="Output"
        text={block.stdout}
        empty={block.status === null ? 'Nothing yet.' : 'It printed nothing.'}
      />
    </section>
  );
}

function LeftBehind({ what }: { what: string }): JSX.Element {
  return <Notice icon="abandoned">When the run was resumed it went another way, without {what}.</Notice>;
}

function BlockState({ block }: { block: CodeBlockView }): JSX.Element {
  const { status, startedAt, endedAt } = block;
  if (status === null) return <Badge tone="live" icon="running" word="runs" />;
  const time = startedAt !== null && endedAt !== null ? formatDuration(endedAt - startedAt) : '';
  if (status === 'ok') return <span class="muted number">{time}</span>;
  return (
    <>
      <Badge tone="bad" icon="failed" word={status.replaceAll('_', ' ')} /> <span class="muted number">{time}</span>
    </>
  );
}

function Step(props: { iteration: IterationView | undefined; icon: 'left' | 'right'; label: string }): ComponentChild {
  const { id } = useShownRun();
  const { iteration, icon, label } = props;
  if (!iteration) return null;
  return (
    <Link
      to={{ page: 'iteration', run: id, node: iteration.node, number: iteration.number }}
      class={`button step-${icon}`}
      title={label}
    >
      <Icon name={icon} />
      <span class="only-read">{label}</span>
    </Link>
  );
}
