import { z } from 'zod';
import { Backend, Environment, Strategy } from './codes.ts';

/** Free JSON: options handed on as they are. */
export const Json = z.json().register(z.globalRegistry, { id: 'Json' }); // named in place, for it refers to itself

const record = z.record(z.string(), Json);

/** A named text file; together they become `{ name: text }` in the REPL. */
export const ContextFile = z
  .strictObject({ name: z.string(), path: z.string() })
  .register(z.globalRegistry, { id: 'ContextFile' });

export const TextContext = z
  .strictObject({ kind: z.literal('text'), path: z.string() })
  .register(z.globalRegistry, { id: 'TextContext', description: 'One UTF-8 text file: a str in the REPL.' });
export const JsonContext = z.strictObject({ kind: z.literal('json'), path: z.string() }).register(z.globalRegistry, {
  id: 'JsonContext',
  description: 'One JSON file holding a list or an object: a list or dict in the REPL.',
});
export const FilesContext = z
  .strictObject({ kind: z.literal('files'), files: z.array(ContextFile).min(1) })
  .register(z.globalRegistry, {
    id: 'FilesContext',
    description: 'Many UTF-8 text files: a dict of name to text in the REPL.',
  });

/** Where the worker reads the context; the text itself never crosses the wire. */
export const ContextSource = z
  .discriminatedUnion('kind', [TextContext, JsonContext, FilesContext])
  .register(z.globalRegistry, { id: 'ContextSource' });
export type ContextSource = z.infer<typeof ContextSource>;

/** One model on one backend. Its key and backend options travel on the secrets channel. */
export const ModelSpec = z
  .strictObject({
    backend: Backend,
    model: z.string().min(1),
    baseUrl: z.string().nullable(),
    samplingArgs: record,
    priceProvider: z.string().min(1).nullable(),
  })
  .register(z.globalRegistry, {
    id: 'ModelSpec',
    description: 'priceProvider: whose prices hold for a host model, where that is known.',
  });
export type ModelSpec = z.infer<typeof ModelSpec>;

/** USD per million tokens. */
export const Price = z
  .strictObject({
    inputUsdPerMTok: z.number().nonnegative(),
    outputUsdPerMTok: z.number().nonnegative(),
    cachedInputUsdPerMTok: z.number().nonnegative().nullable(),
    cacheWriteUsdPerMTok: z.number().nonnegative().nullable(),
  })
  .register(z.globalRegistry, { id: 'Price' });
export type Price = z.infer<typeof Price>;

export const Limits = z
  .strictObject({
    maxIterations: z.int().positive(),
    maxSubCalls: z.int().nonnegative(),
    maxConcurrentSubCalls: z.int().positive(),
    maxToolCalls: z.int().nonnegative(),
    maxDepth: z.int().positive(),
    maxBudgetUsd: z.number().positive().nullable(),
    maxDurationMs: z.int().positive().nullable(),
    maxTokens: z.int().positive().nullable(),
    maxErrors: z.int().positive().nullable(),
    maxRefusals: z.int().positive().optional(), // journals of runs that knew no such limit have none
    maxOutputChars: z.int().positive(),
  })
  .register(z.globalRegistry, { id: 'Limits' });
export type Limits = z.infer<typeof Limits>;

/** What makes an answer acceptable, beside being one. */
export const AnswerSpec = z
  .strictObject({
    schema: Json.nullable(),
    check: z.boolean(),
    requireCoverage: z.number().positive().max(1).nullable(),
    typedSubCalls: z.boolean(),
  })
  .register(z.globalRegistry, {
    id: 'AnswerSpec',
    description: 'schema goes into the prompt; check: the host judges, by answer.check.',
  });
export type AnswerSpec = z.infer<typeof AnswerSpec>;

/** A function of the host, as the REPL offers it. */
export const ToolSpec = z
  .strictObject({
    name: z.string().min(1),
    description: z.string(),
    parameters: record,
    returns: record.nullable(),
    inChildren: z.boolean(),
  })
  .register(z.globalRegistry, {
    id: 'ToolSpec',
    description: 'parameters is a JSON Schema of type object; returns, where given, one of what it returns.',
  });
export type ToolSpec = z.infer<typeof ToolSpec>;

/** Of a run that has a store. */
export const JournalSpec = z
  .strictObject({
    recorded: z.string().nullable(),
    aliveMs: z.number().nonnegative(),
    onDivergence: z.enum(['continue', 'fail']),
    seed: z.string(),
    ended: z.boolean(),
    aside: z.strictObject({ path: z.string(), life: z.int().positive() }).nullable(),
  })
  .register(z.globalRegistry, {
    id: 'JournalSpec',
    description:
      'recorded: a file of Recorded; ended: a turn that asks nothing anew; aside: a file for { life, n, effect }.',
  });
export type JournalSpec = z.infer<typeof JournalSpec>;

/** Everything a run is, except its secrets. */
export const RunSpec = z
  .strictObject({
    query: z.string().min(1),
    context: ContextSource.nullable(),
    session: z.string().min(1).nullable(),
    strategy: z.enum([...Strategy.options, 'auto']),
    rootModel: ModelSpec,
    subModel: ModelSpec,
    environment: Environment,
    environmentOptions: record,
    limits: Limits,
    logDir: z.string().nullable(),
    systemPrompt: z.string().nullable(),
    compaction: z.boolean(),
    promptCaching: z.boolean(),
    answer: AnswerSpec,
    tools: z.array(ToolSpec),
    prices: z.record(z.string(), Price),
    journal: JournalSpec.nullable(),
  })
  .register(z.globalRegistry, {
    id: 'RunSpec',
    description: 'context is null for a turn of a session that brings no new one, journal for a run without a store.',
  });
export type RunSpec = z.infer<typeof RunSpec>;

/** One side of {@link RunSecrets}. */
export const ModelSecrets = z
  .strictObject({ apiKey: z.string().nullable(), backendOptions: record })
  .register(z.globalRegistry, { id: 'ModelSecrets' });

/** One line on the secrets channel (descriptor 3), sent before the `run.start` of the same id. */
export const RunSecrets = z
  .strictObject({ id: z.string().min(1), root: ModelSecrets, sub: ModelSecrets })
  .register(z.globalRegistry, { id: 'RunSecrets' });
export type RunSecrets = z.infer<typeof RunSecrets>;
