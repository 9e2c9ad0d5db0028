import type { AppliedGate } from '../api/result.ts';
import { DIMENSIONS } from '../api/terms.ts';
import type { Verification } from '../api/verification.ts';
import type { WorkerAssessment } from '../api/worker-assessment.ts';
import { lowScores } from './least-scores.ts';
import { scores } from './score.ts';
import type { Standing, Undecided } from './standing.ts';

/** A finding, and what it does under a policy. */
export interface Stood {
  finding: Undecided;
  standing: Standing;
}

/**
 * The findings that a verdict rests on: those that fail the gate, and all that lower a score, where a least score is missed
 * by them.
 */
export function decisiveAmong(
  all: readonly Stood[],
  { grades }: Pick<WorkerAssessment, 'grades'>,
  gate: AppliedGate,
): Set<Stood> {
  const scoresWith = (some: readonly Stood[]) =>
    scores(
      grades,
      some.map(({ finding }) => finding),
      gate.minAgreement,
    );
  const counting = all.filter(({ standing }) => standing.counts);
  const without = scoresWith([]);
  const misses = lowScores(scoresWith(counting), gate).below.length > lowScores(without, gate).below.length;
  const lowers = (one: Stood) => DIMENSIONS.some((name) => scoresWith([one])[name] !== without[name]);
  return new Set(all.filter((one) => one.standing.gating || (misses && one.standing.counts && lowers(one))));
}

/** What a finding that the verdict rests on does once a second model has been asked about it: only what it confirms decides. */
export function afterSecondLook(standing: Standing, verification: Verification | null): Standing {
  if (verification?.outcome === 'confirmed') return standing;
  return { counts: false, gating: false, doubt: doubtOf(verification) };
}

function doubtOf(verification: Verification | null): string {
  if (verification === null) return 'no second look was taken at it, as was asked for: judge it again';
  const { outcome, model, reason } = verification;
  if (outcome === 'refuted') return `a second look by ${model} refutes it`;
  if (outcome === 'cannot_say') return `a second look by ${model} cannot say whether it holds`;
  return `a second look by ${model} failed: ${reason}`;
}
