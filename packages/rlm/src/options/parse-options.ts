import { type Given, given } from '@rlm-bridge/options';
import { BACKENDS, Environment } from '@rlm-bridge/protocol';
import { show, thrownText } from '@rlm-bridge/text';
import { z } from 'zod';
import { RLMError } from '../api/errors.ts';
import { isObject } from '../api/json.ts';
import { DEFAULT_OPTIONS, type RLMOptions } from '../api/options.ts';
import type { RLMTool } from '../api/rlm-tool.ts';
import type { ReadSchema } from '../schema/read-schema.ts';
import { closestName } from './did-you-mean.ts';
import { ENVIRONMENT_OPTIONS, OWN_ENVIRONMENTS, rulesOf } from './environment-options.ts';
import { hostModelIssues, isHostModel } from './host-models.ts';
import {
  amount,
  callback,
  duration,
  flag,
  fraction,
  isText,
  logDir,
  must,
  oneOf,
  price,
  record,
  runId,
  signal,
  store,
  text,
  url,
  wholeNumber,
} from './rules.ts';
import { schema } from './schema-rule.ts';
import { type ParsedTool, parsedTools, subTools, TOOL_FIELDS, toolIssues, tools } from './tools-rule.ts';

/** A query travels in one message; what is longer is input, and that travels by file. */
const MAX_QUERY_CHARS = 1_000_000;

const PriceSchema = z.strictObject({
  inputUsdPerMTok: price,
  outputUsdPerMTok: price,
  cachedInputUsdPerMTok: price.optional(),
  cacheWriteUsdPerMTok: price.optional(),
});

const model: z.ZodType = must(
  'be a string that is not empty, or a function, whose modelName and priceProvider, if it has them, are such strings',
  (value) => isText(value) || isHostModel(value),
);

const Options = z.strictObject({
  backend: oneOf(Object.keys(BACKENDS)).optional(),
  rootModel: model.optional(),
  subModel: model.optional(),
  subBackend: oneOf(Object.keys(BACKENDS)).optional(),
  apiKey: text.optional(),
  baseUrl: url.optional(),
  backendOptions: record.optional(),
  subApiKey: text.optional(),
  subBaseUrl: url.optional(),
  subBackendOptions: record.optional(),
  samplingArgs: record.optional(),
  subSamplingArgs: record.optional(),
  prices: z.record(z.string(), PriceSchema).optional(),
  environment: oneOf(['auto', ...Environment.options]).optional(),
  environmentOptions: record.optional(),
  maxIterations: wholeNumber(1).optional(),
  maxSubCalls: wholeNumber(0).optional(),
  maxConcurrentSubCalls: wholeNumber(1).optional(),
  maxToolCalls: wholeNumber(0).optional(),
  maxDepth: wholeNumber(1).optional(),
  maxBudgetUsd: amount.optional(),
  maxDurationMs: duration.optional(),
  maxTokens: wholeNumber(1).optional(),
  maxErrors: wholeNumber(1).optional(),
  maxRefusals: wholeNumber(1).optional(),
  maxOutputChars: wholeNumber(1).optional(),
  strategy: oneOf(['recurse', 'direct', 'auto']).optional(),
  requireCoverage: fraction.optional(),
  schema: schema.optional(),
  validate: callback.optional(),
  validateTimeoutMs: duration.optional(),
  typedSubCalls: flag.optional(),
  promptCaching: flag.optional(),
  tools: tools.optional(),
  subTools: subTools.optional(),
  store: store.optional(),
  runId: runId.optional(),
  onDivergence: oneOf(['continue', 'fail']).optional(),
  onStoreFailure: oneOf(['continue', 'fail']).optional(),
  logDir: logDir.optional(),
  systemPrompt: text.optional(),
  compaction: flag.optional(),
  signal: signal.optional(),
  onEvent: callback.optional(),
  isolation: oneOf(['shared', 'process']).optional(),
  python: text.optional(),
  uv: z.strictObject({ path: text.optional() }).optional(),
  quiet: flag.optional(),
} satisfies Record<keyof RLMOptions, z.ZodType>);

export const OPTION_NAMES: readonly string[] = Object.keys(Options.shape);

/** Options whose values never appear in a message. */
const UNSHOWN = [
  'apiKey',
  'subApiKey',
  'baseUrl',
  'subBaseUrl',
  'backendOptions',
  'subBackendOptions',
  'schema',
  'store',
];

type Defaulted = keyof typeof DEFAULT_OPTIONS;

/** Options in which nothing is open: none is undefined, plain ones have their defaults, schemas are compiled. */
export type ParsedOptions = { [K in Defaulted]: Exclude<RLMOptions[K], undefined> } & Given<
  Omit<RLMOptions, Defaulted | 'schema' | 'tools'>
> & { schema?: ReadSchema; tools: ReadonlyMap<string, ParsedTool> };

/** @throws {RLMError} `invalid_options`, naming everything that is wrong and what it must be. */
export function parseOptions(options: unknown): ParsedOptions {
  return parse(options, []);
}

/** The same with the query that goes with them. @throws {RLMError} `invalid_options` */
export function parseRunOptions(query: unknown, options: unknown = {}): ParsedOptions {
  return parse(options, queryIssues(query));
}

function parse(options: unknown, issues: string[]): ParsedOptions {
  const provided = readable(options);
  if (typeof provided === 'string') throw refusal([...issues, provided]);
  const parsed = optionsFor(provided.environment).safeParse(provided);
  const found = parsed.success
    ? pairIssues(provided)
    : parsed.error.issues.flatMap((issue) => describe(issue, provided));
  const all = [...issues, ...found];
  if (all.length > 0 || !parsed.success) throw refusal(all);
  const { schema, tools = {} } = parsed.data;
  const compiled = { ...(schema && { schema }), tools: parsedTools((provided.tools ?? {}) as GivenTools, tools) };
  return { ...DEFAULT_OPTIONS, ...provided, ...compiled } as ParsedOptions;
}

type GivenTools = { [name: string]: RLMTool };

/** Read once; what cannot be read is an issue. An option may throw when it is looked at. */
function readable(options: unknown): Record<string, unknown> | string {
  if (!isObject(options)) return `options must be an object; it is ${show(options)}.`;
  try {
    return given(options);
  } catch (error) {
    return `An option cannot be read: ${thrownText(error)}`;
  }
}

function refusal(issues: string[]): RLMError {
  return new RLMError('invalid_options', `${issues.join(' ')} Nothing was started.`);
}

function queryIssues(query: unknown): string[] {
  if (typeof query !== 'string') return [`query must be a string; it is ${show(query)}.`];
  if (query.trim() === '') return ['query must not be empty.'];
  if (query.length > MAX_QUERY_CHARS)
    return [`query must have at most ${MAX_QUERY_CHARS} characters; long input belongs in context.`];
  return query.isWellFormed() ? [] : ['query must be well-formed Unicode; it holds a lone surrogate.'];
}

/** What does not go together among options that are right one by one. */
function pairIssues(provided: Record<string, unknown>): string[] {
  const options = { ...DEFAULT_OPTIONS, ...provided };
  return [...hostModelIssues(provided), ...toolIssues(options), ...typedSubCallIssues(options)];
}

function typedSubCallIssues({ typedSubCalls, environment }: Record<string, unknown>): string[] {
  if (typedSubCalls !== true || rulesOf(environment) !== null) return [];
  return [`typedSubCalls needs environment ${OWN_ENVIRONMENTS}; llm_query takes no schema in "${environment}".`];
}

const withRules = (rules: z.ZodObject) => Options.extend({ environmentOptions: rules.optional() });

/** By their rules, each once: zod compiles a check of all options when it is first asked. */
const optionsByRules = new Map<z.ZodObject, ReturnType<typeof withRules>>();

/** Our own environments' options are known; the others' are for the official classes to judge. */
function optionsFor(environment: unknown = DEFAULT_OPTIONS.environment) {
  const rules = rulesOf(environment);
  if (rules === null) return Options;
  const options = optionsByRules.get(rules) ?? withRules(rules);
  optionsByRules.set(rules, options);
  return options;
}

function describe(issue: z.core.$ZodIssue, options: Record<string, unknown>): string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const closest = closestName(key, knownNames(path, options.environment));
      return `Unknown option "${[...path, key].join('.')}".${closest ? ` Did you mean "${closest}"?` : ''}`;
    });
  }
  const value = path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), options);
  const received = UNSHOWN.includes(path[0] ?? '') ? '' : `; it is ${show(value)}`;
  const rule = issue.code === 'custom' ? issue.message : 'must be an object';
  return [`${path.join('.')} ${rule}${received}.`];
}

function knownNames([first]: string[], environment: unknown = DEFAULT_OPTIONS.environment): string[] {
  if (first === 'prices') return Object.keys(PriceSchema.shape);
  if (first === 'uv') return ['path'];
  if (first === 'tools') return [...TOOL_FIELDS];
  if (first !== 'environmentOptions') return Object.keys(Options.shape);
  return Object.keys((rulesOf(environment) ?? ENVIRONMENT_OPTIONS.docker).shape);
}
