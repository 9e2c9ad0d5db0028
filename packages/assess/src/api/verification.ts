import type { VerificationOutcome } from './terms.ts';

/** What a second model, told a claim and its lines and nothing of the judge, makes of a finding. */
export interface Verification {
  /** Name of the model that was asked. */
  model: string;
  /** `confirmed` lets the finding decide. `refuted`, `cannot_say` and `failed`, where there is no answer, leave a doubt. */
  outcome: VerificationOutcome;
  /** Why, in the words of the model; of `failed`, what went wrong. */
  reason: string;
  /** US dollars of the call; 0 for an answer that was there already; null when its price is unknown. */
  costUsd: number | null;
}
