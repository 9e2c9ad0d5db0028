import type { GoneFinding, WorkerAssessment } from '@rlm-bridge/assess';
import type { ComponentChild } from 'preact';
import { Badge } from '../parts/badge.tsx';
import type { IconName } from '../parts/icons.ts';
import type { Tone } from '../parts/tone.ts';
import { CutText } from '../texts/cut-text.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted } from '../words/numbers.ts';
import { SeverityBadge } from './verdict-badge.tsx';

type Finding = WorkerAssessment['findings'][number];

/** Gone findings that are shown. */
const SHOWN = 200;

const GONE: Record<GoneFinding['state'], { tone: Tone; icon: IconName; word: string; title: string }> = {
  fixed: {
    tone: 'good',
    icon: 'answered',
    word: 'fixed',
    title: 'Its lines are others now, or the change was taken back.',
  },
  not_found_again: {
    tone: 'warn',
    icon: 'warning',
    word: 'not found again',
    title: 'Its lines stand as they were, and nobody found it: mended elsewhere, or overlooked.',
  },
  not_judged: { tone: 'plain', icon: 'empty', word: 'not judged', title: 'Nobody looked this time.' },
};

/** Whether the assessment before had a finding, too. */
export function SinceBadge({ since }: Pick<Finding, 'since'>): ComponentChild {
  if (since === null) return null;
  return since === 'new' ? (
    <Badge tone="warn" icon="plus" word="new" title="The assessment before did not have it." />
  ) : (
    <Badge tone="plain" icon="replayed" word="still there" title="The assessment before had it, too." />
  );
}

/** A worker against its assessment before: how many findings are new, and what became of those that are gone. */
export function Since({ worker: { findings, gone } }: { worker: WorkerAssessment }): ComponentChild {
  const isCompared = gone.length > 0 || findings.some(({ since }) => since !== null);
  if (!isCompared) return null;
  return (
    <section class="card" aria-label="Since the assessment before">
      <h2>Since the assessment before</h2>
      <p>{countsOf(findings, gone)}</p>
      {gone.length > 0 && (
        <ul class="gone">
          {gone.slice(0, SHOWN).map(({ id, state, severity, rule, file, startLine, message }) => (
            <li key={id}>
              <Badge {...GONE[state]} /> <SeverityBadge severity={severity} /> <Visible text={rule} />{' '}
              <code>
                <Visible text={file} />:{startLine}
              </code>{' '}
              <span class="muted">
                <CutText text={message} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {gone.length > SHOWN && <p class="muted">and {counted(gone.length - SHOWN, 'more', 'more')}</p>}
    </section>
  );
}

function countsOf(findings: readonly Finding[], gone: readonly GoneFinding[]): string {
  const counts = [
    [findings.filter(({ since }) => since === 'new').length, 'new'],
    [findings.filter(({ since }) => since === 'still_there').length, 'still there'],
    ...(Object.keys(GONE) as GoneFinding['state'][]).map(
      (state) => [gone.filter((each) => each.state === state).length, GONE[state].word] as const,
    ),
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}
