import type { JSONSchema, RLMSchema, StandardSchema } from './rlm-schema.ts';

/** What `execute` is given beside its arguments. `signal` aborts with the run, at its end, and when the time is over. */
export interface RLMToolCall {
  /** Id of the run whose code calls the tool. */
  runId: string;
  /**
   * The same when the same call is made again, by a later life of the run whose process was killed while the tool was at work;
   * another one for every other call. For whatever must be done once: 64 hexadecimal digits.
   */
  idempotencyKey: string;
  /** Aborts with the run, at its end, and when the time of the call is over. */
  signal: AbortSignal;
}

/** What a tool with the input schema `S` is called with: the schema's output, or unchecked names without one. */
// biome-ignore lint/suspicious/noExplicitAny: the arguments of "any tool" must be those of every tool
export type RLMToolArguments<S> = 0 extends 1 & S ? any : S extends StandardSchema<infer A> ? A : UnknownArguments;
type UnknownArguments = { [name: string]: unknown };

/** A function of this process that code in the REPL can call, by position or by name. */
export interface RLMTool<S = unknown> {
  /** What it does and returns, for the model. */
  description: string;
  /**
   * Its arguments: a schema of an object, of the same kinds as {@link RLMOptions.schema}. Its properties are the
   * parameters; its defaults and transforms apply. Default: it takes no arguments.
   */
  input?: (S & (StandardSchema<unknown> | JSONSchema)) | undefined;
  /** What it returns; anything else is an error in the REPL. Default: whatever JSON can hold. */
  output?: RLMSchema<unknown> | undefined;
  /** Time one call may take, in milliseconds. Default: 600 000. */
  timeoutMs?: number | undefined;
  /**
   * Its result becomes JSON, at most 10 MB of it; `undefined` becomes null. What it throws is raised in the REPL, as a
   * `RuntimeError` with the message alone. Never called once the run was aborted or has ended.
   */
  execute(args: RLMToolArguments<S>, call: RLMToolCall): unknown;
}

/** Tools by the name of the Python function each becomes; `I` holds the input schema of each. */
export type RLMTools<I> = { [K in keyof I]: RLMTool<I[K]> | undefined };

/**
 * Gives a tool as it is, with the types of its arguments from `input`: for tools that are not written inside the options.
 * @example
 * ```ts
 * import { z } from 'zod';
 *
 * const prices = new Map([['chair', 80]]);
 * const lookUp = defineTool({
 *   description: 'Gives the price of an article.',
 *   input: z.object({ article: z.string() }),
 *   execute: ({ article }) => prices.get(article) ?? null,
 * });
 * ```
 */
export function defineTool<S>(tool: RLMTool<S>): RLMTool<S> {
  return tool;
}
