import { expect, test } from 'vitest';
import * as protocol from '../src/index.ts';

// Literals on purpose: moving one is a change of the wire, made here as well and in the open.

test('version and bounds', () => {
  const { PROTOCOL_VERSION, MAX_LINE_BYTES, MAX_EVENT_TEXT_CHARS, MAX_ANSWER_CHARS } = protocol;
  expect({ PROTOCOL_VERSION, MAX_LINE_BYTES, MAX_EVENT_TEXT_CHARS, MAX_ANSWER_CHARS }).toEqual({
    PROTOCOL_VERSION: 5,
    MAX_LINE_BYTES: 67_108_864,
    MAX_EVENT_TEXT_CHARS: 200_000,
    MAX_ANSWER_CHARS: 10_000_000,
  });
});

test('stop reasons', () => {
  expect(protocol.StopReason.options.join(' ')).toBe(
    'max_iterations budget duration tokens errors provider_error environment_error invalid_answer ' +
      'insufficient_coverage store diverged worker_exit',
  );
});

test('codes of a failed run', () => {
  expect(protocol.RunErrorCode.options.join(' ')).toBe(
    'cancelled max_iterations budget_exceeded duration_exceeded token_limit_exceeded error_threshold_exceeded ' +
      'authentication_failed model_not_found rate_limited provider_unreachable provider_rejected_request provider_error ' +
      'no_usable_reply no_credit access_denied content_refused certificate_error invalid_setting ' +
      'context_unreadable context_not_utf8 context_too_long container_runtime_missing container_runtime_not_running image_missing landlock_unavailable ' +
      'environment_extra_missing environment_start_failed environment_died system_limit_reached answer_too_large invalid_answer ' +
      'insufficient_coverage host_model_failed session_lost unknown_price store_failed replay_diverged worker_internal_error',
  );
});

test('codes of a refused line', () => {
  expect(protocol.ProtocolErrorCode.options.join(' ')).toBe(
    'invalid_json invalid_message unknown_message_type line_too_long run_in_progress unknown_run session_in_progress ' +
      'unknown_session',
  );
});

test('how replies end', () => {
  expect(protocol.FinishReason.options.join(' ')).toBe('stop length refused empty broken unsupported');
});

test('roles, backends, environments', () => {
  expect(protocol.CallRole.options.join(' ')).toBe('root llm_query child leaf compaction default_answer');
  expect(protocol.Backend.options.join(' ')).toBe(
    'anthropic openai openrouter gemini portkey azure_openai vercel vllm litellm ollama offline host',
  );
  expect(protocol.Environment.options.join(' ')).toBe('docker landlock local ipython modal prime daytona e2b');
});
