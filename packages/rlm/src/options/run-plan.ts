import { resolve } from 'node:path';
import { given } from '@rlm-bridge/options';
import type { Limits, ModelSpec, RunSecrets, RunSpec } from '@rlm-bridge/protocol';
import type { RLMEnvironment } from '../api/backends.ts';
import type { RLMOptions, RLMPrice } from '../api/options.ts';
import type { RunStore } from '../api/run-store.ts';
import type { ReadSchema } from '../schema/read-schema.ts';
import { givenEnvironmentOptions } from './environment-options.ts';
import type { ParsedOptions } from './parse-options.ts';
import { type PlannedModel, type PlannedModels, planModels } from './plan-models.ts';
import { toolSpecs } from './tool-specs.ts';
import type { ParsedTool } from './tools-rule.ts';

/** A run in which nothing is left to decide but where it is done. Whoever carries it out sees no options. */
export interface RunPlan {
  /** What the worker is told; the omitted are added when there is a worker. Keys are in `secrets` alone. */
  spec: Omit<RunSpec, 'query' | 'context' | 'session' | 'journal'>;
  secrets: Omit<RunSecrets, 'id'>;
  models: PlannedModels;
  tools: ReadonlyMap<string, ParsedTool>;
  answer: AnswerRules;
  /** Null: the run is kept nowhere. */
  journal: JournalPlan | null;
  python: PythonSettings;
}

/** Where the journal of a run is kept, and what is done when it does not serve. */
export interface JournalPlan {
  store: RunStore;
  onDivergence: 'continue' | 'fail';
  onStoreFailure: 'continue' | 'fail';
}

/** What the caller says of answers. */
export interface AnswerRules {
  schema: ReadSchema | undefined;
  validate: RLMOptions['validate'];
  /** Time one check may take, in milliseconds. */
  timeoutMs: number;
}

/** Which Python a worker runs on, and what it must be able to do. */
export interface PythonSettings {
  environment: RLMEnvironment;
  /** Whether others may run in that worker meanwhile. */
  isolation: 'shared' | 'process';
  /** An interpreter with the worker's dependencies; undefined: uv prepares one. */
  python: string | undefined;
  uvPath: string | undefined;
  quiet: boolean;
}

/** Options whose environment is one that there is, and no choice any more. */
export type SettledOptions = Omit<ParsedOptions, 'environment'> & { environment: RLMEnvironment };

/** @throws {RLMError} for keys, models and settings of the surroundings that a run cannot have. */
export function planRun(options: SettledOptions, env: NodeJS.ProcessEnv): RunPlan {
  const models = planModels(options, env);
  const schema = options.schema?.jsonSchema ?? null;
  const { environment, isolation, python, uv, quiet, tools, logDir, store } = options;
  return {
    spec: {
      rootModel: modelSpec(models.root),
      subModel: modelSpec(models.sub),
      environment,
      environmentOptions: toJSON(givenEnvironmentOptions(environment, options.environmentOptions, env)),
      limits: limitsOf(options),
      logDir: logDir === false ? null : resolve(logDir),
      systemPrompt: options.systemPrompt ?? null,
      compaction: options.compaction,
      promptCaching: options.promptCaching,
      strategy: options.strategy,
      answer: {
        schema,
        check: schema !== null || options.validate !== undefined,
        requireCoverage: options.requireCoverage ?? null,
        typedSubCalls: options.typedSubCalls ?? schema !== null,
      },
      tools: toolSpecs(tools, options.subTools),
      prices: Object.fromEntries(Object.entries(options.prices ?? {}).map(([model, price]) => [model, priceOf(price)])),
    },
    secrets: { root: secretsOf(models.root), sub: secretsOf(models.sub) },
    models,
    tools,
    answer: { schema: options.schema, validate: options.validate, timeoutMs: options.validateTimeoutMs },
    journal: store ? { store, onDivergence: options.onDivergence, onStoreFailure: options.onStoreFailure } : null,
    python: { environment, isolation, python, uvPath: uv?.path, quiet },
  };
}

function modelSpec({ name, credentials, hostModel, samplingArgs }: PlannedModel): ModelSpec {
  const { backend, baseUrl } = credentials;
  const priceProvider = hostModel?.priceProvider ?? null;
  return { backend, model: name, baseUrl, samplingArgs: toJSON(samplingArgs), priceProvider };
}

function secretsOf({ credentials: { apiKey, backendOptions } }: PlannedModel): RunSecrets['root'] {
  return { apiKey, backendOptions: toJSON(backendOptions) };
}

function limitsOf(options: ParsedOptions): Limits {
  const { maxIterations, maxSubCalls, maxConcurrentSubCalls, maxToolCalls, maxDepth, maxOutputChars } = options;
  const { maxBudgetUsd = null, maxDurationMs = null, maxTokens = null, maxErrors = null } = options;
  const counts = { maxIterations, maxSubCalls, maxConcurrentSubCalls, maxToolCalls, maxDepth, maxOutputChars };
  const { maxRefusals } = options;
  return { ...counts, maxBudgetUsd, maxDurationMs, maxTokens, maxErrors, ...given({ maxRefusals }) };
}

function priceOf(price: RLMPrice): RunSpec['prices'][string] {
  const { inputUsdPerMTok, outputUsdPerMTok, cachedInputUsdPerMTok = null, cacheWriteUsdPerMTok = null } = price;
  return { inputUsdPerMTok, outputUsdPerMTok, cachedInputUsdPerMTok, cacheWriteUsdPerMTok };
}

/** A copy that holds exactly what JSON does. */
function toJSON(record: { [name: string]: unknown }): RunSpec['environmentOptions'] {
  return JSON.parse(JSON.stringify(record));
}
