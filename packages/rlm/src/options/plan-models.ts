import type { RLMHostModel } from '../api/host-model.ts';
import type { RLMOptions } from '../api/options.ts';
import { type Credentials, resolveCredentials } from './credentials.ts';
import { hostModelName, hostModels } from './host-models.ts';
import { chooseModels } from './models.ts';

/** One of the two models of a run, told apart: a function of this process, or a name at a backend. */
export interface PlannedModel {
  /** Its name in requests, events and bills; aliases are resolved. */
  name: string;
  credentials: Credentials;
  /** The function that serves it; null: its backend does. */
  hostModel: RLMHostModel | null;
  samplingArgs: { [name: string]: unknown };
}

export interface PlannedModels {
  root: PlannedModel;
  sub: PlannedModel;
}

type ModelOptions = Pick<
  RLMOptions,
  | 'backend'
  | 'rootModel'
  | 'subModel'
  | 'subBackend'
  | 'apiKey'
  | 'baseUrl'
  | 'backendOptions'
  | 'subApiKey'
  | 'subBaseUrl'
  | 'subBackendOptions'
  | 'samplingArgs'
  | 'subSamplingArgs'
>;

/** @throws {RLMError} `invalid_options`, `missing_api_key` or `invalid_setting` */
export function planModels(options: ModelOptions, env: NodeJS.ProcessEnv): PlannedModels {
  const host = hostModels(options);
  const { root, sub } = resolveCredentials(options, host, env);
  const names = chooseModels({
    rootBackend: root.backend,
    subBackend: sub.backend,
    rootModel: nameOf(host.root ?? options.rootModel),
    subModel: nameOf(host.sub ?? options.subModel),
    env,
  });
  const samplingArgs = options.samplingArgs ?? {};
  const inherited = options.subModel === undefined && options.subBackend === undefined ? samplingArgs : {};
  return {
    root: { name: names.root, credentials: root, hostModel: host.root, samplingArgs },
    sub: {
      name: names.sub,
      credentials: sub,
      hostModel: host.sub,
      samplingArgs: options.subSamplingArgs ?? inherited,
    },
  };
}

function nameOf(model: string | RLMHostModel | undefined): string | undefined {
  return typeof model === 'function' ? hostModelName(model) : model;
}
