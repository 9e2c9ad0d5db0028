import { RLMError } from '../api/errors.ts';
import type { Credentials } from './credentials.ts';

/** Current Anthropic models by alias: as Anthropic names them, and as gateways do. */
export const MODEL_ALIASES = {
  sonnet: { anthropic: 'claude-sonnet-5-5', gateway: 'anthropic/claude-sonnet-5.5' },
  haiku: { anthropic: 'claude-haiku-5-5', gateway: 'anthropic/claude-haiku-5.5' },
  opus: { anthropic: 'claude-opus-5-5', gateway: 'anthropic/claude-opus-5.5' },
} as const;

type ServedBy = Credentials['backend'];

/** Models used when none is named. A backend that is not here serves whatever its owner put there: name a model. */
export const DEFAULT_MODELS: { [B in ServedBy]?: { root: string; sub: string } } = {
  anthropic: { root: 'sonnet', sub: 'haiku' },
  openai: { root: 'gpt-6.1-sol', sub: 'gpt-6-luna' },
  openrouter: { root: 'sonnet', sub: 'haiku' },
  gemini: { root: 'gemini-3.8-flash', sub: 'gemini-3.5-flash-lite' },
  vercel: { root: 'sonnet', sub: 'haiku' },
  offline: { root: 'offline', sub: 'offline' },
};

/** Backends that serve only their own models, where an Anthropic alias can only be a slip. */
const OWN_MODELS_ONLY: readonly ServedBy[] = ['openai', 'gemini'];

export interface ModelChoice {
  rootBackend: ServedBy;
  subBackend: ServedBy;
  rootModel: string | undefined;
  subModel: string | undefined;
  env: NodeJS.ProcessEnv;
}

/** @throws {RLMError} `invalid_options` when no model can be chosen. */
export function chooseModels(choice: ModelChoice): { root: string; sub: string } {
  const { rootBackend, subBackend, rootModel, subModel, env } = choice;
  const root = resolveModel(rootBackend, rootModel ?? defaultModels(rootBackend, env)?.root, 'rootModel');
  const pairsWithRoot = rootModel !== undefined && subBackend === rootBackend;
  const fallback = pairsWithRoot ? rootModel : defaultModels(subBackend, env)?.sub;
  return { root, sub: resolveModel(subBackend, subModel ?? fallback, 'subModel') };
}

/** An Azure deployment is named by its owner, and Azure's own variable says which one is meant. */
function defaultModels(backend: ServedBy, env: NodeJS.ProcessEnv): { root: string; sub: string } | undefined {
  const deployment = backend === 'azure_openai' ? env.AZURE_OPENAI_DEPLOYMENT : undefined;
  return deployment ? { root: deployment, sub: deployment } : DEFAULT_MODELS[backend];
}

function resolveModel(backend: ServedBy, model: string | undefined, option: string): string {
  if (model === undefined) {
    throw new RLMError('invalid_options', `${option}: backend "${backend}" has no default model; name one.`);
  }
  if (!isAlias(model)) return model;
  if (OWN_MODELS_ONLY.includes(backend)) {
    const advice = `Set ANTHROPIC_API_KEY, choose another backend, or name a model of "${backend}"`;
    throw new RLMError(
      'invalid_options',
      `${option}: "${model}" is an Anthropic model, the backend "${backend}". ${advice}.`,
    );
  }
  if (backend === 'anthropic') return MODEL_ALIASES[model].anthropic;
  return backend === 'openrouter' || backend === 'vercel' ? MODEL_ALIASES[model].gateway : model;
}

function isAlias(model: string): model is keyof typeof MODEL_ALIASES {
  return Object.hasOwn(MODEL_ALIASES, model);
}
