import { lateExeca } from '../process/late-execa.ts';
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
  const options = { env, extendEnv: false, reject: false, timeout: CONTAINER_CLEANUP_MS, stdin: 'ignore' } as const;
  const { stdout, stderr, failed, code, shortMessage } = await (await lateExeca())(runtime, args, options);
  if (!failed) return { stdout, stderr, failure: null };
  const failure = code === 'ENOENT' ? 'missing' : 'failed';
  return { stdout: stdout ?? '', stderr: stderr || (shortMessage ?? ''), failure };
}
