import { z } from 'zod';
import { type AssessOptions, type Criterion, DEFAULT_ASSESS_OPTIONS } from '../api/options.ts';
import { judgementSchema } from '../judge/answer.ts';
import { type KeptAnswer, KeptAnswers } from '../judge/kept-answers.ts';
import { type JudgeRequest, sampleSchema } from '../judge/request.ts';
import type { Sample } from '../judge/sample.ts';
import { type Asked, AskedListSchema, isAnsweredAlike } from './reference.ts';
import type { ReferenceTree } from './reference-tree.ts';

/** A judgement, and what its judge asked of the reference. */
interface Kept {
  samples: Sample[];
  asked: Asked[];
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

  /**
   * Null: there is none, or none is to be taken.
   * @param byParts One that was made of readings serves, too.
   * @param tree What the judge may search: one that rests on what is another now is none.
   */
  async find(request: JudgeRequest, byParts: boolean, tree: ReferenceTree | null): Promise<Sample[] | null> {
    for (const ofParts of byParts ? [true, false] : [false]) {
      const kept = await this.#of(request, ofParts, tree !== null)?.get();
      if (kept && (tree === null || (await isAnsweredAlike(kept.asked, tree)))) return kept.samples;
    }
    return null;
  }

  async keep(
    request: JudgeRequest,
    byParts: boolean,
    { samples, asked }: { samples: Sample[]; asked: Asked[] | null },
  ) {
    await this.#of(request, byParts, asked !== null)?.put({ samples, asked: asked ?? [] });
  }

  #of({ work, dimensions }: JudgeRequest, byParts: boolean, mayRefer: boolean): KeptAnswer<Kept> | null {
    const samples = z.array(sampleSchema(judgementSchema(dimensions, this.#criteria))).length(this.#samples);
    const by = { samples: this.#samples, requireCoverage: this.#requireCoverage };
    const place = byParts ? ({ ...by, part: 'whole' } as const) : by;
    if (mayRefer) return this.#answers.of(work, z.strictObject({ samples, asked: AskedListSchema }), place);
    const kept = this.#answers.of(work, samples, place);
    return (
      kept && {
        get: async () => {
          const found = await kept.get();
          return found && { samples: found, asked: [] };
        },
        put: (judged) => kept.put(judged.samples),
      }
    );
  }
}
