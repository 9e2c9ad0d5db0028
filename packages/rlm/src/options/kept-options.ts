import type { RunSpec } from '@rlm-bridge/protocol';
import { RLMError } from '../api/errors.ts';
import type { RLMOptions } from '../api/options.ts';

type KeptSpec = Omit<RunSpec, 'context' | 'journal'>;

/** The options of a run that is in a store, as far as a store can keep them. */
export function optionsOf(spec: KeptSpec, isLeftOut: (model: RunSpec['rootModel']) => boolean): RLMOptions {
  const { answer, systemPrompt, logDir, limits } = spec;
  return {
    ...modelOptions(spec, isLeftOut),
    environment: spec.environment,
    environmentOptions: spec.environmentOptions,
    ...Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== null)),
    strategy: spec.strategy,
    compaction: spec.compaction,
    promptCaching: spec.promptCaching,
    typedSubCalls: answer.typedSubCalls,
    prices: spec.prices as RLMOptions['prices'],
    logDir: logDir ?? false,
    ...(systemPrompt !== null && { systemPrompt }),
    ...(answer.requireCoverage !== null && { requireCoverage: answer.requireCoverage }),
    ...(answer.schema !== null && { schema: answer.schema as RLMOptions['schema'] }),
  };
}

/** What of a model is not a function: that is given again. */
function modelOptions(
  { rootModel, subModel }: KeptSpec,
  isLeftOut: (model: RunSpec['rootModel']) => boolean,
): RLMOptions {
  const root: RLMOptions = {};
  if (rootModel.backend !== 'host') {
    Object.assign(root, { backend: rootModel.backend, rootModel: rootModel.model });
    if (rootModel.baseUrl !== null && !isLeftOut(rootModel)) root.baseUrl = rootModel.baseUrl;
    if (!isLeftOut(rootModel)) root.samplingArgs = rootModel.samplingArgs;
  }
  if (subModel.backend === 'host') return root;
  const sub: RLMOptions = { subBackend: subModel.backend, subModel: subModel.model };
  if (!isLeftOut(subModel)) sub.subSamplingArgs = subModel.samplingArgs;
  if (subModel.baseUrl !== null && !isLeftOut(subModel)) sub.subBaseUrl = subModel.baseUrl;
  return { ...root, ...sub };
}

const OF_ROOT = ['backend', 'rootModel', 'baseUrl', 'samplingArgs'] as const;
const OF_SUB = ['subBackend', 'subModel', 'subBaseUrl', 'subSamplingArgs'] as const;

/**
 * The options of a run, and others in their place: what belongs to a model that is another one goes with it, and a new address of
 * a backend is that of all calls which had the old one.
 */
export function replaced(kept: RLMOptions, given: RLMOptions): RLMOptions {
  const left = { ...kept };
  const isOther = (model: unknown, backend: unknown, before: unknown) =>
    typeof model === 'function' || (backend !== undefined && backend !== before);
  if (isOther(given.rootModel, given.backend, kept.backend)) for (const name of OF_ROOT) delete left[name];
  if (isOther(given.subModel, given.subBackend, kept.subBackend)) for (const name of OF_SUB) delete left[name];
  const isShared = kept.subBackend === kept.backend && kept.subBaseUrl === kept.baseUrl;
  if (given.baseUrl !== undefined && isShared) delete left.subBaseUrl;
  return { ...left, ...given };
}

/**
 * That what a store cannot keep is given again; `mayChange`: or another one in its place.
 * @throws {RLMError} `invalid_options` that names all of it.
 */
export function requireGivenAgain(spec: KeptSpec, given: RLMOptions, mayChange: boolean): void {
  const missing: string[] = [];
  const isGiven = (name: string) => (mayChange && given.tools !== undefined) || Object.hasOwn(given.tools ?? {}, name);
  const tools = spec.tools.map(({ name }) => name).filter((name) => !isGiven(name));
  if (tools.length > 0) missing.push(`tools (${tools.join(', ')})`);
  const { rootModel, subModel, answer } = spec;
  if (rootModel.backend === 'host' && given.rootModel === undefined) {
    missing.push(`rootModel (the function "${rootModel.model}")`);
  }
  const inherits = given.rootModel !== undefined && rootModel.model === subModel.model;
  if (subModel.backend === 'host' && given.subModel === undefined && !inherits) {
    missing.push(`subModel (the function "${subModel.model}")`);
  }
  const hasRule = given.validate !== undefined || (mayChange && given.schema !== undefined);
  if (answer.check && answer.schema === null && !hasRule) missing.push('validate');
  if (missing.length === 0) return;
  const advice = 'Functions cannot be kept in a store: give them again';
  throw new RLMError(
    'invalid_options',
    `The run was begun with ${missing.join(', ')}. ${advice}. Nothing was started.`,
  );
}
