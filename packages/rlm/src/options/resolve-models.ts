import type { RLMBackend } from '../api/backends.ts';
import type { RLMOptions } from '../api/options.ts';
import { resolveRun } from './resolve-run.ts';
import { requireValidOptions } from './validate-options.ts';

/** A model as a run would ask for it; `host` is a function of the caller's. */
export interface RLMResolvedModel {
  backend: RLMBackend | 'host';
  model: string;
}

/**
 * Which models a run with these options would use, aliases and defaults resolved. Nothing is started or asked.
 * @throws {RLMError} `invalid_options` or `missing_api_key`, as the run would.
 */
export function resolveModels(options: RLMOptions = {}): { root: RLMResolvedModel; sub: RLMResolvedModel } {
  const asked = requireValidOptions(options);
  const { rootModel, subModel } = resolveRun('unused', 'unused', asked, process.env).spec;
  return {
    root: { backend: rootModel.backend, model: rootModel.model },
    sub: { backend: subModel.backend, model: subModel.model },
  };
}
