import { RLMError } from '../api/errors.ts';
import { lateExeca } from '../process/late-execa.ts';
import { isOlder } from './versions.ts';
import { uvVariables } from './worker-variables.ts';

/** Oldest uv that knows every flag and variable used here. */
export const MIN_UV_VERSION = '0.6.14';

const HOW_TO_INSTALL =
  'Install it with "pipx install uv" (or Homebrew, or the installer in uv\'s documentation; Debian and Ubuntu refuse ' +
  'plain pip outside of a virtual environment), or name it by the ' +
  'uv.path option or RLM_UV. To use a Python of your own that has the dependencies, set the python option or RLM_PYTHON.';

/** A uv that can be run. */
export interface Uv {
  /** A path, or `uv` where `PATH` has it. */
  path: string;
  version: string;
}

/** The uv to run: the option, else `RLM_UV`, else the one on `PATH`. Nothing is ever downloaded. */
export async function findUv(given: string | undefined, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Uv> {
  const named = given ?? (env.RLM_UV || undefined);
  const uv = named ?? 'uv';
  const options = { env: uvVariables(env), extendEnv: false, reject: false, cancelSignal: signal } as const;
  const execa = await lateExeca();
  const { stdout, failed, originalMessage, cause } = await execa(uv, ['--version'], options);
  signal.throwIfAborted();
  if (failed) {
    const where =
      named === undefined ? 'uv is not on PATH' : `${named} cannot be run (${originalMessage ?? 'it failed'})`;
    throw new RLMError('uv_not_found', `${where}. ${HOW_TO_INSTALL}`, { cause });
  }
  const version = /^uv (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (version === undefined || isOlder(version, MIN_UV_VERSION)) {
    const found = version === undefined ? `says "${stdout.slice(0, 60)}", which is not uv` : `is version ${version}`;
    throw new RLMError('uv_not_found', `${uv} ${found}; ${MIN_UV_VERSION} or newer is needed. ${HOW_TO_INSTALL}`);
  }
  return { path: uv, version };
}
