import { isOwnEnvironment } from '../options/environment-options.ts';
import type { PythonSettings } from '../options/run-plan.ts';
import { pythonCommand } from '../python/python-command.ts';
import { preparePython } from '../python/python-environment.ts';
import { findWorkerSource, namedWorkerFolder } from '../python/worker-source.ts';
import { workerVariables } from '../python/worker-variables.ts';
import type { WorkerFactory } from '../worker/pooled-worker.ts';
import { WorkerProcess } from '../worker/worker-process.ts';

/** Workers for runs with these settings. Workers are interchangeable when their Python and their variables are the same. */
export function workerFactory(settings: PythonSettings, env: NodeJS.ProcessEnv): WorkerFactory {
  const { environment, isolation, python, uvPath } = settings;
  const pythonVariables = [
    env.RLM_PYTHON,
    env.RLM_WORKER_START,
    env.RLM_UV,
    env.UV_PYTHON,
    env.RLM_CACHE_DIR,
    env.XDG_CACHE_HOME,
  ];
  // The official environments that are not ours have packages of their own, and some run code in the worker.
  const isOurs = isOwnEnvironment(environment);
  return {
    key: JSON.stringify([
      namedWorkerFolder(env),
      python,
      uvPath,
      isOurs ? 'none' : environment,
      pythonVariables,
      workerVariables(environment, env),
    ]),
    alone: isolation === 'process' || !isOurs,
    start: async (signal) => {
      const source = findWorkerSource(env);
      const interpreter = await preparePython({ ...settings, source, env }, signal);
      return await WorkerProcess.start(pythonCommand(interpreter, source.sources, environment, env), signal);
    },
  };
}
