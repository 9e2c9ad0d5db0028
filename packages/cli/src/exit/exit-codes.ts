import type { RLMErrorCode } from 'rlm-bridge';

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

const ASKED_WRONGLY: readonly RLMErrorCode[] = ['invalid_options', 'run_mismatch', 'run_not_found'];

/**
 * Whether an error is the caller's to put right on the command line, as against one of the machine or the provider. Of an error of
 * ours its package is loaded already.
 */
export async function exitCodeOf(error: unknown): Promise<ExitCode> {
  if (error instanceof UsageError) return EXIT.usage;
  const { RLMError } = await import('rlm-bridge');
  if (RLMError.isInstance(error)) {
    return ASKED_WRONGLY.includes(error.code) || error.code.startsWith('context_') ? EXIT.usage : EXIT.inconclusive;
  }
  const { AssessError } = await import('@rlm-bridge/assess');
  return AssessError.isInstance(error) ? EXIT.usage : EXIT.inconclusive;
}
