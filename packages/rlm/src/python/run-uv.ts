import type { RLMErrorCode } from '../api/codes.ts';
import { RLMError } from '../api/errors.ts';
import { lateExeca } from '../process/late-execa.ts';
import { uvVariables } from './worker-variables.ts';

export interface UvRequest {
  uv: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Variables on top of uv's own. */
  variables?: Record<string, string>;
  /** Whether uv's progress goes to stderr. */
  shows: boolean;
  failure: { code: RLMErrorCode; advice: string };
}

/** What the file system refuses has nothing to do with what uv was asked for. */
const DISK = {
  code: 'cache_folder_unusable',
  advice:
    'uv cannot write its files: set RLM_CACHE_DIR, and UV_CACHE_DIR where you set it, to a folder with room that this user can write',
} as const satisfies UvRequest['failure'];

function isOfDisk(output: string): boolean {
  return /permission denied|read-only file system|no space left|disk quota|failed to initialize cache/i.test(output);
}

/** Runs uv and returns its stdout. @throws {RLMError} with uv's own words under ours. */
export async function runUv(request: UvRequest, args: string[], signal: AbortSignal): Promise<string> {
  const { uv, cwd, env, variables, shows, failure } = request;
  const execa = await lateExeca();
  const result = await execa(uv, args, {
    cwd,
    env: { ...uvVariables(env), ...variables },
    extendEnv: false,
    stdin: 'ignore',
    stderr: shows ? ['pipe', 'inherit'] : 'pipe',
    reject: false,
    killDescendants: true,
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  if (!result.failed) return result.stdout;
  const output = result.stderr?.toString().trim() || result.originalMessage || 'It said nothing.';
  const { code, advice } = isOfDisk(output) ? DISK : failure;
  throw new RLMError(code, `${advice}. uv ${args[0]} said:\n${output}`, { cause: result.cause });
}
