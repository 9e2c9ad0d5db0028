import { isWithinLevels, PROTOCOL_VERSION, WorkerReady } from '@rlm-bridge/protocol';
import { z } from 'zod';
import { RLMError } from '../api/errors.ts';
import { limitInWords } from '../api/system-limits.ts';
import {
  NO_TEMP_FOLDER_EXIT_CODE,
  UNFIT_PYTHON_EXIT_CODE,
  UNSUPPORTED_PYTHON_EXIT_CODE,
} from '../python/python-command.ts';
import type { WorkerExit } from './worker-child.ts';

/** Enough of a `worker.ready` of any version to compare versions. */
const AnyReady = z.looseObject({ type: z.literal('worker.ready'), protocolVersion: z.int() });

/** @throws {RLMError} `protocol_version_mismatch`, or `worker_protocol_error` for anything else than `worker.ready`. */
export function readReady(value: unknown): WorkerReady {
  if (!isWithinLevels(value)) {
    throw new RLMError('worker_protocol_error', "The Python worker's first message has too many levels.");
  }
  const ready = AnyReady.safeParse(value);
  if (ready.success && ready.data.protocolVersion !== PROTOCOL_VERSION) {
    throw new RLMError(
      'protocol_version_mismatch',
      `The Python worker speaks protocol version ${ready.data.protocolVersion}, this package version ${PROTOCOL_VERSION}. ` +
        'They come from different releases: reinstall rlm-bridge, and unset RLM_PYTHON if it points to an older environment.',
    );
  }
  const parsed = WorkerReady.safeParse(value);
  if (parsed.success) return parsed.data;
  const shown = JSON.stringify(value)?.slice(0, 120);
  const message = `The Python worker's first message is not "worker.ready" but ${shown}.`;
  throw new RLMError('worker_protocol_error', message, { cause: parsed.error });
}

const CHECK_PYTHON = 'Check the python option and RLM_PYTHON, or leave both out to let uv prepare Python.';

/** Why a worker that ended before `worker.ready` did so. */
export function startFailure(file: string, { exitCode, signal, spawnError }: WorkerExit, stderrTail: string): RLMError {
  if (spawnError !== null) {
    return new RLMError('python_not_found', `${file} cannot be started (${spawnError.message}). ${CHECK_PYTHON}`, {
      cause: spawnError,
    });
  }
  const limit = limitInWords(stderrTail);
  if (limit !== undefined) {
    const { message } = describeExit({ exitCode, signal, spawnError }, stderrTail);
    return new RLMError('system_limit_reached', `${file} could not start the worker. ${limit} ${message}`);
  }
  if (exitCode === UNSUPPORTED_PYTHON_EXIT_CODE) {
    return new RLMError('python_not_found', `${file} is too old. ${stderrTail} Point RLM_PYTHON to a newer one.`);
  }
  if (exitCode === NO_TEMP_FOLDER_EXIT_CODE) {
    const advice = 'Set TMPDIR to a folder that is there, has room and can be written by this user';
    return new RLMError('temp_folder_unusable', `The temporary folder cannot be used. ${stderrTail} ${advice}.`);
  }
  if (exitCode === UNFIT_PYTHON_EXIT_CODE) {
    const advice =
      "Install there what the worker's uv.lock lists, or leave out the python option and RLM_PYTHON to let uv do it";
    return new RLMError('worker_start_failed', `${file} ${stderrTail.trim()}. ${advice}.`);
  }
  const { message } = describeExit({ exitCode, signal, spawnError }, stderrTail);
  return new RLMError('worker_start_failed', `${file} could not start the worker. ${CHECK_PYTHON} ${message}`);
}

/** How a worker ended, and what it last wrote to stderr. */
export function describeExit(
  { exitCode, signal }: WorkerExit,
  stderrTail: string,
): { message: string; workerStderr: string } {
  const stderr = stderrTail === '' ? 'It wrote nothing to stderr.' : `Its last words:\n${stderrTail}`;
  return { message: `The Python worker ended ${howItEnded(exitCode, signal)}. ${stderr}`, workerStderr: stderrTail };
}

function howItEnded(exitCode: number | null, signal: string | null): string {
  if (signal !== null) return `by ${signal}`;
  if (exitCode !== null) return `with exit code ${exitCode}`;
  return 'and nobody saw how, as the process it was forked from was gone';
}

export function readyTimeout(ms: number, stderrTail: string): RLMError {
  const stderr = stderrTail === '' ? 'It wrote nothing to stderr.' : `Its last words:\n${stderrTail}`;
  return new RLMError('worker_ready_timeout', `The Python worker was not ready within ${ms} ms. ${stderr}`);
}
