/** Why a run that ran has no answer. */
export type StopReason =
  | 'max_iterations'
  | 'budget'
  | 'duration'
  | 'tokens'
  | 'errors'
  | 'provider_error'
  | 'environment_error'
  | 'invalid_answer'
  | 'insufficient_coverage'
  | 'store'
  | 'diverged'
  | 'worker_exit';

/** The literal code in `result.error`: more exact than the stop reason. */
export type RLMRunErrorCode =
  | 'cancelled'
  | 'max_iterations'
  | 'budget_exceeded'
  | 'duration_exceeded'
  | 'token_limit_exceeded'
  | 'error_threshold_exceeded'
  | 'authentication_failed'
  | 'model_not_found'
  | 'rate_limited'
  | 'provider_unreachable'
  | 'provider_rejected_request'
  | 'provider_error'
  | 'no_usable_reply'
  | 'no_credit'
  | 'access_denied'
  | 'content_refused'
  | 'certificate_error'
  | 'invalid_setting'
  | 'context_unreadable'
  | 'context_not_utf8'
  | 'context_too_long'
  | 'container_runtime_missing'
  | 'container_runtime_not_running'
  | 'image_missing'
  | 'landlock_unavailable'
  | 'environment_extra_missing'
  | 'environment_start_failed'
  | 'environment_died'
  | 'system_limit_reached'
  | 'answer_too_large'
  | 'invalid_answer'
  | 'insufficient_coverage'
  | 'host_model_failed'
  | 'session_lost'
  | 'unknown_price'
  | 'store_failed'
  | 'lease_lost'
  | 'replay_diverged'
  | 'worker_internal_error'
  | 'worker_exit'
  | 'worker_protocol_error';

/** A code of the last event: of a run that ran, or of one that never did. */
export type RLMFailureCode = RLMRunErrorCode | RLMErrorCode;

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
  'landlock_unavailable',
  'environment_extra_missing',
  'environment_start_failed',
  'system_limit_reached',
  // sessions
  'session_busy',
  'session_closed',
  'session_lost',
  // the store of runs
  'run_in_progress',
  'run_not_found',
  'store_failed',
  'lease_lost',
  'blob_not_found',
  // the journal of a run
  'run_mismatch',
  'version_mismatch',
  'context_changed',
  'replay_diverged',
  'journal_corrupted',
  'journal_unsupported',
  // the end
  'internal_error',
  'aborted',
] as const;

/** The literal code of an `RLMError`. */
export type RLMErrorCode = (typeof RLM_ERROR_CODES)[number];
