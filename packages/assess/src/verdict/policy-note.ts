import type { WorkerAssessment } from '../api/worker-assessment.ts';

/** Names shown of a list; the result has all of them. */
const SHOWN = 3;

/** The end of a worker's reason when its work touches the gate's own policy. */
export function policyNote(policyChanges: readonly string[]): string {
  if (policyChanges.length === 0) return '';
  return `; it changes the gate's own policy, and was judged by that of its base: ${shown(policyChanges)}`;
}

/** The same of a whole result. */
export function policyNoteOfAll(workers: readonly WorkerAssessment[]): string {
  const touching = workers.filter(({ policyChanges }) => policyChanges.length > 0);
  if (touching.length === 0) return '';
  return `; the gate's own policy is changed by ${shown(touching.map(({ workerId }) => workerId))}`;
}

function shown(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
