import type { AnswerCheck } from '../host/answer-check.ts';
import type { RunEnd } from '../worker/run-end.ts';

/** The end of a run with the typed value of its answer. An answer that was never accepted is none. */
export function typedEnd(end: RunEnd, answers: AnswerCheck): RunEnd {
  if (end.kind !== 'answered' || !answers.isNeeded) return end;
  const accepted = answers.accepted(end.answer);
  if (accepted !== undefined) return { ...end, value: accepted.value };
  const message = 'The Python worker ended the run with an answer that was not accepted. Please report it.';
  const failure = { kind: 'failed', code: 'worker_protocol_error', stopReason: 'worker_exit', message } as const;
  return { ...failure, partialAnswer: end.answer, durationMs: end.durationMs, workerStderr: null };
}
