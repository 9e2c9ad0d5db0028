import { thrownText } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import { limitOr } from '../api/system-limits.ts';
import type { RunEnd } from '../worker/run-end.ts';

/** The end of a run that something was thrown in before it ran: an abort is one, whatever came of it. */
export function endOfThrown(thrown: unknown, signal: AbortSignal): RunEnd {
  if (signal.aborted) return { kind: 'aborted', reason: signal.reason, partialAnswer: null, durationMs: 0 };
  const error = limitOr(thrown);
  if (RLMError.isInstance(error)) return { kind: 'never_ran', error, durationMs: 0 };
  const message = `Something went wrong in rlm-bridge itself: ${thrownText(error)} Please report it.`;
  return { kind: 'never_ran', error: new RLMError('internal_error', message, { cause: error }), durationMs: 0 };
}
