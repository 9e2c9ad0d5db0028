import { z } from 'zod';
import { type Criterion, DEFAULT_ASSESS_OPTIONS } from '../api/options.ts';
import type { Dimension } from '../api/terms.ts';
import type { Evidence } from '../evidence/document.ts';
import { hasSuppressions } from '../findings/suppressions.ts';
import { answerSchema, type JudgeAnswer } from './answer.ts';
import { answerCheck } from './answer-check.ts';
import { weightOf } from './budget.ts';
import { charsOf, contextOf } from './context.ts';
import { workKey } from './judgement-key.ts';
import type { Task } from './judging.ts';
import { type BesideTheWork, judgeQuery } from './query.ts';
import type { Sample } from './sample.ts';

/** What a judge is asked of one worker's work. */
export interface JudgeRequest {
  context: Record<string, string>;
  /** Characters of the whole context. */
  chars: number;
  dimensions: readonly Dimension[];
  /** What the judge may search, and findings refer to; null: nothing. */
  beside: BesideTheWork | null;
  query: string;
  schema: z.ZodType<JudgeAnswer>;
  /** What a judgement is kept by. */
  work: string;
  /** The same for works that are judged as one. */
  equal: string;
}

/** What stands beside the work for the judge to search. */
export interface Beside {
  /** The same where the same stands there. */
  readonly id: string;
  readonly holds: BesideTheWork;
}

/** `dimensions`: those that the evidence allows to judge. */
export async function judgeRequest(
  evidence: Evidence,
  dimensions: readonly Dimension[],
  criteria: readonly Criterion[],
  { signal, beside = null }: { signal?: AbortSignal | undefined; beside?: Beside | null } = {},
): Promise<JudgeRequest> {
  const context = await contextOf(evidence, signal);
  const query = judgeQuery(dimensions, criteria, {
    hasSuppressions: hasSuppressions(evidence.documents),
    beside: beside?.holds ?? null,
  });
  const schema = answerSchema(
    dimensions,
    criteria.map(({ id }) => id),
    beside !== null,
  );
  const work = await workKey({ context, query }, signal);
  return {
    context,
    chars: charsOf(context),
    dimensions,
    beside: beside?.holds ?? null,
    query,
    schema,
    work,
    equal: `${work} ${beside?.id ?? null}`,
  };
}

/** One run over the whole of the work. */
export function wholeTask(
  { context, chars, query, schema }: JudgeRequest,
  evidence: Evidence,
  sample: number,
  { criteria, requireCoverage, reference }: Pick<Task<JudgeAnswer>, 'reference'> & WholeOptions,
): Task<JudgeAnswer> {
  return {
    sample,
    reading: null,
    context,
    query,
    schema,
    check: (wasAskedAgain) => answerCheck(evidence, criteria, wasAskedAgain),
    requireCoverage: requireCoverage ?? DEFAULT_ASSESS_OPTIONS.requireCoverage,
    weight: weightOf(chars),
    ...(reference && { reference }),
  };
}

interface WholeOptions {
  criteria: readonly Criterion[];
  requireCoverage: number | undefined;
}

/** A sample as it is kept. */
export function sampleSchema<Answer>(answer: z.ZodType<Answer>): z.ZodType<Sample<Answer>> {
  return z.strictObject({ answer, coverage: z.number().min(0).max(1) });
}
