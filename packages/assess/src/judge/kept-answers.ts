import type { z } from 'zod';
import type { AssessOptions } from '../api/options.ts';
import { type JudgedBy, judgementKey } from './judgement-key.ts';
import { KeptJson } from './kept-json.ts';
import { QUERY_VERSION } from './query.ts';

/** The place of an answer, which has the shape that was asked for. */
export interface KeptAnswer<T> {
  /** Null: there is none. */
  get(): Promise<T | null>;
  put(answer: T): Promise<void>;
}

/** Where answers are kept, under the options of one call. */
export class KeptAnswers {
  readonly #options: Pick<AssessOptions, 'cache' | 'judge'>;

  constructor(options: Pick<AssessOptions, 'cache' | 'judge'>) {
    this.#options = options;
  }

  /** The place of an answer about a work; null: it is kept nowhere. */
  of<T>(
    work: string,
    schema: z.ZodType<T>,
    by: Pick<JudgedBy, 'samples' | 'requireCoverage' | 'part'>,
  ): KeptAnswer<T> | null {
    const { cache = true, judge = {} } = this.#options;
    if (cache === false) return null;
    const key = judgementKey(work, { queryVersion: QUERY_VERSION, ...by, judge, env: process.env });
    if (key === null) return null;
    const kept = new KeptJson<T>(key, typeof cache === 'object' ? cache.dir : undefined);
    return { get: () => kept.get(schema), put: (answer) => kept.put(answer) };
  }
}
