import { AssessError } from '@rlm-bridge/assess';
import { RLMError } from 'rlm-bridge';

/** What the process exits with. A signal gives 128 and its number: 130 for SIGINT, 143 for SIGTERM, and 141 as SIGPIPE would. */
export const EXIT: {
  /** An answer, a gate that passed, or nothing for a gate to judge. */
  readonly ok: 0;
  /** The work was judged, and the gate says no. */
  readonly failed: 1;
  /** The command line, the configuration or an input file is wrong; nothing was started. */
  readonly usage: 2;
  /** Nobody can say: no key, no model, no sandbox, a limit, an answer that could not be used. */
  readonly inconclusive: 3;
  /** Whoever was to read the answer has left. */
  readonly unread: 141;
} = { ok: 0, failed: 1, usage: 2, inconclusive: 3, unread: 141 };

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command was used wrongly; the message says how to use it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const ASKED_WRONGLY: readonly RLMError['code'][] = ['invalid_options', 'run_mismatch', 'run_not_found'];

/** Whether an error is the caller's to put right on the command line, as against one of the machine or the provider. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError || AssessError.isInstance(error)) return EXIT.usage;
  if (!RLMError.isInstance(error)) return EXIT.inconclusive;
  return ASKED_WRONGLY.includes(error.code) || error.code.startsWith('context_') ? EXIT.usage : EXIT.inconclusive;
}
