import type { Suppression, WorkerAssessment } from '@rlm-bridge/assess';
import type { ComponentChild } from 'preact';
import { Badge } from '../parts/badge.tsx';
import type { IconName } from '../parts/icons.ts';
import type { Tone } from '../parts/tone.ts';
import { CutText } from '../texts/cut-text.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted } from '../words/numbers.ts';

type Finding = WorkerAssessment['findings'][number];
type State = Suppression['state'];

/** Comments that are shown. */
const SHOWN = 200;

const STATES: Record<State, { tone: Tone; icon: IconName; word: string; title: string }> = {
  of_base: {
    tone: 'plain',
    icon: 'empty',
    word: 'let be',
    title: 'The comment stands where the work started, and so do these lines.',
  },
  of_base_on_changed_lines: {
    tone: 'warn',
    icon: 'warning',
    word: 'let be, on changed lines',
    title: 'The comment stands where the work started, but the work changed these lines: it is in doubt.',
  },
  new: {
    tone: 'warn',
    icon: 'warning',
    word: 'comment of the work',
    title: 'The work brings the comment: it is obeyed under allowNewSuppressions alone.',
  },
  unused: { tone: 'plain', icon: 'empty', word: 'not used', title: 'No finding is there.' },
  no_reason: { tone: 'plain', icon: 'empty', word: 'without a reason', title: 'Without one it asks for nothing.' },
};

/** The comment that asks to let a finding be, in a word. */
export function SuppressionBadge({ suppression }: Pick<Finding, 'suppression'>): ComponentChild {
  return suppression && <Badge {...STATES[suppression.state]} />;
}

/** The same with its reason. */
export function SuppressionReason({ suppression }: Pick<Finding, 'suppression'>): ComponentChild {
  if (suppression === null) return null;
  return (
    <p>
      <b>A comment asks to let it be:</b> <CutText text={suppression.reason} />
    </p>
  );
}

/** Every comment of the work that asks to let findings be, and what came of it. */
export function Suppressions({ worker: { suppressions } }: { worker: WorkerAssessment }): ComponentChild {
  if (suppressions.length === 0) return null;
  return (
    <section class="card" aria-label="Comments that let findings be">
      <h2>Comments that let findings be</h2>
      <ul class="suppressions">
        {suppressions.slice(0, SHOWN).map(({ file, line, rules, reason, state }) => (
          <li key={`${file}:${line}`}>
            <Badge {...STATES[state]} />{' '}
            <code>
              <Visible text={file} />:{line}
            </code>{' '}
            <Visible text={rules.join(', ')} />
            {reason !== '' && (
              <span class="muted">
                {': '}
                <CutText text={reason} />
              </span>
            )}
          </li>
        ))}
      </ul>
      {suppressions.length > SHOWN && <p class="muted">and {counted(suppressions.length - SHOWN, 'more', 'more')}</p>}
    </section>
  );
}
