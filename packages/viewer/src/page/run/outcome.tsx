import type { JSX } from 'preact';
import type { RunEnd } from '../../model/run-summary.ts';
import { Badge } from '../parts/badge.tsx';
import { Link } from '../parts/link.tsx';
import { Notice } from '../parts/notice.tsx';
import { useReader, useShownRun } from '../state/run-context.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { CutText } from '../texts/cut-text.tsx';
import { JsonTree } from '../texts/json-tree.tsx';
import { TextBox } from '../texts/text-box.tsx';
import { Visible } from '../texts/visible.tsx';

const KILLED = 'It was stopped before it had an answer, and can go on: rlm runs resume.';
const CUT_OFF = 'Its log ends before it had an answer.';

/** Larger answers are shown as text. */
const TREE_CHARS = 2_000_000;

/** How the run ended, and its answer; while it has not, what it is at. */
export function Outcome(): JSX.Element {
  const { id, view } = useShownRun();
  const { head } = view;
  const { end } = head;
  if (!end) {
    const last = view.iterations.at(-1);
    return (
      <Notice
        icon={head.status === 'running' ? 'running' : 'stopped'}
        tone={head.status === 'running' ? 'plain' : 'warn'}
      >
        {head.status === 'running' ? 'It has no answer yet.' : head.origin === 'journal' ? KILLED : CUT_OFF}
        {last && (
          <>
            {' The last that it did: '}
            <Link to={{ page: 'iteration', run: id, node: last.node, number: last.number }}>
              iteration {last.number}
            </Link>
            .
          </>
        )}
      </Notice>
    );
  }
  return (
    <>
      {end.message && (
        <Notice tone={head.status === 'failed' ? 'bad' : 'warn'} icon={head.status === 'failed' ? 'failed' : 'aborted'}>
          <p>
            <b>
              Ended without an answer: <Visible text={end.stopReason.replaceAll('_', ' ')} />.
            </b>{' '}
            {end.code && (
              <code>
                <Visible text={end.code} />
              </code>
            )}
          </p>
          <p>
            <CutText text={end.message} />
          </p>
        </Notice>
      )}
      <Answer end={end} />
    </>
  );
}

function Answer({ end }: { end: RunEnd }): JSX.Element {
  const label = end.isFinal ? 'Answer' : 'The last that it had: not an answer';
  if (!end.answer) return <TextBox label="Answer" text={null} empty="There is none." />;
  if (end.isTyped && end.answer.chars <= TREE_CHARS) return <TypedAnswer end={end} label={label} />;
  return <TextBox label={label} text={end.answer} />;
}

function TypedAnswer({ end, label }: { end: RunEnd; label: string }): JSX.Element {
  const reader = useReader();
  const text = useLoaded(async () => (end.answer ? reader.read(end.answer) : ''), [reader, end.answer?.id]);
  const tree = text.state === 'ready' ? parsed(text.value) : undefined;
  return (
    <>
      {tree && (
        <section class="card" aria-label={label}>
          <h2>
            {label} <Badge tone="good" icon="answered" word="typed" title="A schema took it." />
          </h2>
          <div class="json-tree">
            <JsonTree value={tree.value} />
          </div>
        </section>
      )}
      <TextBox label={tree ? `${label}, as text` : label} text={end.answer} />
    </>
  );
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
