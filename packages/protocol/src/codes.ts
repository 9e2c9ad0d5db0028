import { z } from 'zod';

/** Why a run that ran has no answer. */
export const StopReason = z
  .enum([
    'max_iterations',
    'budget',
    'duration',
    'tokens',
    'errors',
    'provider_error',
    'environment_error',
    'invalid_answer',
    'insufficient_coverage',
    'store',
    'diverged',
    'worker_exit',
  ])
  .register(z.globalRegistry, { id: 'StopReason' });
export type StopReason = z.infer<typeof StopReason>;

/** The codes a worker gives to a failed run; each has one message that says what to do. */
export const RunErrorCode = z
  .enum([
    'cancelled',
    'max_iterations',
    'budget_exceeded',
    'duration_exceeded',
    'token_limit_exceeded',
    'error_threshold_exceeded',
    'authentication_failed',
    'model_not_found',
    'rate_limited',
    'provider_unreachable',
    'provider_rejected_request',
    'provider_error',
    'no_usable_reply',
    'no_credit',
    'access_denied',
    'content_refused',
    'certificate_error',
    'invalid_setting',
    'context_unreadable',
    'context_not_utf8',
    'context_too_long',
    'container_runtime_missing',
    'container_runtime_not_running',
    'image_missing',
    'landlock_unavailable',
    'environment_extra_missing',
    'environment_start_failed',
    'environment_died',
    'system_limit_reached',
    'answer_too_large',
    'invalid_answer',
    'insufficient_coverage',
    'host_model_failed',
    'session_lost',
    'unknown_price',
    'store_failed',
    'replay_diverged',
    'worker_internal_error',
  ])
  .register(z.globalRegistry, { id: 'RunErrorCode' });
export type RunErrorCode = z.infer<typeof RunErrorCode>;

/** What the worker says of a line it could not take. */
export const ProtocolErrorCode = z
  .enum([
    'invalid_json',
    'invalid_message',
    'unknown_message_type',
    'line_too_long',
    'run_in_progress',
    'unknown_run',
    'session_in_progress',
    'unknown_session',
  ])
  .register(z.globalRegistry, { id: 'ProtocolErrorCode' });
export type ProtocolErrorCode = z.infer<typeof ProtocolErrorCode>;

/** Who made a model call. */
export const CallRole = z
  .enum(['root', 'llm_query', 'child', 'leaf', 'compaction', 'default_answer'])
  .register(z.globalRegistry, { id: 'CallRole' });
export type CallRole = z.infer<typeof CallRole>;

/**
 * How a reply ended: by itself with text; cut at its length; refused or blocked; without text; broken off before its
 * end; asking for what is not offered (a tool, a pause).
 */
export const FinishReason = z
  .enum(['stop', 'length', 'refused', 'empty', 'broken', 'unsupported'])
  .register(z.globalRegistry, { id: 'FinishReason' });
export type FinishReason = z.infer<typeof FinishReason>;

export const Backend = z
  .enum([
    'anthropic',
    'openai',
    'openrouter',
    'gemini',
    'portkey',
    'azure_openai',
    'vercel',
    'vllm',
    'litellm',
    'ollama',
    'offline',
    'host',
  ])
  .register(z.globalRegistry, { id: 'Backend', description: 'host: a function of the host, called with model.call.' });
export type Backend = z.infer<typeof Backend>;

export const Environment = z
  .enum(['docker', 'landlock', 'local', 'ipython', 'modal', 'prime', 'daytona', 'e2b'])
  .register(z.globalRegistry, { id: 'Environment' });
export type Environment = z.infer<typeof Environment>;

/** How a run reads its context: by writing code, or in one prompt. */
export const Strategy = z.enum(['recurse', 'direct']).register(z.globalRegistry, { id: 'Strategy' });
export type Strategy = z.infer<typeof Strategy>;
