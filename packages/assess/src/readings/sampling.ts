import { judgeTask } from '../judge/judge-task.ts';
import type { JudgeSample } from '../judge/judge-worker.ts';
import type { Judging } from '../judge/judging.ts';
import { wholeTask } from '../judge/request.ts';
import { withVerifiedReferences } from '../reference/verify-references.ts';
import { judgeByParts, type PartedWork } from './judge-by-parts.ts';
import type { Parts } from './parts.ts';

/**
 * How a sample of a work is made: by its parts, or by one run over the whole where `parts` is null. What findings refer to is
 * looked for once they are there.
 */
export function sampling(judging: Judging, work: Omit<PartedWork, 'parts'> & { parts: Parts | null }): JudgeSample {
  const judge = judgingOf(judging, work);
  const { reference } = work;
  if (reference === null) return judge;
  return async (sample, mayGoOn) => {
    const outcome = await judge(sample, mayGoOn);
    if (outcome.sample === null) return outcome;
    const answer = await withVerifiedReferences(outcome.sample.answer, reference.tree);
    return { ...outcome, sample: { ...outcome.sample, answer } };
  };
}

function judgingOf(judging: Judging, work: Omit<PartedWork, 'parts'> & { parts: Parts | null }): JudgeSample {
  const { request, evidence, criteria, parts, reference } = work;
  if (parts !== null) return (sample, mayGoOn) => judgeByParts(judging, { ...work, parts }, sample, mayGoOn);
  const { requireCoverage } = judging.options;
  return (sample, mayGoOn) =>
    judgeTask(judging, wholeTask(request, evidence, sample, { criteria, requireCoverage, reference }), mayGoOn);
}
