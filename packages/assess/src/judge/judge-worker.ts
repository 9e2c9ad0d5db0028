import { DEFAULT_ASSESS_OPTIONS } from '../api/options.ts';
import type { AssessmentErrorInfo } from '../api/worker-assessment.ts';
import type { JudgeAnswer } from './answer.ts';
import { judgeOnce } from './judge-once.ts';
import type { Judging } from './judging.ts';
import type { Reading, Sample } from './sample.ts';

/** What the samples of a worker came to. */
export interface Judged {
  samples: Sample[];
  /** Answers that were refused: their findings were found all the same. */
  refused: JudgeAnswer[];
  unread: Set<string>;
  /** Why there are not as many samples as were asked for. */
  error: AssessmentErrorInfo | null;
}

/** What a second run may not meet again. Limits, wrong keys and what is not installed would end it as they ended the first. */
const PASSING: ReadonlySet<string> = new Set([
  'rate_limited',
  'provider_unreachable',
  'provider_error',
  'no_usable_reply',
  'host_model_failed',
  'invalid_answer',
  'unreadable_answer',
  'evidence_not_read',
  'environment_start_failed',
  'environment_died',
  'worker_exit',
  'worker_protocol_error',
  'worker_internal_error',
]);

/** Runs that have their result, which is no judgement: a store would give it again. The others go on. */
const ENDED: ReadonlySet<string> = new Set(['invalid_answer', 'unreadable_answer', 'evidence_not_read']);

/**
 * Judges a worker as often as asked, all at once. A run that fails by what may pass is tried once more; when that fails too,
 * no run is begun any more, and what was found stands.
 */
export async function judgeWorker(judging: Judging): Promise<Judged> {
  const { samples: count = DEFAULT_ASSESS_OPTIONS.samples } = judging.options;
  const judged: Judged = { samples: [], refused: [], unread: new Set(), error: null };
  const judgeOne = async (sample: number): Promise<Reading> => {
    const reading = await judgeSample(judging, sample, () => judged.error === null);
    const { error } = reading;
    if (error !== null) judged.error ??= count === 1 ? error : numbered(error, sample, count);
    return reading;
  };
  for (const reading of await Promise.all(Array.from({ length: count }, (_, index) => judgeOne(index + 1)))) {
    if (reading.sample !== null) judged.samples.push(reading.sample);
    if (reading.refused !== null) judged.refused.push(reading.refused);
    for (const name of reading.unread) judged.unread.add(name);
  }
  return judged;
}

async function judgeSample(judging: Judging, sample: number, mayRetry: () => boolean): Promise<Reading> {
  const first = await judgeOnce(judging, { sample, attempt: 1 });
  if (first.error === null || !PASSING.has(first.error.code) || judging.signal.aborted || !mayRetry()) return first;
  judging.purse.expectAnother();
  const second = await judgeOnce(judging, { sample, attempt: ENDED.has(first.error.code) ? 2 : 1 });
  // Where there was no money for it, the first one's reason is the reason.
  return second.error?.code === 'budget_exhausted'
    ? first
    : { ...second, refused: second.sample === null ? (second.refused ?? first.refused) : null };
}

function numbered({ code, message }: AssessmentErrorInfo, sample: number, count: number): AssessmentErrorInfo {
  return { code, message: `Sample ${sample} of ${count} failed: ${message}` };
}
