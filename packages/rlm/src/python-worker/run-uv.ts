import { execa } from 'execa';
import { RLMError, type RLMErrorCode } from '../errors.ts';
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

/** Runs uv and returns its stdout. @throws {RLMError} with uv's own words under ours. */
export async function runUv(request: UvRequest, args: string[], signal: AbortSignal): Promise<string> {
  const { uv, cwd, env, variables, shows, failure } = request;
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
  const words = result.stderr?.toString().trim() || result.originalMessage || 'It said nothing.';
  throw new RLMError(failure.code, `${failure.advice}. uv ${args[0]} said:\n${words}`, { cause: result.cause });
}
