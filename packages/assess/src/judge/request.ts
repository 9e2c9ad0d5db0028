import type { z } from 'zod';
import { type AssessOptions, type Criterion, DEFAULT_ASSESS_OPTIONS } from '../api/options.ts';
import type { Dimension } from '../api/terms.ts';
import type { Evidence } from '../evidence/document.ts';
import { hasSuppressions } from '../findings/suppressions.ts';
import { answerSchema, type JudgeAnswer } from './answer.ts';
import { CachedJudgement } from './cache.ts';
import { charsOf, contextOf } from './context.ts';
import { judgementKey, workKey } from './judgement-key.ts';
import { judgeQuery, QUERY_VERSION } from './query.ts';
import type { Sample } from './sample.ts';

/** What a judge is asked of one worker's work. */
export interface JudgeRequest {
  context: Record<string, string>;
  /** Characters of the whole context. */
  chars: number;
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
  return { context, chars: charsOf(context), query, schema, work: await workKey({ context, query }, signal) };
}

/** The judgements that were kept of works, under the options of one call. */
export class KeptJudgements {
  readonly #options: AssessOptions;
  readonly #samples: number;

  constructor(options: AssessOptions) {
    this.#options = options;
    this.#samples = options.samples ?? DEFAULT_ASSESS_OPTIONS.samples;
  }

  /** Null: there is none, or none is to be taken. */
  async find({ work, schema }: JudgeRequest): Promise<Sample[] | null> {
    return (await this.#judgementOf(work)?.get(schema, this.#samples)) ?? null;
  }

  async keep({ work }: JudgeRequest, samples: readonly Sample[]): Promise<void> {
    await this.#judgementOf(work)?.put(samples);
  }

  #judgementOf(work: string): CachedJudgement | null {
    const { cache = true, judge = {}, requireCoverage = DEFAULT_ASSESS_OPTIONS.requireCoverage } = this.#options;
    if (cache === false) return null;
    const by = { queryVersion: QUERY_VERSION, samples: this.#samples, requireCoverage, judge, env: process.env };
    const key = judgementKey(work, by);
    return key === null ? null : new CachedJudgement(key, typeof cache === 'object' ? cache.dir : undefined);
  }
}
