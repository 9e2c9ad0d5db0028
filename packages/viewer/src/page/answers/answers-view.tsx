import type { JSX } from 'preact';
import { Link } from '../parts/link.tsx';
import { Notice } from '../parts/notice.tsx';
import { useShownRun } from '../state/run-context.ts';
import { CutText } from '../texts/cut-text.tsx';
import { TextBox } from '../texts/text-box.tsx';
import { Visible } from '../texts/visible.tsx';

const WHO = { schema: 'It has not the shape', validate: 'The caller refused it', coverage: 'Too little was read' };

/** Answers that were handed back to the model, with the reasons that it was given. */
export function AnswersView(): JSX.Element {
  const { id, view } = useShownRun();
  if (view.refusals.length === 0) return <Notice>No answer was refused.</Notice>;
  return (
    <ol class="refusals">
      {view.refusals.map((refusal, place) => (
        <li key={place} class="card">
          <h2>
            Answer {place + 1} <span class="muted">of </span>
            <Link to={{ page: 'iteration', run: id, node: refusal.node, number: refusal.iteration }}>
              iteration {refusal.iteration}
              {refusal.node !== '0' && ` of ${refusal.node}`}
            </Link>
          </h2>
          <ul class="problems">
            {refusal.problems.map(({ source, path, message }, at) => (
              <li key={at}>
                <b>{WHO[source]}</b>
                {path && (
                  <>
                    {' '}
                    at <code>{<Visible text={path} />}</code>
                  </>
                )}
                : <CutText text={message} />
              </li>
            ))}
          </ul>
          <TextBox label="The answer that was refused" text={refusal.answer} />
        </li>
      ))}
    </ol>
  );
}
