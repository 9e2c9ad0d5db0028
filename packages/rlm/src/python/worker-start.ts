import { RLMError } from '../api/errors.ts';

/** How a worker comes to be: as a fork of a process that has imported what it needs, or as a program of its own. */
export type WorkerStart = 'fork' | 'spawn';

/**
 * What `RLM_WORKER_START` says, else what this machine can do: a fork of a process that has loaded things is sound on Linux
 * alone, and Node alone takes sockets from a child.
 * @throws {RLMError} `invalid_options` for a value that is neither.
 */
export function workerStart(env: NodeJS.ProcessEnv): WorkerStart {
  const { RLM_WORKER_START: given } = env;
  if (given === 'spawn') return 'spawn';
  if (given && given !== 'fork') {
    throw new RLMError(
      'invalid_options',
      `RLM_WORKER_START must be "fork" or "spawn"; it is ${JSON.stringify(given)}.`,
    );
  }
  const { bun, deno } = process.versions;
  return process.platform === 'linux' && bun === undefined && deno === undefined ? 'fork' : 'spawn';
}
