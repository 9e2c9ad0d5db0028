import type { RLMRunErrorCode } from '../api/codes.ts';
import { RLM_ERROR_CODES } from '../api/codes.ts';
import { RLMError } from '../api/errors.ts';
import type { RunEnd } from '../worker/run-end.ts';
import type { End } from './journal-state.ts';

/** Reasons that would end the run again: it has its result. */
const RULES = ['max_iterations', 'budget', 'tokens', 'duration', 'errors', 'invalid_answer', 'insufficient_coverage'];

/** Whether a run has come to its result, so that there is nothing to go on with. */
export function isFinished(end: End | null): end is End {
  if (end === null || end.kind === 'aborted') return false;
  return end.kind === 'answered' || RULES.includes(end.stopReason ?? '');
}

/** An end as the journal keeps it. */
export function toJournalEnd(end: RunEnd): End {
  switch (end.kind) {
    case 'answered':
      return { kind: 'answered', answer: end.answer };
    case 'failed': {
      const { code, stopReason, message, partialAnswer, workerStderr } = end;
      return { kind: 'failed', code, stopReason, message, partialAnswer, workerStderr };
    }
    case 'never_ran': {
      const { code, message } = end.error;
      return { kind: 'failed', code, stopReason: null, message, partialAnswer: null, workerStderr: null };
    }
    case 'aborted':
      return { kind: 'aborted', partialAnswer: end.partialAnswer };
  }
}

/** An end as it was. `value`: the typed answer. */
export function fromJournalEnd(end: End, durationMs: number, value?: unknown): RunEnd {
  if (end.kind === 'answered') return { ...end, value: value ?? end.answer, durationMs };
  if (end.kind === 'aborted') return { ...end, reason: undefined, durationMs };
  const { code, stopReason, message } = end;
  if (stopReason !== null) return { ...end, code: code as RLMRunErrorCode, stopReason, durationMs };
  const known = RLM_ERROR_CODES.find((name) => name === code) ?? 'worker_internal_error';
  return { kind: 'never_ran', error: new RLMError(known, message), durationMs };
}
