import { z } from 'zod';
import { Backend, Environment } from './codes.ts';

/** Free JSON: options handed on as they are. */
export const Json = z.json().register(z.globalRegistry, { id: 'Json' }); // named in place, for it refers to itself

const record = z.record(z.string(), Json);

/** A named text file; together they become `{ name: text }` in the REPL. */
export const ContextFile = z.strictObject({ name: z.string(), path: z.string() }).meta({ id: 'ContextFile' });

export const TextContext = z
  .strictObject({ kind: z.literal('text'), path: z.string() })
  .meta({ id: 'TextContext', description: 'One UTF-8 text file: a str in the REPL.' });
export const JsonContext = z
  .strictObject({ kind: z.literal('json'), path: z.string() })
  .meta({ id: 'JsonContext', description: 'One JSON file holding a list or an object: a list or dict in the REPL.' });
export const FilesContext = z
  .strictObject({ kind: z.literal('files'), files: z.array(ContextFile).min(1) })
  .meta({ id: 'FilesContext', description: 'Many UTF-8 text files: a dict of name to text in the REPL.' });

/** Where the worker reads the context; the text itself never crosses the wire. */
export const ContextSource = z
  .discriminatedUnion('kind', [TextContext, JsonContext, FilesContext])
  .meta({ id: 'ContextSource' });
export type ContextSource = z.infer<typeof ContextSource>;

/** One model on one backend. Its key and backend options travel on the secrets channel. */
export const ModelSpec = z
  .strictObject({
    backend: Backend,
    model: z.string().min(1),
    baseUrl: z.string().nullable(),
    samplingArgs: record,
  })
  .meta({ id: 'ModelSpec' });
export type ModelSpec = z.infer<typeof ModelSpec>;

/** USD per million tokens. */
export const Price = z
  .strictObject({
    inputUsdPerMTok: z.number().nonnegative(),
    outputUsdPerMTok: z.number().nonnegative(),
    cachedInputUsdPerMTok: z.number().nonnegative().nullable(),
    cacheWriteUsdPerMTok: z.number().nonnegative().nullable(),
  })
  .meta({ id: 'Price' });
export type Price = z.infer<typeof Price>;

export const Limits = z
  .strictObject({
    maxIterations: z.int().positive(),
    maxSubCalls: z.int().nonnegative(),
    maxConcurrentSubCalls: z.int().positive(),
    maxDepth: z.int().positive(),
    maxBudgetUsd: z.number().positive().nullable(),
    maxDurationMs: z.int().positive().nullable(),
    maxTokens: z.int().positive().nullable(),
    maxErrors: z.int().positive().nullable(),
    maxOutputChars: z.int().positive(),
  })
  .meta({ id: 'Limits' });
export type Limits = z.infer<typeof Limits>;

/** Everything a run is, except its secrets. */
export const RunSpec = z
  .strictObject({
    query: z.string().min(1),
    context: ContextSource,
    rootModel: ModelSpec,
    subModel: ModelSpec,
    environment: Environment,
    environmentOptions: record,
    limits: Limits,
    logDir: z.string().nullable(),
    systemPrompt: z.string().nullable(),
    compaction: z.boolean(),
    prices: z.record(z.string(), Price),
  })
  .meta({ id: 'RunSpec' });
export type RunSpec = z.infer<typeof RunSpec>;

/** One side of {@link RunSecrets}. */
export const ModelSecrets = z
  .strictObject({ apiKey: z.string().nullable(), backendOptions: record })
  .meta({ id: 'ModelSecrets' });

/** One line on the secrets channel (descriptor 3), sent before the `run.start` of the same id. */
export const RunSecrets = z
  .strictObject({ id: z.string().min(1), root: ModelSecrets, sub: ModelSecrets })
  .meta({ id: 'RunSecrets' });
export type RunSecrets = z.infer<typeof RunSecrets>;
