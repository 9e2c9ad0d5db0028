import type { PythonSettings } from '../options/run-plan.ts';
import { pythonCommand } from '../python/python-command.ts';
import { preparePython } from '../python/python-environment.ts';
import { findWorkerSource, namedWorkerFolder } from '../python/worker-source.ts';
import { workerVariables } from '../python/worker-variables.ts';
import type { WorkerFactory } from '../worker/pool.ts';
import { WorkerProcess } from '../worker/worker-process.ts';

/** Workers for runs with these settings. Workers are interchangeable when their Python and their variables are the same. */
export function workerFactory(settings: PythonSettings, env: NodeJS.ProcessEnv): WorkerFactory {
  const { environment, python, uvPath } = settings;
  const pythonVariables = [env.RLM_PYTHON, env.RLM_UV, env.UV_PYTHON, env.RLM_CACHE_DIR, env.XDG_CACHE_HOME];
  const extras = ['docker', 'local'].includes(environment) ? 'none' : environment;
  return {
    key: JSON.stringify([
      namedWorkerFolder(env),
      python,
      uvPath,
      extras,
      pythonVariables,
      workerVariables(environment, env),
    ]),
    start: async (signal) => {
      const source = findWorkerSource(env);
      const interpreter = await preparePython({ ...settings, source, env }, signal);
      return await WorkerProcess.start(pythonCommand(interpreter, source.sources, environment, env), signal);
    },
  };
}
