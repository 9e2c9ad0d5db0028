import type { ComponentChild, JSX } from 'preact';
import { coverageShares } from '../coverage/coverage-shares.ts';
import { documentName } from '../coverage/document-name.ts';
import { Link } from '../parts/link.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import { useShownRun } from '../state/run-context.ts';
import { CutText } from '../texts/cut-text.tsx';
import { TextBox } from '../texts/text-box.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted, formatChars, formatFraction } from '../words/numbers.ts';
import { Outcome } from './outcome.tsx';
import { Steps } from './steps.tsx';
import { storyOf } from './story.ts';

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
            <CutText text={text} />
          </li>
        ))}
      </ul>
    </section>
  );
}
