import { RLMError } from '../api/errors.ts';
import { lateExeca } from '../process/late-execa.ts';
import { workerVariables } from './worker-variables.ts';

/** The version of an interpreter, e.g. `3.12.4`. @throws {RLMError} `python_not_found` when it is none. */
export async function pythonVersion(python: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string> {
  const options = { env: workerVariables('local', env), extendEnv: false, stdin: 'ignore', reject: false } as const;
  const program = 'import platform; print(platform.python_version())';
  const execa = await lateExeca();
  const { stdout, failed, originalMessage, stderr, cause } = await execa(python, ['-I', '-c', program], {
    ...options,
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  const version = /^\d+\.\d+\.\d+\S*$/.exec(stdout ?? '')?.[0];
  if (!failed && version !== undefined) return version;
  const why = failed ? originalMessage || stderr || 'it failed' : `it says "${stdout.slice(0, 60)}"`;
  throw new RLMError('python_not_found', `${python} is no Python that can be run (${why}).`, { cause });
}
