import { z } from 'zod';
import type { JudgeAnswer } from './answer.ts';
import { KeptJson } from './kept-json.ts';
import type { Sample } from './sample.ts';

/** A judgement on disk. */
export class CachedJudgement {
  readonly #kept: KeptJson<Sample[]>;

  constructor(key: string, folder?: string) {
    this.#kept = new KeptJson(key, folder);
  }

  /** Its samples; null when there is none, and when what is there is damaged. */
  async get(schema: z.ZodType<JudgeAnswer>, samples: number): Promise<Sample[] | null> {
    const kept = z.array(z.strictObject({ answer: schema, coverage: z.number().min(0).max(1) })).length(samples);
    return await this.#kept.get(kept);
  }

  async put(samples: readonly Sample[]): Promise<void> {
    await this.#kept.put([...samples]);
  }
}
