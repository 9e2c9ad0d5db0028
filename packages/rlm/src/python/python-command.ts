import type { Environment } from '@rlm-bridge/protocol';
import { type WorkerStart, workerStart } from './worker-start.ts';
import { workerVariables } from './worker-variables.ts';

/** Oldest Python that the worker runs on. */
export const MIN_PYTHON = '3.11';

/** How the first line below says that Python is too old. */
export const UNSUPPORTED_PYTHON_EXIT_CODE = 86;

/** How the worker says that it cannot make its temporary folder. */
export const NO_TEMP_FOLDER_EXIT_CODE = 87;

/** How the worker says that packages are missing, or that rlms is another version. */
export const UNFIT_PYTHON_EXIT_CODE = 88;

/** Isolated mode ignores PYTHONPATH and the current folder, so the worker's sources are named here. */
const BOOTSTRAP = `
import sys
if sys.version_info < (${MIN_PYTHON.replace('.', ', ')}):
    sys.stderr.write("It is Python " + sys.version.split()[0] + "; ${MIN_PYTHON} or newer is needed.")
    sys.exit(${UNSUPPORTED_PYTHON_EXIT_CODE})
import runpy
sys.path.insert(0, sys.argv.pop(1))
runpy.run_module("rlm_worker", run_name="__main__", alter_sys=True)
`.trim();

/** How to start a worker. */
export interface WorkerCommand {
  file: string;
  args: readonly string[];
  env: Record<string, string>;
  start: WorkerStart;
  /** Whether its first run has REPLs in processes of this machine, which are best got ready beside it. */
  local: boolean;
}

/** Runs the worker with an interpreter that has its dependencies. */
export function pythonCommand(
  python: string,
  sources: string,
  environment: Environment,
  env: NodeJS.ProcessEnv,
): WorkerCommand {
  const args = ['-I', '-u', '-X', 'utf8', '-c', BOOTSTRAP, sources];
  const variables = workerVariables(environment, env);
  return {
    file: python,
    args,
    env: variables,
    start: workerStart(env),
    local: environment === 'local' || environment === 'landlock',
  };
}
