import { RLMError } from '../api/errors.ts';
import { ENVIRONMENT_OPTIONS } from '../options/environment-options.ts';
import type { ParsedOptions } from '../options/parse-options.ts';
import type { SettledOptions } from '../options/run-plan.ts';
import { workerVariables } from '../python/worker-variables.ts';
import { runClient } from '../worker/container-client.ts';

/** Daemons that answered once in this process: one that has gone since is told by the run. */
const answered = new Set<string>();

/**
 * What `auto` comes to: `docker` where its daemon answers, else `landlock`. Nothing else is a sandbox.
 * @throws {RLMError} (as a rejection) `container_runtime_not_running` where there is neither.
 */
export async function settleEnvironment(options: ParsedOptions, env: NodeJS.ProcessEnv): Promise<SettledOptions> {
  const { environment, environmentOptions, strategy } = options;
  if (environment !== 'auto') return { ...options, environment };
  const runtime = environmentOptions?.runtime ?? 'docker';
  // One prompt needs no REPL.
  if (strategy === 'direct' || (await answers(runtime, env))) return settledOn('docker', options);
  if (process.platform !== 'linux') throw neither(runtime);
  return settledOn('landlock', options);
}

/** With those of the options of `auto` that this one knows. */
export function settledOn(environment: 'docker' | 'landlock', options: ParsedOptions): SettledOptions {
  const { environmentOptions: asked, ...others } = options;
  if (asked === undefined) return { ...others, environment };
  const known = Object.keys(ENVIRONMENT_OPTIONS[environment].shape);
  const environmentOptions = Object.fromEntries(Object.entries(asked).filter(([name]) => known.includes(name)));
  return { ...others, environment, environmentOptions };
}

async function answers(runtime: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const variables = workerVariables('docker', env);
  const key = JSON.stringify([runtime, variables]);
  if (answered.has(key)) return true;
  // Podman has no daemon: it answers when it is there.
  const asked = runtime === 'docker' ? ['--format', '{{.Server.Version}}'] : [];
  const { failure } = await runClient(runtime, ['version', ...asked], variables);
  if (failure === null) answered.add(key);
  return failure === null;
}

function neither(runtime: string): RLMError {
  const message =
    `environment: 'auto' found no sandbox: ${runtime} does not answer, and Landlock is in Linux alone. ` +
    `Start ${runtime}, or run on Linux 5.13 or newer. Nothing was started.`;
  return new RLMError('container_runtime_not_running', message);
}
