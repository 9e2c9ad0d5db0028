import { z } from 'zod';
import { type AssessOptions, type Criterion, DEFAULT_ASSESS_OPTIONS } from '../api/options.ts';
import type { Dimension } from '../api/terms.ts';
import type { Evidence } from '../evidence/document.ts';
import { hasSuppressions } from '../findings/suppressions.ts';
import { answerSchema, type JudgeAnswer, judgementSchema } from './answer.ts';
import { answerCheck } from './answer-check.ts';
import { weightOf } from './budget.ts';
import { charsOf, contextOf } from './context.ts';
import { workKey } from './judgement-key.ts';
import type { Task } from './judging.ts';
import { type KeptAnswer, KeptAnswers } from './kept-answers.ts';
import { judgeQuery } from './query.ts';
import type { Sample } from './sample.ts';

/** What a judge is asked of one worker's work. */
export interface JudgeRequest {
  context: Record<string, string>;
  /** Characters of the whole context. */
  chars: number;
  dimensions: readonly Dimension[];
  query: string;
  schema: z.ZodType<JudgeAnswer>;
  /** The same for works that are judged as one. */
  work: string;
}

/** `dimensions`: those that the evidence allows to judge. */
export async function judgeRequest(
  evidence: Evidence,
  dimensions: readonly Dimension[],
  criteria: readonly Criterion[],
  signal?: AbortSignal,
): Promise<JudgeRequest> {
  const context = await contextOf(evidence, signal);
  const query = judgeQuery(dimensions, criteria, hasSuppressions(evidence.documents));
  const schema = answerSchema(
    dimensions,
    criteria.map(({ id }) => id),
  );
  const work = await workKey({ context, query }, signal);
  return { context, chars: charsOf(context), dimensions, query, schema, work };
}

/** One run over the whole of the work. */
export function wholeTask(
  { context, chars, query, schema }: JudgeRequest,
  evidence: Evidence,
  sample: number,
  { criteria, requireCoverage }: { criteria: readonly Criterion[]; requireCoverage: number | undefined },
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
  };
}

/** The judgements that were kept of works, under the options of one call. */
export class KeptJudgements {
  readonly #answers: KeptAnswers;
  readonly #criteria: readonly string[];
  readonly #samples: number;
  readonly #requireCoverage: number;

  constructor(options: AssessOptions, criteria: readonly Criterion[]) {
    this.#answers = new KeptAnswers(options);
    this.#criteria = criteria.map(({ id }) => id);
    this.#samples = options.samples ?? DEFAULT_ASSESS_OPTIONS.samples;
    this.#requireCoverage = options.requireCoverage ?? DEFAULT_ASSESS_OPTIONS.requireCoverage;
  }

  /** Null: there is none, or none is to be taken. `byParts`: one that was made of readings serves, too. */
  async find(request: JudgeRequest, byParts: boolean): Promise<Sample[] | null> {
    const ofParts = byParts ? await this.#of(request, true)?.get() : null;
    return ofParts ?? (await this.#of(request, false)?.get()) ?? null;
  }

  async keep(request: JudgeRequest, byParts: boolean, samples: Sample[]): Promise<void> {
    await this.#of(request, byParts)?.put(samples);
  }

  #of({ work, dimensions }: JudgeRequest, byParts: boolean): KeptAnswer<Sample[]> | null {
    const answer = judgementSchema(dimensions, this.#criteria);
    const schema = z.array(sampleSchema(answer)).length(this.#samples);
    const by = { samples: this.#samples, requireCoverage: this.#requireCoverage };
    return this.#answers.of(work, schema, byParts ? { ...by, part: 'whole' } : by);
  }
}

/** A sample as it is kept. */
export function sampleSchema<Answer>(answer: z.ZodType<Answer>): z.ZodType<Sample<Answer>> {
  return z.strictObject({ answer, coverage: z.number().min(0).max(1) });
}
