import { DEFAULT_OPTIONS, type RLMOptions } from '../api/options.ts';
import { pythonCommand } from '../python/python-command.ts';
import { preparePython } from '../python/python-environment.ts';
import { findWorkerSource, namedWorkerFolder } from '../python/worker-source.ts';
import { workerVariables } from '../python/worker-variables.ts';
import type { WorkerSource } from '../worker/pool.ts';
import { WorkerProcess } from '../worker/worker-process.ts';

/** Workers for runs of these options. Workers are interchangeable when their Python and their variables are the same. */
export function pythonSource(options: RLMOptions, env: NodeJS.ProcessEnv): WorkerSource {
  const environment = options.environment ?? DEFAULT_OPTIONS.environment;
  const quiet = options.quiet ?? DEFAULT_OPTIONS.quiet;
  const { python, uv } = options;
  const pythonVariables = [env.RLM_PYTHON, env.RLM_UV, env.UV_PYTHON, env.RLM_CACHE_DIR, env.XDG_CACHE_HOME];
  const extras = ['docker', 'local'].includes(environment) ? 'none' : environment;
  return {
    key: JSON.stringify([
      namedWorkerFolder(env),
      python,
      uv?.path,
      extras,
      pythonVariables,
      workerVariables(environment, env),
    ]),
    start: async (signal) => {
      const source = findWorkerSource(env);
      const settings = { source, environment, python, uvPath: uv?.path, quiet, env };
      const interpreter = await preparePython(settings, signal);
      return await WorkerProcess.start(pythonCommand(interpreter, source.sources, environment, env), signal);
    },
  };
}
