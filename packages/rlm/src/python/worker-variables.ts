import { join } from 'node:path';
import type { Environment } from '@rlm-bridge/protocol';
import { FIXED_VARIABLES, INHERITED_VARIABLES, LATE_VARIABLES, SERVICE_VARIABLES } from './inherited-variables.ts';

/** The environment of a worker process: what is allowed, as far as it is set, and nothing else. */
export function workerVariables(environment: Environment, env: NodeJS.ProcessEnv): Record<string, string> {
  return { ...pick([...INHERITED_VARIABLES, ...SERVICE_VARIABLES[environment]], env), ...FIXED_VARIABLES };
}

/** Of a worker's variables, those of what it is forked from, and those that come to it alone. */
export function sharedAndOwn(variables: Record<string, string>): Record<'shared' | 'own', Record<string, string>> {
  const { shared = [], own = [] } = Object.groupBy(Object.entries(variables), ([name]) =>
    LATE_VARIABLES.includes(name) ? 'own' : 'shared',
  );
  return { shared: Object.fromEntries(shared), own: Object.fromEntries(own) };
}

/** uv's environment: the worker's and uv's own settings, so that no key reaches a build script. */
export function uvVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const own = Object.keys(env).filter((name) => name.startsWith('UV_') && !OURS.includes(name));
  const caches = ['NETRC', 'XDG_CACHE_HOME', 'XDG_DATA_HOME'];
  // One variable moves all that uv keeps, where a home folder cannot be written, or not be read by whom it is made for.
  const { RLM_CACHE_DIR: folder } = env;
  const cache = folder ? { UV_CACHE_DIR: join(folder, 'uv'), UV_PYTHON_INSTALL_DIR: join(folder, 'python') } : {};
  return { UV_PYTHON_DOWNLOADS: 'never', ...cache, ...pick([...INHERITED_VARIABLES, ...caches, ...own], env) };
}

/** Settings of a user's own project that must not steer ours. */
const OURS = ['UV_PROJECT', 'UV_PROJECT_ENVIRONMENT', 'UV_WORKING_DIRECTORY', 'UV_FROZEN', 'UV_LOCKED', 'UV_NO_SYNC'];

function pick(names: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = names.map((name) => [name, env[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
