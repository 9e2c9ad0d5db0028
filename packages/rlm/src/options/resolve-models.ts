import type { RLMBackend } from '../api/backends.ts';
import type { RLMOptions } from '../api/options.ts';
import { parseOptions } from './parse-options.ts';
import { type PlannedModel, planModels } from './plan-models.ts';

/** A model as a run would ask for it; `host` is a function of the caller's. */
export interface RLMResolvedModel {
  /** The provider, or `host` for a function of the caller. */
  backend: RLMBackend | 'host';
  /** Full name of the model, as the run would ask for it. */
  model: string;
}

/**
 * Which models a run with these options would use, aliases and defaults resolved. Nothing is started or asked.
 * @throws {RLMError} `invalid_options` or `missing_api_key`, as the run would.
 * @example
 * ```ts
 * const { root, sub } = resolveModels({ rootModel: 'sonnet', subModel: 'haiku' });
 * console.log(root.backend, root.model, sub.model);
 * ```
 */
export function resolveModels(options: RLMOptions = {}): {
  /** The model at depth 0. */
  root: RLMResolvedModel;
  /** The model of every sub-call. */
  sub: RLMResolvedModel;
} {
  const { root, sub } = planModels(parseOptions(options), process.env);
  return { root: resolvedModel(root), sub: resolvedModel(sub) };
}

export function resolvedModel({ name, credentials }: PlannedModel): RLMResolvedModel {
  return { backend: credentials.backend, model: name };
}
