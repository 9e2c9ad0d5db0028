import type { GoneFinding, WorkerAssessment } from '../api/worker-assessment.ts';
import { oneLine } from './common.ts';

const STATES = {
  fixed: 'fixed',
  not_found_again: 'not found again, on lines that stand as they were',
  not_judged: 'not judged this time',
} as const;

/** A worker against its assessment before, in one line; null: there was none. */
export function sinceLine({ findings, gone }: Pick<WorkerAssessment, 'findings' | 'gone'>): string | null {
  const counts = [
    [findings.filter(({ since }) => since === 'new').length, 'new'],
    [findings.filter(({ since }) => since === 'still_there').length, 'still there'],
    [gone.filter(({ state }) => state === 'fixed').length, 'fixed'],
    [gone.filter(({ state }) => state === 'not_found_again').length, 'not found again'],
    [gone.filter(({ state }) => state === 'not_judged').length, 'not judged'],
  ] as const;
  const told = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return told.length === 0 ? null : `since the assessment before: ${told.join(', ')}`;
}

/** A finding that is gone, in one line. */
export function goneText({ state, severity, rule, file, startLine, message }: GoneFinding): string {
  return `${STATES[state]}: ${severity} ${oneLine(rule)} ${oneLine(file)}:${startLine}: ${oneLine(message)}`;
}
