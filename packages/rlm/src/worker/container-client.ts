import { execFile } from 'node:child_process';
import { thrownText } from '@rlm-bridge/text';
import { CONTAINER_CLEANUP_MS } from './policy.ts';

/** What the client of a container runtime said. */
export interface ClientAnswer {
  stdout: string;
  stderr: string;
  /** `missing`: there is no such program. `failed`: it could not do it or did not come back, and `stderr` says why. */
  failure: 'missing' | 'failed' | null;
}

/** One short command of `docker` or `podman`, bounded in time. Never rejects. */
export async function runClient(
  runtime: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<ClientAnswer> {
  // By Node itself: most runs ask, and execa takes as long to load as all of this.
  const { promise, resolve } = Promise.withResolvers<ClientAnswer>();
  const options = { env, timeout: CONTAINER_CLEANUP_MS, killSignal: 'SIGKILL' } as const;
  try {
    const client = execFile(runtime, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ stdout: stdout.trimEnd(), stderr: stderr.trimEnd(), failure: null });
      const why = error.killed ? `${runtime} did not come back` : error.message;
      const failure = error.code === 'ENOENT' ? 'missing' : 'failed';
      resolve({ stdout: stdout.trimEnd(), stderr: stderr.trimEnd() || why, failure });
    });
    client.stdin?.end();
  } catch (error) {
    resolve({ stdout: '', stderr: thrownText(error), failure: 'failed' });
  }
  return await promise;
}
