import { judgeOnce } from './judge-once.ts';
import type { Judging, Task } from './judging.ts';
import type { Outcome } from './sample.ts';

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

/** A run of the judge; one that fails by what may pass is tried once more, unless others have failed already. */
export async function judgeTask<Answer>(
  judging: Judging,
  task: Task<Answer>,
  mayRetry: () => boolean,
): Promise<Outcome<Answer>> {
  const first = await judgeOnce(judging, task, 1);
  if (first.error === null || !PASSING.has(first.error.code) || judging.signal.aborted || !mayRetry()) return first;
  judging.purse.expect(task.weight);
  const second = await judgeOnce(judging, task, ENDED.has(first.error.code) ? 2 : 1);
  // Where there was no money for it, the first one's reason is the reason.
  return second.error?.code === 'budget_exhausted'
    ? first
    : { ...second, refused: second.sample === null ? (second.refused ?? first.refused) : null };
}
