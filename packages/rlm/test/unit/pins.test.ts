import { expect, test } from 'vitest';
import { RLM_ERROR_CODES } from '../../src/api/codes.ts';
import { RLMAbortError, RLMError } from '../../src/api/errors.ts';
import { DEFAULT_OPTIONS } from '../../src/api/options.ts';
import * as index from '../../src/index.ts';
import { INHERITED_VARIABLES } from '../../src/python/inherited-variables.ts';
import { workerVariables } from '../../src/python/worker-variables.ts';
import * as policy from '../../src/worker/policy.ts';
import { DEFAULT_IDLE_MS, DEFAULT_MAX_WORKERS, DEFAULT_RUNS_PER_WORKER } from '../../src/worker/pool.ts';
import { transition, type WorkerInput, type WorkerState } from '../../src/worker/worker-state.ts';

// A surface that moves by accident fails here.

test('error codes', () => {
  expect([...RLM_ERROR_CODES].sort().join(' ')).toMatchInlineSnapshot(
    `"aborted blob_not_found cache_folder_unsafe cache_folder_unusable certificate_error container_runtime_missing container_runtime_not_running context_changed context_is_directory context_link_outside context_no_match context_not_a_file context_not_found context_not_utf8 context_not_well_formed context_not_written context_too_deep context_too_large context_too_long context_too_many_files context_unreadable context_unsupported_type environment_extra_missing environment_start_failed environment_sync_failed image_missing internal_error invalid_options invalid_setting journal_corrupted journal_unsupported landlock_unavailable lease_lost missing_api_key node_too_old protocol_version_mismatch python_not_found replay_diverged run_in_progress run_mismatch run_not_found session_busy session_closed session_lost store_failed system_limit_reached temp_folder_unusable unknown_price uv_not_found version_mismatch worker_internal_error worker_not_found worker_protocol_error worker_ready_timeout worker_start_failed"`,
  );
});

test('exports', () => {
  expect(Object.keys(index).sort()).toEqual([
    'RLMAbortError',
    'RLMError',
    'closeWorkers',
    'configureWorkers',
    'defineTool',
    'diagnose',
    'fileStore',
    'forkRLM',
    'formatDiagnosis',
    'memoryStore',
    'openSession',
    'prepare',
    'replayRLM',
    'resolveModels',
    'resumeRLM',
    'runRLM',
    'verifyRLM',
  ]);
});

test('defaults', () => {
  expect(DEFAULT_OPTIONS).toMatchInlineSnapshot(`
    {
      "compaction": false,
      "environment": "docker",
      "isolation": "shared",
      "logDir": "./logs",
      "maxConcurrentSubCalls": 16,
      "maxDepth": 1,
      "maxIterations": 20,
      "maxOutputChars": 20000,
      "maxSubCalls": 100,
      "maxToolCalls": 1000,
      "onDivergence": "continue",
      "onStoreFailure": "fail",
      "promptCaching": true,
      "quiet": false,
      "strategy": "recurse",
      "validateTimeoutMs": 60000,
    }
  `);
  const settings = { DEFAULT_IDLE_MS, DEFAULT_MAX_WORKERS, DEFAULT_RUNS_PER_WORKER };
  expect(settings).toEqual({ DEFAULT_IDLE_MS: 60_000, DEFAULT_MAX_WORKERS: 10, DEFAULT_RUNS_PER_WORKER: 128 });
});

test('policy', () => {
  expect({ ...policy }).toMatchInlineSnapshot(`
    {
      "CANCEL_GRACE_MS": 800,
      "CONTAINER_CLEANUP_MS": 20000,
      "DRAIN_MS": 250,
      "DURATION_GRACE_MS": 900,
      "KILL_GRACE_MS": 1500,
      "LATE_END_MS": 5000,
      "PING_EVERY_MS": 3000,
      "PING_TIMEOUT_MS": 5000,
      "READY_TIMEOUT_MS": 60000,
      "SESSION_CLOSE_GRACE_MS": 15000,
      "SILENT_ROUNDS": 20,
      "STDERR_TAIL_BYTES": 8192,
    }
  `);
});

test('the worker inherits exactly what is allowed, and no key', () => {
  expect(INHERITED_VARIABLES.join(' ')).toMatchInlineSnapshot(
    `"HOME LANG LC_ALL LC_CTYPE LOGNAME PATH TMPDIR TZ USER XDG_CONFIG_HOME XDG_RUNTIME_DIR CONTAINER_HOST DOCKER_CERT_PATH DOCKER_CONFIG DOCKER_CONTEXT DOCKER_HOST DOCKER_TLS_VERIFY SSH_AUTH_SOCK ALL_PROXY HTTP_PROXY HTTPS_PROXY NO_PROXY all_proxy http_proxy https_proxy no_proxy NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE SSL_CERT_DIR SSL_CERT_FILE"`,
  );
  const env = {
    PATH: '/bin',
    OPENAI_API_KEY: 'k',
    ANTHROPIC_API_KEY: 'k',
    MODAL_TOKEN_SECRET: 's',
    PYTHONPATH: '/x',
    LD_PRELOAD: '/y',
    RLM_PYTHON: 'z',
  };
  const fixed = { PYTHON_DOTENV_DISABLED: '1', PYDANTIC_DISABLE_PLUGINS: '1' };
  expect(workerVariables('docker', env)).toEqual({ PATH: '/bin', ...fixed });
  expect(workerVariables('modal', env)).toEqual({ PATH: '/bin', MODAL_TOKEN_SECRET: 's', ...fixed });
});

test('an error is known across copies of the package, and by its code', () => {
  const error = new RLMError('uv_not_found', 'm', { cause: 1 });
  expect(RLMError.isInstance(error)).toBe(true);
  expect(RLMError.isInstance({ code: 'uv_not_found' })).toBe(false);
  expect(RLMAbortError.isInstance(error)).toBe(false);
  expect(error).toMatchObject({ name: 'RLMError', code: 'uv_not_found', message: 'm', cause: 1 });
});

test('the states of a worker', () => {
  const inputs: WorkerInput[] = ['ready', 'drain', 'stop', 'exit'];
  const states: WorkerState[] = ['starting', 'ready', 'draining', 'stopping', 'stopped'];
  const next = (state: WorkerState, input: WorkerInput) => {
    try {
      return transition(state, input);
    } catch {
      return '-';
    }
  };
  const table = states.map(
    (state) => `${state}: ${inputs.map((input) => `${input} ${next(state, input)}`).join(', ')}`,
  );
  expect(table.join('\n')).toMatchInlineSnapshot(`
    "starting: ready ready, drain -, stop stopping, exit stopped
    ready: ready -, drain draining, stop stopping, exit stopped
    draining: ready -, drain draining, stop stopping, exit stopped
    stopping: ready -, drain stopping, stop stopping, exit stopped
    stopped: ready -, drain stopped, stop stopped, exit stopped"
  `);
});
