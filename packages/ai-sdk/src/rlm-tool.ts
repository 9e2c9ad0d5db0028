import { type RLMContext, RLMError, type RLMOptions, type RLMRun, runRLM } from 'rlm-bridge';
import { z } from 'zod';
import { filesInFolder } from './folder-files.ts';
import { finalOutput, type RLMToolOutput, toModelOutput } from './tool-output.ts';

/** Options of {@link rlmTool}: those of a run, and what the run reads. */
export interface RLMToolOptions<T = string> extends RLMOptions<T> {
  /** Tells the calling model what the tool knows, and so when to call it. Default: what it can do, in general. */
  description?: string | undefined;
  /** What every run reads; the calling model gives the question alone. */
  context?: RLMContext | undefined;
  /**
   * A folder out of which the calling model chooses what a run reads, by paths and globs. Nothing outside of it is read,
   * and nothing in it that is hidden.
   */
  folder?: string | undefined;
}

/** A tool as `generateText`, `streamText` and agents of AI SDK 6 and 7 take it. */
export interface AISDKTool<Input, T = string> {
  /** What the tool knows, for the calling model. */
  description: string;
  /** What the calling model gives. */
  inputSchema: z.ZodType<Input>;
  /** Makes the run; the AI SDK shows each output but the last as a preliminary one. */
  execute(input: Input, call: ToolCall): AsyncGenerator<RLMToolOutput<T>, void, void>;
  /** Turns what the tool gave into what the calling model reads. */
  toModelOutput: typeof toModelOutput<T>;
}

/** What the AI SDK says of a call. */
interface ToolCall {
  /** Aborts the run when it aborts. */
  abortSignal?: AbortSignal | undefined;
}

/** What the calling model always gives. */
interface Query {
  /** The whole question: the run sees nothing of the conversation. */
  query: string;
}

/** A question about files of the folder. */
interface FilesQuery extends Query {
  /** Paths in the folder and globs, 1 to 100 of them. */
  files: string[];
}

/** A question about a text that the calling model has. */
interface TextQuery extends Query {
  /** The text to read. */
  context: string;
}

/** What a run is about, from what the calling model said. */
interface Task extends Query {
  context: RLMContext;
}

/**
 * A run as a tool of the AI SDK. The calling model gives a `query`, and beside it nothing when `context` is given, `files`
 * (globs) when `folder` is, else the text to read as `context`: it never names a file of its own choice elsewhere.
 * @throws {RLMError} `invalid_options` when both are given.
 * @example
 * ```ts
 * const tools = { readLogs: rlmTool({ folder: 'logs', maxBudgetUsd: 0.5 }) };
 * ```
 */
export function rlmTool<T = string>(
  options: RLMToolOptions<T> & { context: RLMContext; folder?: undefined },
): AISDKTool<Query, T>;
export function rlmTool<T = string>(
  options: RLMToolOptions<T> & { folder: string; context?: undefined },
): AISDKTool<FilesQuery, T>;
export function rlmTool<T = string>(
  options?: RLMToolOptions<T> & { context?: undefined; folder?: undefined },
): AISDKTool<TextQuery, T>;
export function rlmTool<T>({ description, context, folder, ...options }: RLMToolOptions<T> = {}): AISDKTool<never, T> {
  if (context !== undefined && folder !== undefined) {
    throw new RLMError('invalid_options', 'rlmTool: give context or folder, not both.');
  }
  if (context !== undefined) {
    const input = z.object({ query });
    return tool(description ?? KNOWS_A_TEXT, input, options, async (given) => ({ ...given, context }));
  }
  if (folder !== undefined) {
    const input = z.object({ query, files });
    return tool(description ?? KNOWS_FILES, input, options, async (given) => ({
      query: given.query,
      context: { files: await filesInFolder(folder, given.files) },
    }));
  }
  return tool(description ?? READS_A_TEXT, z.object({ query, context: text }), options, async (given) => given);
}

const HOW = 'It reads all that the question needs, however long that is, and takes minutes: ask once, and completely.';
const KNOWS_A_TEXT = `Answers a question about a text that only this tool has. ${HOW}`;
const KNOWS_FILES = `Answers a question about files of a folder that only this tool has. ${HOW}`;
const READS_A_TEXT = `Answers a question about a text that is too long to read at once. ${HOW}`;

const query = z.string().min(1).describe('The whole question. The tool sees nothing of this conversation.');
const text = z.string().describe('The text to read.');
const files = z
  .array(z.string().min(1).max(200))
  .min(1)
  .max(100)
  .describe('Which files to read: paths in the folder; * is any part of a name, ** any folders.');

function tool<Input, T>(
  description: string,
  inputSchema: z.ZodType<Input>,
  options: RLMOptions<T>,
  taskOf: (input: Input) => Promise<Task>,
): AISDKTool<never, T> {
  const execute = async function* (input: Input, { abortSignal }: ToolCall) {
    const task = await taskOf(input);
    const signals = [options.signal, abortSignal].filter((signal) => signal !== undefined);
    const settings: RLMOptions<T> = { ...options, signal: AbortSignal.any(signals) };
    yield* progress<T>(runRLM(task.context, task.query, settings));
  };
  // Each of the three has its own input, which the overloads name.
  return { description, inputSchema, execute, toModelOutput } as unknown as AISDKTool<never, T>;
}

/** Reports a run to its end; one that nobody listens to any more is aborted. */
async function* progress<T>(run: RLMRun<T>): AsyncGenerator<RLMToolOutput<T>, void, void> {
  let iterations = 0;
  try {
    for await (const event of run) {
      if (event.type === 'iteration.completed' && event.depth === 0) iterations = event.iteration;
      if (event.type !== 'call.completed') continue;
      const { subCalls, costUsd } = event.totals;
      yield { state: 'running', runId: run.id, iterations, subCalls, costUsd };
    }
    yield finalOutput(await run);
  } finally {
    run.abort(new DOMException('Nobody waits for the run any more.', 'AbortError'));
  }
}
