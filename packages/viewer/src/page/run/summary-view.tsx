import type { ComponentChild, JSX } from 'preact';
import type { RunEnd } from '../../model/run-summary.ts';
import { callStateOf } from '../calls/call-state.ts';
import { withoutFences } from '../calls/call-words.ts';
import { coverageShares } from '../coverage/coverage-shares.ts';
import { documentName } from '../coverage/document-name.ts';
import { Badge } from '../parts/badge.tsx';
import { Link } from '../parts/link.tsx';
import { Notice } from '../parts/notice.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import { useReader, useShownRun } from '../state/run-context.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { JsonTree } from '../texts/json-tree.tsx';
import { TextBox } from '../texts/text-box.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted, formatChars, formatFraction } from '../words/numbers.ts';
import { storyOf } from './story.ts';

/** Larger answers are shown as text. */
const TREE_CHARS = 2_000_000;

/** What somebody wants to know first: what was asked, what came of it, and what the run did for that. */
export function SummaryView(): JSX.Element {
  const { view } = useShownRun();
  const { head } = view;
  return (
    <div class="summary">
      <div class="summary-main">
        <Outcome />
        {(head.query?.chars ?? 0) > (head.query?.head.length ?? 0) && (
          <TextBox label="What was asked, whole" text={head.query} />
        )}
        <Steps />
        {head.systemPrompt && <TextBox label="System prompt" text={head.systemPrompt} />}
      </div>
      <aside class="summary-side">
        <section class="card" aria-label="In short">
          <h2>In short</h2>
          {view.head.strategy?.name !== 'direct' && (
            <p class="muted">
              A root model has the context as a variable and writes Python to look into it. What it prints, and what it
              passes to other models, is read; nothing else is.
            </p>
          )}
          <ul class="story">
            {storyOf(view).map((sentence) => (
              <li key={sentence}>
                <Visible text={sentence} />
              </li>
            ))}
          </ul>
        </section>
        <Unread />
        <Remarks />
      </aside>
    </div>
  );
}

/** More iterations of the root are shown by their own view. */
const STEPS = 30;

/** Each iteration of the root in a line. */
function Steps(): ComponentChild {
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
                  <Visible
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

/** How the run ended, and its answer; while it has not, what it is at. */
function Outcome(): JSX.Element {
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
        {head.status === 'running'
          ? 'It has no answer yet.'
          : 'It was stopped before it had an answer, and can go on: rlm runs resume.'}
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
            <Visible text={end.message} />
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

/** Documents of which most was not read, worst first. */
function Unread(): ComponentChild {
  const { id, view } = useShownRun();
  const { coverage } = view.head;
  if (!coverage) return null;
  const unread = coverage.documents
    .map((document, place) => ({
      document,
      place,
      unread: document.fraction === null ? 0 : document.chars * (1 - document.fraction),
    }))
    .filter((each) => each.unread > 0)
    .toSorted((a, b) => b.unread - a.unread);
  return (
    <section class="card" aria-label="What was read">
      <h2>
        <Link to={{ page: 'run', run: id, section: 'coverage' }}>What was read</Link>{' '}
        {formatFraction(coverage.fraction)}
      </h2>
      {coverage.fraction !== null && <ShareBar shares={coverageShares(coverage)} />}
      {coverage.required !== null && (
        <p class="muted">An answer was to be taken only when {formatFraction(coverage.required)} had been read.</p>
      )}
      {unread.length > 0 && (
        <>
          <h3>Least read</h3>
          <ul class="unread-list">
            {unread.slice(0, 8).map(({ document, place, unread }) => (
              <li key={place}>
                <Link to={{ page: 'document', run: id, document: place, at: null }}>
                  <Visible text={documentName(document, place)} />
                </Link>
                <span class="muted number">{formatChars(Math.round(unread))} unread</span>
              </li>
            ))}
          </ul>
          {unread.length > 8 && <p class="muted">and {counted(unread.length - 8, 'document')} more</p>}
        </>
      )}
    </section>
  );
}

function Remarks(): ComponentChild {
  const { remarks } = useShownRun().view;
  if (remarks.length === 0) return null;
  return (
    <section class="card" aria-label="Remarks">
      <h2>Remarks</h2>
      <ul class="remarks">
        {remarks.slice(-50).map(({ level, text }, place) => (
          <li key={place} class={`remark-${level}`}>
            {level !== 'info' && <b>{level}: </b>}
            <Visible text={text} />
          </li>
        ))}
      </ul>
    </section>
  );
}
