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
 * Which models a run with these options would use, aliases and defaults resolved. Nothing is started or asked; what is
 * wrong with `schema` and `tools`, which choose no model, is for the run to say.
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
  const { root, sub } = planModels(parseOptions(withoutSchemas(options)), process.env);
  return { root: resolvedModel(root), sub: resolvedModel(sub) };
}

export function resolvedModel({ name, credentials }: PlannedModel): RLMResolvedModel {
  return { backend: credentials.backend, model: name };
}

/** What checks schemas is loaded by who waits for it. */
function withoutSchemas(options: RLMOptions): RLMOptions {
  try {
    const { schema: _schema, tools: _tools, subTools: _subTools, ...others } = options;
    return others;
  } catch {
    return options; // what cannot be read is said when it is parsed
  }
}
