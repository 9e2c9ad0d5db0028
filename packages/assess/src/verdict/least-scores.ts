import type { AppliedGate } from '../api/result.ts';
import { DIMENSIONS } from '../api/terms.ts';
import type { Scores } from './score.ts';

/** A least score that there is no score to hold against cannot be met. */
export function lowScores(
  worker: Scores,
  { minScore, minScores }: AppliedGate,
): { below: string[]; missing: string[] } {
  const wanted = [
    ...(minScore === null ? [] : [{ name: 'overallScore' as const, least: minScore }]),
    ...DIMENSIONS.flatMap((name) => (minScores[name] === undefined ? [] : [{ name, least: minScores[name] }])),
  ];
  const below = wanted.flatMap(({ name, least }) => {
    const score = worker[name];
    return score === null || score >= least ? [] : [`${name} ${score} is below ${least}`];
  });
  const missing = wanted.flatMap(({ name, least }) =>
    worker[name] === null ? [`${name} must be at least ${least}, and there is none: ${worker.scoreReasons[name]}`] : [],
  );
  return { below, missing };
}
