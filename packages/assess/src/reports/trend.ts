import type { AssessmentResult } from '../api/result.ts';
import { loudly } from './common.ts';

/**
 * A result against another one, in one line: `Against the base branch: PASS to FAIL, score 82 to 64, findings 3 to 5, failing
 * 0 to 1`. What is not equal in both is said with its two values.
 * @param before The last result of the branch that the work is to go into.
 * @example
 * ```ts
 * const last = await assessWorkers(['main']);
 * console.log(trendLine(last, await assessWorkers(['auth'])));
 * ```
 */
export function trendLine(before: AssessmentResult, now: AssessmentResult): string {
  const parts = [
    step('', loudly(before.verdict), loudly(now.verdict)),
    step('score ', leastScore(before), leastScore(now)),
    step('findings ', countOf(before), countOf(now)),
    step('failing ', countOf(before, true), countOf(now, true)),
  ];
  return `Against the base branch: ${parts.join(', ')}`;
}

function step(what: string, before: string | number, now: string | number): string {
  return before === now ? `${what}${now} as before` : `${what}${before} to ${now}`;
}

/** The least overall score; `none` where a worker has none. */
function leastScore({ workers }: AssessmentResult): number | 'none' {
  const scores = workers.flatMap(({ overallScore }) => overallScore ?? []);
  return scores.length > 0 && scores.length === workers.length ? Math.min(...scores) : 'none';
}

function countOf({ workers }: AssessmentResult, failing = false): number {
  const findings = workers.flatMap((worker) => worker.findings);
  return findings.filter(({ gating, known }) => (failing ? gating : !known)).length;
}
