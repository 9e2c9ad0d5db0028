import { WorkerError } from '../api/errors.ts';
import type { Omitted } from '../api/worker-assessment.ts';

/** What is not shown and hides nothing: it is known what it is, or the caller has said that it is not judged. */
const KNOWN: readonly Omitted['reason'][] = ['picture', 'excluded', 'not_work', 'not_checked_out'];

const SHOWN = 3;

/** What changed and no model can be shown: `gate.unshown` says what becomes of it. */
export function unshownOf(omitted: readonly Omitted[]): Omitted[] {
  return omitted.filter(({ reason }) => !KNOWN.includes(reason));
}

/** Files with what is known of them, the first few by name. */
export function listed(files: readonly Pick<Omitted, 'file' | 'detail'>[]): string {
  const shown = files.slice(0, SHOWN).map(({ file, detail }) => `${file} (${detail})`);
  return `${shown.join(', ')}${files.length > SHOWN ? ` and ${files.length - SHOWN} more` : ''}`;
}

/** There is work, or should be, and no text of it. */
export function noText(why: string): WorkerError {
  return new WorkerError('no_evidence', `There is no text of the work to judge, and it is not nothing: ${why}.`);
}

/** Why work cannot be judged of which nobody can be shown any. */
export function noTextOf(unshown: readonly Omitted[]): WorkerError {
  return noText(`nobody can be shown what is in it. Not shown: ${listed(unshown)}`);
}
