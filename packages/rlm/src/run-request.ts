import { resolve } from 'node:path';
import type { Limits, ModelSpec, RunSecrets, RunSpec } from '@rlm-bridge/protocol';
import { type Credentials, resolveCredentials } from './credentials.ts';
import { givenEnvironmentOptions } from './environment-options.ts';
import { chooseModels } from './models.ts';
import { DEFAULT_OPTIONS, type RLMOptions, type RLMPrice } from './options.ts';

export interface ResolvedRun {
  spec: Omit<RunSpec, 'context'>;
  secrets: RunSecrets;
}

/** Everything a worker needs except the context, from options that are valid. Keys are in `secrets` alone. */
export function resolveRun(id: string, query: string, options: RLMOptions, env: NodeJS.ProcessEnv): ResolvedRun {
  const { root, sub } = resolveCredentials(options, env);
  const models = chooseModels({
    rootBackend: root.backend,
    subBackend: sub.backend,
    rootModel: options.rootModel,
    subModel: options.subModel,
    env,
  });
  const samplingArgs = options.samplingArgs ?? {};
  const inherited = options.subModel === undefined && options.subBackend === undefined ? samplingArgs : {};
  const logDir = options.logDir ?? DEFAULT_OPTIONS.logDir;
  return {
    spec: {
      query,
      rootModel: modelSpec(root, models.root, samplingArgs),
      subModel: modelSpec(sub, models.sub, options.subSamplingArgs ?? inherited),
      environment: options.environment ?? DEFAULT_OPTIONS.environment,
      environmentOptions: toJSON(givenEnvironmentOptions(options, env)),
      limits: limitsOf(options),
      logDir: logDir === false ? null : resolve(logDir),
      systemPrompt: options.systemPrompt ?? null,
      compaction: options.compaction ?? DEFAULT_OPTIONS.compaction,
      prices: Object.fromEntries(Object.entries(options.prices ?? {}).map(([model, price]) => [model, priceOf(price)])),
    },
    secrets: { id, root: secretsOf(root), sub: secretsOf(sub) },
  };
}

function modelSpec(
  { backend, baseUrl }: Credentials,
  model: string,
  samplingArgs: { [name: string]: unknown },
): ModelSpec {
  return { backend, model, baseUrl, samplingArgs: toJSON(samplingArgs) };
}

function secretsOf({ apiKey, backendOptions }: Credentials): RunSecrets['root'] {
  return { apiKey, backendOptions: toJSON(backendOptions) };
}

function limitsOf(options: RLMOptions): Limits {
  return {
    maxIterations: options.maxIterations ?? DEFAULT_OPTIONS.maxIterations,
    maxSubCalls: options.maxSubCalls ?? DEFAULT_OPTIONS.maxSubCalls,
    maxConcurrentSubCalls: options.maxConcurrentSubCalls ?? DEFAULT_OPTIONS.maxConcurrentSubCalls,
    maxDepth: options.maxDepth ?? DEFAULT_OPTIONS.maxDepth,
    maxBudgetUsd: options.maxBudgetUsd ?? null,
    maxDurationMs: options.maxDurationMs ?? null,
    maxTokens: options.maxTokens ?? null,
    maxErrors: options.maxErrors ?? null,
    maxOutputChars: options.maxOutputChars ?? DEFAULT_OPTIONS.maxOutputChars,
  };
}

function priceOf(price: RLMPrice): RunSpec['prices'][string] {
  return { cachedInputUsdPerMTok: null, cacheWriteUsdPerMTok: null, ...price };
}

/** A copy that holds exactly what JSON does. */
function toJSON(record: { [name: string]: unknown }): RunSpec['environmentOptions'] {
  return JSON.parse(JSON.stringify(record));
}
