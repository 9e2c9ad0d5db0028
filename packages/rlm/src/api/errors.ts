import { thrownText } from '@rlm-bridge/text';
import type { RLMErrorCode } from './codes.ts';
import type { RLMPartialResult } from './result.ts';

const MARKER = Symbol.for('rlm-bridge.error');

/**
 * A fault found before the run ran: `runRLM` rejects with it. Its message says what to do.
 * A run that ran resolves instead, with `success: false`, its reason and everything it learned and spent.
 */
export class RLMError extends Error {
  /** Name of the class; `'AbortError'` for an {@link RLMAbortError}. */
  override readonly name: string = 'RLMError';
  /** A literal to branch on; messages may change, codes do not. */
  readonly code: RLMErrorCode;
  /** What differs, of `run_mismatch` and `version_mismatch`: options, or `context`, `rlms`, `prompts`. Else empty. */
  readonly differing: readonly string[];

  static {
    Object.defineProperty(RLMError.prototype, MARKER, { value: true });
  }

  constructor(
    code: RLMErrorCode,
    message: string,
    options: ErrorOptions & {
      /** What differs, as the error will say. Default: nothing. */
      differing?: readonly string[];
    } = {},
  ) {
    const { differing = [], ...rest } = options;
    super(message, rest);
    this.code = code;
    this.differing = differing;
  }

  /** Whether a value is an `RLMError`, of this copy of the package or of another one. */
  static isInstance(value: unknown): value is RLMError {
    try {
      return typeof value === 'object' && value !== null && MARKER in value;
    } catch {
      return false; // a proxy that cannot be asked
    }
  }
}

/**
 * The run was aborted, by its `signal` or by `abort()`. `name` is `'AbortError'`, `cause` is the signal's reason and
 * `result` what was learned and spent until then.
 */
export class RLMAbortError extends RLMError {
  /** The name by which Node knows an abort. */
  override readonly name = 'AbortError';
  /** What the run had learned and spent; all zero when it never started. */
  readonly result: RLMPartialResult;

  constructor(reason: unknown, result: RLMPartialResult) {
    super('aborted', `The run was aborted${describeReason(reason)}`, { cause: reason });
    this.result = result;
  }

  /** Whether a value is an `RLMAbortError`, of this copy of the package or of another one. */
  static override isInstance(value: unknown): value is RLMAbortError {
    return RLMError.isInstance(value) && value.code === 'aborted';
  }
}

function describeReason(reason: unknown): string {
  return reason === undefined || reason === null || reason === '' ? '.' : `: ${thrownText(reason)}`;
}
