import { createHash } from 'node:crypto';
import pMap from 'p-map';
import { z } from 'zod';
import type { AssessOptions } from '../api/options.ts';
import { type JudgeFinding, ReferringFindingSchema } from '../findings/judge-finding.ts';
import type { ReadingAnswer } from '../judge/answer.ts';
import { type KeptAnswer, KeptAnswers } from '../judge/kept-answers.ts';
import { sampleSchema } from '../judge/request.ts';
import type { Sample } from '../judge/sample.ts';
import { type Pair, pairText } from './pairs.ts';
import type { Group, ReadingPlan } from './plan.ts';

/** Made once: larger work has hundreds of pairs. */
const PairSchema = z.array(ReferringFindingSchema);

/** What is kept of a plan for one sample, in the order of its groups and pairs; null: it is to be made. */
export interface KeptParts {
  readings: (Sample<ReadingAnswer> | null)[];
  pairs: (JudgeFinding[] | null)[];
}

/** Readings of parts and what was found between them, kept by what was read and asked: every sample has its own. */
export class KeptReadings {
  readonly #answers: KeptAnswers;

  constructor(options: Pick<AssessOptions, 'cache' | 'judge'>) {
    this.#answers = new KeptAnswers(options);
  }

  async find({ groups, pairs, pairsBy }: ReadingPlan, sample: number): Promise<KeptParts> {
    return {
      readings: await found(groups.map((group) => this.#reading(group, sample))),
      pairs: await found(pairs.map((pair) => this.#pair(pair, pairsBy, sample))),
    };
  }

  /** Only readings of all of a part are given here. */
  async keepReading(group: Group, sample: number, reading: Sample<ReadingAnswer>): Promise<void> {
    await this.#reading(group, sample)?.put(reading);
  }

  async keepPair(pair: Pair, by: string, sample: number, findings: JudgeFinding[]): Promise<void> {
    await this.#pair(pair, by, sample)?.put(findings);
  }

  #reading({ work, schema }: Group, sample: number): KeptAnswer<Sample<ReadingAnswer>> | null {
    const by = { samples: 1, requireCoverage: 1, part: { kind: 'reading', sample } } as const;
    return this.#answers.of(work, sampleSchema(schema), by);
  }

  #pair(pair: Pair, judgedBy: string, sample: number): KeptAnswer<JudgeFinding[]> | null {
    const by = { samples: 1, requireCoverage: 1, part: { kind: 'pair', sample } } as const;
    const work = createHash('sha256')
      .update(JSON.stringify([judgedBy, pairText(pair)]))
      .digest('hex');
    return this.#answers.of(work, PairSchema, by);
  }
}

/** So many are looked for at once. */
const LOOKUPS_AT_ONCE = 16;

async function found<T>(places: readonly (KeptAnswer<T> | null)[]): Promise<(T | null)[]> {
  return await pMap(places, async (place) => (await place?.get()) ?? null, { concurrency: LOOKUPS_AT_ONCE });
}
