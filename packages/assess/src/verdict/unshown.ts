import type { AppliedGate } from '../api/result.ts';
import type { Omitted, WorkerAssessment } from '../api/worker-assessment.ts';
import { listed, noTextOf, unshownOf } from '../evidence/unshown.ts';
import { noGrades } from './score.ts';

type Policy = Pick<AppliedGate, 'unshown'>;
type Unshown = Pick<WorkerAssessment, 'evidence' | 'error' | 'nothingToJudge' | 'grades'>;

/**
 * Work of which no model can be shown any, as a policy has it: an error of the work, or nothing to judge. By either it is
 * known again, so that a result can be decided anew. Any other work stays as it is.
 */
export function withUnshownAlone<W extends Unshown>(worker: W, { unshown }: Policy): W {
  const hidden = unshownOf(worker.evidence.omitted);
  const isAlone = hidden.length > 0 && (worker.nothingToJudge !== null || worker.error?.code === 'no_evidence');
  if (!isAlone) return worker;
  if (unshown !== 'pass') {
    const { code, message } = noTextOf(hidden);
    return { ...worker, grades: noGrades('It could not be judged.'), nothingToJudge: null, error: { code, message } };
  }
  const nothingToJudge = whyUnshown(worker.evidence.omitted);
  const decided: W = { ...worker, grades: noGrades('There is nothing to judge.'), nothingToJudge };
  delete decided.error;
  return decided;
}

/** Why there is nothing to judge, where the policy lets pass what no model can be shown. */
export function whyUnshown(omitted: readonly Omitted[]): string {
  return `no text changed, and no model can be shown what did: ${listed(unshownOf(omitted))}`;
}

/** Why it fails, and why it is in doubt, by changes that no model can be shown; what is alone has said so already. */
export function unshownReasons(worker: Unshown, { unshown }: Policy): { failing: string[]; doubts: string[] } {
  const hidden = unshownOf(worker.evidence.omitted);
  if (hidden.length === 0) return { failing: [], doubts: [] };
  const said = [`changes that no model can be shown: ${listed(hidden)}`];
  const isSaid = worker.error?.code === 'no_evidence';
  return { failing: unshown === 'fail' ? said : [], doubts: unshown === 'inconclusive' && !isSaid ? said : [] };
}
