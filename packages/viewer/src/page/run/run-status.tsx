import type { JSX } from 'preact';
import type { RunStatus } from '../../model/run-summary.ts';
import { Badge } from '../parts/badge.tsx';
import type { Tone } from '../parts/tone.ts';

const STATUSES: Record<RunStatus, { tone: Tone; title: string }> = {
  running: { tone: 'live', title: 'A process works on it now.' },
  answered: { tone: 'good', title: 'It ended with an answer.' },
  failed: { tone: 'bad', title: 'It ended without an answer.' },
  aborted: { tone: 'warn', title: 'Its caller ended it.' },
  stopped: { tone: 'warn', title: 'Its process was killed. It can go on: rlm runs resume.' },
};

/** How a run stands, in a word. */
export function StatusBadge({ status }: { status: RunStatus }): JSX.Element {
  return <Badge icon={status} word={status} {...STATUSES[status]} />;
}
