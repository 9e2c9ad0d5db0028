import type { RLMHostModel } from '../api/host-model.ts';
import { isText } from './rules.ts';

/** The options that say who serves a run. */
export interface ModelOptions {
  rootModel?: string | RLMHostModel | undefined;
  subModel?: string | RLMHostModel | undefined;
  backend?: string | undefined;
  subBackend?: string | undefined;
}

/** Which models of a run are functions of this process. */
export interface HostModels {
  root: RLMHostModel | null;
  sub: RLMHostModel | null;
}

/** As everywhere, a root model that was given serves the sub-calls too, unless something else is named for them. */
export function hostModels({ rootModel, subModel, subBackend }: ModelOptions): HostModels {
  const root = typeof rootModel === 'function' ? rootModel : null;
  const inherited = subModel === undefined && subBackend === undefined ? root : null;
  return { root, sub: typeof subModel === 'function' ? subModel : inherited };
}

/** Whether a value is a function whose names can be shown and looked up. */
export function isHostModel(value: unknown): value is RLMHostModel {
  if (typeof value !== 'function') return false;
  const model = value as RLMHostModel;
  return isText(hostModelName(model)) && (model.priceProvider === undefined || isText(model.priceProvider));
}

export function hostModelName(model: RLMHostModel): string {
  return model.modelName ?? (model.name || 'host');
}

const OF_ROOT_CALLS = ['samplingArgs'];
const OF_BACKEND = ['backend', 'apiKey', 'baseUrl', 'backendOptions'];
const OF_SUB_CALLS = ['subBackend', 'subApiKey', 'subBaseUrl', 'subBackendOptions', 'subSamplingArgs'];

/** Why options that are right one by one do not go together with functions as models, each as a sentence. */
export function hostModelIssues(options: ModelOptions): string[] {
  const { root, sub } = hostModels(options);
  if (root === null && sub === null) return [];
  const { backend, subBackend } = options;
  const subIsElsewhere = sub !== null || (subBackend !== undefined && backend !== undefined && subBackend !== backend);
  const unused = [
    ...(root === null ? [] : OF_ROOT_CALLS),
    ...(root !== null && subIsElsewhere ? OF_BACKEND : []),
    ...(sub === null ? [] : OF_SUB_CALLS),
  ];
  const issues = unused
    .filter((name) => name in options)
    .map((name) => `${name} has no effect on a model that is a function: leave it out, or set it in the function.`);
  return sameNameOfTwoPrices(root, sub) ? [...issues, TWO_PRICES] : issues;
}

const TWO_PRICES =
  'rootModel and subModel have one name and two values of priceProvider: give one of them another modelName.';

function sameNameOfTwoPrices(root: RLMHostModel | null, sub: RLMHostModel | null): boolean {
  if (root === null || sub === null) return false;
  return hostModelName(root) === hostModelName(sub) && root.priceProvider !== sub.priceProvider;
}
