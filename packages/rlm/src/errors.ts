import { thrownText } from '@rlm-bridge/callbacks';
import type { RLMPartialResult } from './result.ts';

/** Why a run could not start, each with one message that says what to do. Pinned by a test. */
export const RLM_ERROR_CODES = [
  // what the caller gave
  'invalid_options',
  'missing_api_key',
  'context_unsupported_type',
  'context_not_well_formed',
  'context_not_found',
  'context_is_directory',
  'context_not_a_file',
  'context_link_outside',
  'context_no_match',
  'context_not_utf8',
  'context_unreadable',
  'context_not_written',
  'context_too_long',
  'context_too_large',
  'context_too_many_files',
  'context_too_deep',
  'unknown_price',
  // its surroundings
  'invalid_setting',
  'certificate_error',
  // where it runs
  'node_too_old',
  // Python
  'uv_not_found',
  'python_not_found',
  'environment_sync_failed',
  'cache_folder_unusable',
  'cache_folder_unsafe',
  'temp_folder_unusable',
  // the Python worker
  'worker_not_found',
  'worker_start_failed',
  'worker_ready_timeout',
  'worker_protocol_error',
  'worker_internal_error',
  'protocol_version_mismatch',
  // where model code runs
  'container_runtime_missing',
  'container_runtime_not_running',
  'image_missing',
  'environment_extra_missing',
  'environment_start_failed',
  // sessions
  'session_busy',
  'session_closed',
  'session_lost',
  // the end
  'internal_error',
  'aborted',
] as const;

/** The literal code of an {@link RLMError}. */
export type RLMErrorCode = (typeof RLM_ERROR_CODES)[number];

const MARKER = Symbol.for('rlm-bridge.error');

/**
 * A fault found before the run ran: `runRLM` rejects with it. Its message says what to do.
 * A run that ran resolves instead, with `success: false`, its reason and everything it learned and spent.
 */
export class RLMError extends Error {
  override readonly name: string = 'RLMError';
  /** A literal to branch on; messages may change, codes do not. */
  readonly code: RLMErrorCode;

  static {
    Object.defineProperty(RLMError.prototype, MARKER, { value: true });
  }

  constructor(code: RLMErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
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
