import type { WorkerEvent } from '@rlm-bridge/protocol';
import type { RLMRunErrorCode, StopReason } from '../api/codes.ts';
import { RLM_ERROR_CODES, type RLMErrorCode } from '../api/codes.ts';
import { RLMError } from '../api/errors.ts';
import type { RLMRunCompletedEvent, RLMRunFailedEvent } from '../api/events.ts';

/** How a run ended: the worker's last word, or the host's where the worker had none. `value` is the typed answer. */
export type RunEnd =
  | { kind: 'answered'; answer: string; value: unknown; durationMs: number }
  | RunFailure
  | { kind: 'never_ran'; error: RLMError; durationMs: number }
  | { kind: 'aborted'; reason: unknown; partialAnswer: string | null; durationMs: number };

export interface RunFailure {
  kind: 'failed';
  code: RLMRunErrorCode;
  stopReason: StopReason;
  message: string;
  partialAnswer: string | null;
  durationMs: number;
  workerStderr: string | null;
}

export type TerminalEvent = Extract<WorkerEvent, { type: 'run.completed' | 'run.failed' }>;

/** The worker's own end of a run. A failure without a stop reason is a run that never ran. */
export function endOfTerminal(event: TerminalEvent): RunEnd {
  const { durationMs } = event;
  if (event.type === 'run.completed') {
    return { kind: 'answered', answer: event.answer, value: event.answer, durationMs };
  }
  const { code, message, partialAnswer } = event;
  // A cancel that the host did not ask for came from outside: somebody stopped the worker.
  const stopReason = code === 'cancelled' ? 'worker_exit' : event.stopReason;
  if (stopReason === null) return { kind: 'never_ran', error: new RLMError(toErrorCode(code), message), durationMs };
  return { kind: 'failed', code, stopReason, message, partialAnswer, durationMs, workerStderr: null };
}

/** The last public event of a run. */
export function toLastEvent(runId: string, end: RunEnd): RLMRunCompletedEvent | RLMRunFailedEvent {
  const base = { runId, at: Date.now(), durationMs: end.durationMs };
  switch (end.kind) {
    case 'answered':
      return { ...base, type: 'run.completed', answer: end.answer };
    case 'failed': {
      const { code, stopReason, message, partialAnswer } = end;
      return { ...base, type: 'run.failed', code, stopReason, message, partialAnswer };
    }
    case 'never_ran': {
      const { code, message } = end.error;
      return { ...base, type: 'run.failed', code, stopReason: null, message, partialAnswer: null };
    }
    case 'aborted': {
      const { partialAnswer } = end;
      const message = 'The run was aborted.';
      return { ...base, type: 'run.failed', code: 'aborted', stopReason: null, message, partialAnswer };
    }
  }
}

function toErrorCode(code: string): RLMErrorCode {
  if (code === 'authentication_failed') return 'missing_api_key'; // nothing was asked: the key is not there
  return RLM_ERROR_CODES.find((known) => known === code) ?? 'worker_internal_error';
}
