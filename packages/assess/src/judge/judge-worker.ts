import { DEFAULT_ASSESS_OPTIONS } from '../api/options.ts';
import type { AssessmentErrorInfo } from '../api/worker-assessment.ts';
import type { JudgeAnswer } from './answer.ts';
import { type Judgement, judgeOnce } from './judge-once.ts';
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
 * Judges a worker as often as asked, one run after the other. A run that fails by what may pass is tried once more; when that
 * fails too, nothing more is spent, and what was found until then stands.
 */
export async function judgeWorker(judging: Judging): Promise<Judged> {
  const { samples: count = DEFAULT_ASSESS_OPTIONS.samples } = judging.options;
  const purse = new Purse(judging.options.maxBudgetUsdPerWorker, judging.kept?.paidUsd(judging.workerId) ?? 0);
  const judged: Judged = { samples: [], refused: [], unread: new Set(), error: null };
  for (let sample = 1; sample <= count && judged.error === null; sample++) {
    const { sample: given, refused, unread, error } = await judgeSample(judging, sample, purse, count - sample + 1);
    if (given !== null) judged.samples.push(given);
    if (refused !== null) judged.refused.push(refused);
    for (const name of unread) judged.unread.add(name);
    judged.error = error === null ? null : count === 1 ? error : numbered(error, sample, count);
    if (error !== null) judging.budget.release(count - sample);
  }
  return judged;
}

async function judgeSample(judging: Judging, sample: number, purse: Purse, runsToCome: number): Promise<Reading> {
  const first = await purse.pay(runsToCome, (ceilingUsd) => judgeOnce(judging, { sample, attempt: 1, ceilingUsd }));
  if (first.error === null || !PASSING.has(first.error.code) || judging.signal.aborted) return first;
  judging.budget.expect(1);
  const attempt = ENDED.has(first.error.code) ? 2 : 1;
  const second = await purse.pay(runsToCome, (ceilingUsd) => judgeOnce(judging, { sample, attempt, ceilingUsd }));
  // Where there was no money for it, the first one's reason is the reason.
  return second.error?.code === 'budget_exhausted'
    ? first
    : { ...second, refused: second.sample === null ? (second.refused ?? first.refused) : null };
}

function numbered({ code, message }: AssessmentErrorInfo, sample: number, count: number): AssessmentErrorInfo {
  return { code, message: `Sample ${sample} of ${count} failed: ${message}` };
}

/** What one worker may cost, shared by its runs. */
class Purse {
  #leftUsd: number | undefined;

  constructor(totalUsd: number | undefined, paidUsd: number) {
    this.#leftUsd = totalUsd === undefined ? undefined : Math.max(0, totalUsd - paidUsd);
  }

  /** A run over an equal share of what is left; a cost that is unknown is all of the share. */
  async pay(runs: number, run: (ceilingUsd: number | undefined) => Promise<Judgement>): Promise<Reading> {
    const ceiling = this.#leftUsd === undefined ? undefined : this.#leftUsd / runs;
    const { spentUsd, ...reading } = await run(ceiling);
    if (this.#leftUsd !== undefined) this.#leftUsd -= spentUsd ?? ceiling ?? 0;
    return reading;
  }
}
