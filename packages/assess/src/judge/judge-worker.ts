import { DEFAULT_ASSESS_OPTIONS } from '../api/options.ts';
import type { AssessmentErrorInfo } from '../api/worker-assessment.ts';
import type { JudgeAnswer } from './answer.ts';
import type { Judging } from './judging.ts';
import type { Outcome, Sample } from './sample.ts';

/** What the samples of a worker came to. */
export interface Judged {
  samples: Sample[];
  /** Answers that were refused: their findings were found all the same. */
  refused: JudgeAnswer[];
  unread: Set<string>;
  /** Why there are not as many samples as were asked for. */
  error: AssessmentErrorInfo | null;
}

/** Judges once. `mayGoOn`: whether a run may still be begun: none is, once another sample has failed for good. */
export type JudgeSample = (sample: number, mayGoOn: () => boolean) => Promise<Outcome>;

/**
 * Judges a worker as often as asked, all at once. When a sample fails, no run is begun any more, and what was found stands.
 */
export async function judgeWorker({ options }: Judging, judgeSample: JudgeSample): Promise<Judged> {
  const { samples: count = DEFAULT_ASSESS_OPTIONS.samples } = options;
  const judged: Judged = { samples: [], refused: [], unread: new Set(), error: null };
  const judgeOne = async (sample: number): Promise<Outcome> => {
    const outcome = await judgeSample(sample, () => judged.error === null);
    const { error } = outcome;
    if (error !== null) judged.error ??= count === 1 ? error : numbered(error, sample, count);
    return outcome;
  };
  for (const outcome of await Promise.all(Array.from({ length: count }, (_, index) => judgeOne(index + 1)))) {
    if (outcome.sample !== null) judged.samples.push(outcome.sample);
    if (outcome.refused !== null) judged.refused.push(outcome.refused);
    for (const name of outcome.unread) judged.unread.add(name);
  }
  return judged;
}

function numbered({ code, message }: AssessmentErrorInfo, sample: number, count: number): AssessmentErrorInfo {
  return { code, message: `Sample ${sample} of ${count} failed: ${message}` };
}
