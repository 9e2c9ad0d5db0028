import { MIN_PYTHON } from './python-command.ts';
import { runUv } from './run-uv.ts';

/** The Python asked of uv: the user's `UV_PYTHON`, else any that is new enough. */
export function wantedPython(env: NodeJS.ProcessEnv): string {
  return env.UV_PYTHON || `>=${MIN_PYTHON}`;
}

/** Whether uv may fetch a Python that it does not find; not unless the user says so. */
export function mayFetchPython(env: NodeJS.ProcessEnv): boolean {
  return (env.UV_PYTHON_DOWNLOADS || 'never') !== 'never';
}

/** The interpreter that uv finds on this machine. @throws {RLMError} `python_not_found` */
export async function findPython(
  request: { uv: string; cwd: string; env: NodeJS.ProcessEnv },
  signal: AbortSignal,
): Promise<string> {
  const advice = `Install Python ${MIN_PYTHON} or newer, name one by UV_PYTHON, or let uv fetch one with UV_PYTHON_DOWNLOADS=automatic`;
  const failure = { code: 'python_not_found', advice } as const;
  // Looking leaves nothing behind: a diagnosis changes nothing.
  const find = ['python', 'find', '--no-project', '--no-cache', wantedPython(request.env)];
  return (await runUv({ ...request, shows: false, failure }, find, signal)).trim();
}
