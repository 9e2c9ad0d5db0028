import type { WorkerAssessment } from '@rlm-bridge/assess';
import type { JSX } from 'preact';
import { Badge } from '../parts/badge.tsx';
import type { IconName } from '../parts/icons.ts';
import type { Tone } from '../parts/tone.ts';

type Severity = WorkerAssessment['findings'][number]['severity'];

const VERDICTS: Record<WorkerAssessment['verdict'], { tone: Tone; icon: IconName; word: string; title: string }> = {
  pass: { tone: 'good', icon: 'answered', word: 'pass', title: 'Nothing fails the gate.' },
  fail: { tone: 'bad', icon: 'failed', word: 'fail', title: 'Something fails the gate.' },
  inconclusive: { tone: 'warn', icon: 'warning', word: 'inconclusive', title: 'It could not be judged: never a pass.' },
  nothing_to_judge: {
    tone: 'plain',
    icon: 'empty',
    word: 'nothing to judge',
    title: 'There is nothing in it that could be judged.',
  },
};

export function VerdictBadge({ verdict }: { verdict: WorkerAssessment['verdict'] }): JSX.Element {
  return <Badge {...VERDICTS[verdict]} />;
}

export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

const TONES: Record<Severity, Tone> = { critical: 'bad', high: 'bad', medium: 'warn', low: 'plain' };

export function SeverityBadge({ severity }: { severity: Severity }): JSX.Element {
  return <Badge tone={TONES[severity]} icon={severity === 'low' ? 'empty' : 'warning'} word={severity} />;
}
