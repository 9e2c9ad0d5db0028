import { resolve } from 'node:path';
import type { Limits, ModelSpec, RunSecrets, RunSpec } from '@rlm-bridge/protocol';
import type { RLMHostModel } from '../api/host-model.ts';
import { DEFAULT_OPTIONS, type RLMOptions, type RLMPrice } from '../api/options.ts';
import { readSchema } from '../schema/read-schema.ts';
import { type Credentials, resolveCredentials } from './credentials.ts';
import { givenEnvironmentOptions } from './environment-options.ts';
import { hostModelName, hostModels } from './host-models.ts';
import { chooseModels } from './models.ts';
import { toolSpecs } from './tool-specs.ts';

export interface ResolvedRun {
  spec: Omit<RunSpec, 'context'>;
  secrets: RunSecrets;
}

/** Everything a worker needs except the context, from options that are valid. Keys are in `secrets` alone. */
export function resolveRun(id: string, query: string, options: RLMOptions, env: NodeJS.ProcessEnv): ResolvedRun {
  const { root, sub } = resolveCredentials(options, env);
  const host = hostModels(options);
  const models = chooseModels({
    rootBackend: root.backend,
    subBackend: sub.backend,
    rootModel: nameOf(host.root ?? options.rootModel),
    subModel: nameOf(host.sub ?? options.subModel),
    env,
  });
  const samplingArgs = options.samplingArgs ?? {};
  const inherited = options.subModel === undefined && options.subBackend === undefined ? samplingArgs : {};
  const schema = options.schema === undefined ? null : readSchema(options.schema).jsonSchema;
  const logDir = options.logDir ?? DEFAULT_OPTIONS.logDir;
  return {
    spec: {
      query,
      rootModel: modelSpec(root, models.root, samplingArgs, host.root),
      subModel: modelSpec(sub, models.sub, options.subSamplingArgs ?? inherited, host.sub),
      environment: options.environment ?? DEFAULT_OPTIONS.environment,
      environmentOptions: toJSON(givenEnvironmentOptions(options, env)),
      limits: limitsOf(options),
      logDir: logDir === false ? null : resolve(logDir),
      systemPrompt: options.systemPrompt ?? null,
      compaction: options.compaction ?? DEFAULT_OPTIONS.compaction,
      promptCaching: options.promptCaching ?? DEFAULT_OPTIONS.promptCaching,
      session: null,
      strategy: options.strategy ?? DEFAULT_OPTIONS.strategy,
      answer: {
        schema,
        check: schema !== null || options.validate !== undefined,
        requireCoverage: options.requireCoverage ?? null,
        typedSubCalls: options.typedSubCalls ?? schema !== null,
      },
      tools: toolSpecs(options),
      prices: Object.fromEntries(Object.entries(options.prices ?? {}).map(([model, price]) => [model, priceOf(price)])),
    },
    secrets: { id, root: secretsOf(root), sub: secretsOf(sub) },
  };
}

function modelSpec(
  { backend, baseUrl }: Credentials,
  model: string,
  samplingArgs: { [name: string]: unknown },
  hostModel: RLMHostModel | null,
): ModelSpec {
  const priceProvider = hostModel?.priceProvider ?? null;
  return { backend, model, baseUrl, samplingArgs: toJSON(samplingArgs), priceProvider };
}

function nameOf(model: string | RLMHostModel | undefined): string | undefined {
  return typeof model === 'function' ? hostModelName(model) : model;
}

function secretsOf({ apiKey, backendOptions }: Credentials): RunSecrets['root'] {
  return { apiKey, backendOptions: toJSON(backendOptions) };
}

function limitsOf(options: RLMOptions): Limits {
  return {
    maxIterations: options.maxIterations ?? DEFAULT_OPTIONS.maxIterations,
    maxSubCalls: options.maxSubCalls ?? DEFAULT_OPTIONS.maxSubCalls,
    maxConcurrentSubCalls: options.maxConcurrentSubCalls ?? DEFAULT_OPTIONS.maxConcurrentSubCalls,
    maxToolCalls: options.maxToolCalls ?? DEFAULT_OPTIONS.maxToolCalls,
    maxDepth: options.maxDepth ?? DEFAULT_OPTIONS.maxDepth,
    maxBudgetUsd: options.maxBudgetUsd ?? null,
    maxDurationMs: options.maxDurationMs ?? null,
    maxTokens: options.maxTokens ?? null,
    maxErrors: options.maxErrors ?? null,
    maxOutputChars: options.maxOutputChars ?? DEFAULT_OPTIONS.maxOutputChars,
  };
}

function priceOf(price: RLMPrice): RunSpec['prices'][string] {
  const { inputUsdPerMTok, outputUsdPerMTok, cachedInputUsdPerMTok = null, cacheWriteUsdPerMTok = null } = price;
  return { inputUsdPerMTok, outputUsdPerMTok, cachedInputUsdPerMTok, cacheWriteUsdPerMTok };
}

/** A copy that holds exactly what JSON does. */
function toJSON(record: { [name: string]: unknown }): RunSpec['environmentOptions'] {
  return JSON.parse(JSON.stringify(record));
}
