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

/**
 * That what a store cannot keep is given again.
 * @throws {RLMError} `invalid_options` that names all of it.
 */
export function requireGivenAgain(spec: KeptSpec, given: RLMOptions): void {
  const missing: string[] = [];
  const tools = spec.tools.map(({ name }) => name).filter((name) => !Object.hasOwn(given.tools ?? {}, name));
  if (tools.length > 0) missing.push(`tools (${tools.join(', ')})`);
  const { rootModel, subModel, answer } = spec;
  if (rootModel.backend === 'host' && typeof given.rootModel !== 'function') {
    missing.push(`rootModel (the function "${rootModel.model}")`);
  }
  const inherits = typeof given.rootModel === 'function' && rootModel.model === subModel.model;
  if (subModel.backend === 'host' && typeof given.subModel !== 'function' && !inherits) {
    missing.push(`subModel (the function "${subModel.model}")`);
  }
  if (answer.check && answer.schema === null && given.validate === undefined) missing.push('validate');
  if (missing.length === 0) return;
  const advice = 'Functions cannot be kept in a store: give them again';
  throw new RLMError(
    'invalid_options',
    `The run was begun with ${missing.join(', ')}. ${advice}. Nothing was started.`,
  );
}
