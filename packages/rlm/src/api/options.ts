import type { RLMBackend, RLMEnvironment } from './backends.ts';
import type { RLMEvent } from './events.ts';
import type { RLMHostModel } from './host-model.ts';
import type { JSONValue } from './json.ts';
import type { RLMSchema } from './rlm-schema.ts';
import type { RLMTools } from './rlm-tool.ts';
import type { RunStore } from './run-store.ts';

/**
 * The long input, as the variable `context` of the REPL: a string, a list of strings, or a dict.
 * `{ file }` streams one UTF-8 file from disk as a string. `{ files }` gives a dict of name to text: globs relative to
 * `cwd` (default: the process's), negative ones with a leading `!`, or a record of name to path.
 * An object that has `file` or `files` and no keys but those below is always read as such a request.
 *
 * Only regular files are read, measured first. Links that lead out of `cwd` are not followed, and are named in a `log`
 * event, unless `followLinks`. Most files, bytes of one file, bytes in all: 50 000, 500 000 000 and 1 000 000 000.
 */
export type RLMContext =
  | string
  | readonly string[]
  | { [key: string]: JSONValue }
  | {
      /** Path of the file, relative to the folder of the process. */
      file: string;
      /** Most bytes the file may have. Default: 500 000 000. */
      maxFileBytes?: number | undefined;
    }
  | {
      /** Globs, negative ones with a leading `!`, or a record of name to path. */
      files: readonly string[] | { [name: string]: string };
      /** The folder that globs and paths are relative to. Default: that of the process. */
      cwd?: string | undefined;
      /** Follow links that lead out of `cwd`. Default: false. */
      followLinks?: boolean | undefined;
      /** Most files there may be. Default: 50 000. */
      maxFiles?: number | undefined;
      /** Most bytes one file may have. Default: 500 000 000. */
      maxFileBytes?: number | undefined;
      /** Most bytes all files may have together. Default: 1 000 000 000. */
      maxBytes?: number | undefined;
    };

/** Prices of a model, in USD per million tokens. Where a cached price is missing, the input price counts. */
export interface RLMPrice {
  /** US dollars for a million tokens of input. */
  inputUsdPerMTok: number;
  /** US dollars for a million tokens of output, reasoning included. */
  outputUsdPerMTok: number;
  /** US dollars for a million tokens read from the cache. Default: the input price. */
  cachedInputUsdPerMTok?: number | undefined;
  /** US dollars for a million tokens written to the cache. Default: the input price. */
  cacheWriteUsdPerMTok?: number | undefined;
}

/**
 * Settings of `docker`, `landlock` and `local`; unknown names are refused. `auto` takes those of `docker` and `landlock`, and uses
 * what the chosen one knows. Any other environment passes what it is given to the
 * official class of its name.
 */
export interface RLMEnvironmentOptions {
  /** Time one code block may use, waiting for sub-calls and tools not counted, in milliseconds. Default: 600 000. */
  cellTimeoutMs?: number | undefined;
  /** Time the REPL may take to start, in milliseconds. Default: 60 000. */
  startTimeoutMs?: number | undefined;
  /**
   * Start the REPL of the worker's next run when this one has ended: a run with equal options finds it ready. It has run
   * nothing, is never used twice, and ends with its idle worker. Default: false.
   */
  prewarm?: boolean | undefined;
  /** Memory of the REPL in MB. Default: 2048 in `docker`, 4096 of address space of each process in `landlock` and `local`. */
  memoryMb?: number | undefined;
  /** Open files. Default: 1024. */
  openFiles?: number | undefined;
  /** `docker`: any image with Python 3.9 or newer. Default: `RLM_SANDBOX_IMAGE`, else `'python:3.12-slim'`. */
  image?: string | undefined;
  /** `docker`: the client to run. Default: `'docker'`. */
  runtime?: 'docker' | 'podman' | undefined;
  /** `docker`: processors; `landlock`: whole ones, that its processes may run on. Default: 1. */
  cpus?: number | undefined;
  /** `landlock`: processor time that a process may use, in seconds. Default: 3600. */
  cpuSeconds?: number | undefined;
  /** `docker`, `landlock`: processes and threads. Default: 128. */
  pidsLimit?: number | undefined;
  /** `docker`: size of `/tmp`, the only writable folder, in MB; it counts as memory. Default: 256. */
  tmpfsMb?: number | undefined;
  /** `docker`: path of a seccomp profile. Default: the runtime's own. */
  seccompProfile?: string | null | undefined;
  /** `docker`: the OCI runtime, e.g. `'runsc'` for gVisor. Default: the daemon's. */
  ociRuntime?: string | null | undefined;
  /** `docker`: time that pulling the image may take, in milliseconds. Default: 600 000. */
  pullTimeoutMs?: number | undefined;
  /** `landlock`, `local`: largest file that code may write, in MB. Default: 256 in `landlock`, 1024 in `local`. */
  fileSizeMb?: number | undefined;
  /** A setting of an environment of the official library: `modal`, `prime`, `daytona`, `e2b` or `ipython`. */
  [name: string]: unknown;
}

/** What {@link RLMOptions.validate} says of an answer: a text is why it is refused, and so is `false`; the rest accepts it. */
export type RLMVerdict = string | boolean | null | undefined;

/** A method's type, so that options of a narrower answer are options of any. */
type Validate<T> = {
  of(
    answer: T,
    run: {
      /** Id of the run whose answer is judged. */
      runId: string;
      /** Aborts with the run, and when `validateTimeoutMs` is over. */
      signal: AbortSignal;
    },
  ): RLMVerdict | PromiseLike<RLMVerdict>;
}['of'];

/**
 * Options of {@link runRLM}. Every one is checked before anything starts. `T` is what an answer is: text, or the schema's;
 * `I` has the input schema of each tool.
 */
// biome-ignore lint/suspicious/noExplicitAny: options that hold any tools
export interface RLMOptions<T = string, I = any> {
  /**
   * Who serves the models. Default: the first key present of `ANTHROPIC_API_KEY`, `OPENAI_API_KEY`,
   * `OPENROUTER_API_KEY`, `GEMINI_API_KEY`; without any, the run rejects with `missing_api_key`.
   */
  backend?: RLMBackend | undefined;
  /**
   * The model at depth 0: a name, or a function of this process. `sonnet`, `haiku` and `opus` are aliases of current
   * Anthropic models. A function needs no backend, key or `samplingArgs`, which are refused beside it unless the sub
   * model has a use for them. Default: the backend's.
   */
  rootModel?: string | RLMHostModel | undefined;
  /** The same for every sub-call at every depth. Default: the root model when that was given, else the backend's. */
  subModel?: string | RLMHostModel | undefined;
  /** Who serves the sub model. Default: `backend`. */
  subBackend?: RLMBackend | undefined;
  /** Key of `backend`. Default: the backend's own environment variable. Never used for another backend. */
  apiKey?: string | undefined;
  /** Base URL of `backend`. Default: the backend's own environment variable, then its public address. */
  baseUrl?: string | undefined;
  /** Backend settings passed to its client, e.g. `{ api_version }` of `azure_openai`. They travel with the keys. */
  backendOptions?: { [name: string]: unknown } | undefined;
  /** Key of `subBackend`. Default: `apiKey` when both backends are the same, else the environment's. */
  subApiKey?: string | undefined;
  /** Base URL of `subBackend`. Default: as for `subApiKey`. */
  subBaseUrl?: string | undefined;
  /** Backend settings of `subBackend`. Default: as for `subApiKey`. */
  subBackendOptions?: { [name: string]: unknown } | undefined;
  /** Extra request fields of root calls, e.g. `{ temperature: 0 }`. Default: none. */
  samplingArgs?: { [name: string]: unknown } | undefined;
  /** Extra request fields of sub-calls. Default: `samplingArgs` when `subModel` was not given, else none. */
  subSamplingArgs?: { [name: string]: unknown } | undefined;
  /** Prices by model name, in place of the bundled table's. */
  prices?: { [model: string]: RLMPrice } | undefined;

  /**
   * Where model-written code runs. `'auto'` is `docker` where its daemon answers, else `landlock`, and never `local`; the
   * result says which. Default: `'docker'`.
   */
  environment?: RLMEnvironment | 'auto' | undefined;
  /** Settings of the environment; see {@link RLMEnvironmentOptions}. */
  environmentOptions?: RLMEnvironmentOptions | undefined;

  /** Iterations of the root model: `max_iterations` of the official `RLM`. Default: 20. */
  maxIterations?: number | undefined;
  /** Sub-calls over the whole tree. Default: 100. */
  maxSubCalls?: number | undefined;
  /** Sub-calls in flight, and child REPLs alive, at once over the whole tree. Default: 16. */
  maxConcurrentSubCalls?: number | undefined;
  /** Calls of `tools` over the whole tree; one more is an error in the REPL. Default: 1000. */
  maxToolCalls?: number | undefined;
  /** Levels of recursion, as `max_depth` of the official `RLM` counts: at 1 sub-calls are plain model calls. Default: 1. */
  maxDepth?: number | undefined;
  /** Most that the run may spend, in USD; the worst case is reserved before each call. Default: no cap. */
  maxBudgetUsd?: number | undefined;
  /** Longest the run may take, in milliseconds from the moment a worker takes it. Default: no cap. */
  maxDurationMs?: number | undefined;
  /** Most input and output tokens over the whole tree. Default: no cap. */
  maxTokens?: number | undefined;
  /** Consecutive iterations with errors before the run stops, as `max_errors` of the official `RLM` counts. Default: no cap. */
  maxErrors?: number | undefined;
  /**
   * How often the root may give an answer with the same fault before the run stops with `invalid_answer`: the same place of
   * `schema` that does not fit, or the same words of `validate`. What is unread is none. Default: no cap.
   */
  maxRefusals?: number | undefined;
  /** REPL output shown to the root model per code block, in characters. Default: 20 000. */
  maxOutputChars?: number | undefined;

  /**
   * How the context is read: `'recurse'` is the official loop (`RLM.completion`), `'direct'` one model call with the context
   * in its prompt, `'auto'` chooses by the context's length in tokens; see docs/strategies.md. Default: `'recurse'`.
   */
  strategy?: 'recurse' | 'direct' | 'auto' | undefined;
  /** Fraction of the context, above 0 to 1, that must have reached a model before an answer is taken. Default: none. */
  requireCoverage?: number | undefined;
  /**
   * The shape of the answer: one that does not fit is handed back to the model with what is wrong. Zod 4, any Standard
   * Schema that gives JSON Schema, or plain JSON Schema. Default: none, the answer is text.
   */
  schema?: RLMSchema<T> | undefined;
  /**
   * Judges an answer that fits the schema: a text it returns is why the answer is refused, and goes to the model.
   * What it throws is a refusal too, without its text. `signal` aborts with the run, and when its time is over.
   * Default: none.
   */
  validate?: Validate<NoInfer<T>> | undefined;
  /** Time one call of `validate` may take, and one check by `schema`, in milliseconds. Default: 60 000. */
  validateTimeoutMs?: number | undefined;
  /** Tell the models that `llm_query` takes `schema=`; in `docker`, `landlock` and `local`. Default: true when `schema` is given. */
  typedSubCalls?: boolean | undefined;
  /**
   * Functions of this process, as Python functions of the REPL in `docker`, `landlock` and `local`; see {@link RLMTool}. They are
   * described to the models, with the types of their arguments and results. Default: none.
   */
  tools?: RLMTools<I> | undefined;
  /** Names of the tools that child RLMs have too. Default: all of them. */
  subTools?: readonly NoInfer<keyof I & string>[] | undefined;
  /** Let Anthropic cache the growing history of every RLM; see docs/strategies.md. Default: true. */
  promptCaching?: boolean | undefined;

  /**
   * Where the journal of the run is kept, so that it survives its process: see docs/runs-that-survive.md. With `runId`, a
   * run that is there already gives its finished result, or goes on where it stopped. Default: none.
   */
  store?: RunStore | undefined;
  /**
   * Id of the run: 1 to 128 letters, digits and `. _ : @ + -`, a letter or digit first. Default: a random one.
   */
  runId?: string | undefined;
  /**
   * What happens where the code of a run that goes on asks otherwise than its journal has it: go on live from there, or
   * fail with `replay_diverged`. Default: `'continue'`.
   */
  onDivergence?: 'continue' | 'fail' | undefined;
  /**
   * What happens when the journal cannot be written any more: fail with `store_failed`, or go on without, which a warning
   * and `result.journal` say. Default: `'fail'`.
   */
  onStoreFailure?: 'continue' | 'fail' | undefined;

  /** Folder of the JSONL logs, in the format of the official `RLMLogger`; `false` for none. Default: `'./logs'`. */
  logDir?: string | false | undefined;
  /** The system prompt of every RLM. Default: that of the official library, its `RLM_SYSTEM_PROMPT`. */
  systemPrompt?: string | undefined;
  /** Summarize the history when the root model's window fills: `compaction` of the official `RLM`. Default: false. */
  compaction?: boolean | undefined;
  /** Aborts the run: its promise rejects with an {@link RLMAbortError}. */
  signal?: AbortSignal | undefined;
  /** Called with each event. What it throws is reported as a process warning and does not disturb the run. */
  onEvent?: ((event: RLMEvent) => void) | undefined;

  /**
   * With whom the run shares its Python worker: `'shared'`, with other runs, which wait for their models beside it and see
   * nothing of it; `'process'`, with nobody while it goes on. Sessions, and environments other than `docker`, `landlock` and `local`,
   * share with nobody anyway. Default: `'shared'`.
   */
  isolation?: 'shared' | 'process' | undefined;
  /** Python that has the worker's dependencies, used as it is, without uv. Default: `RLM_PYTHON`, else uv's environment. */
  python?: string | undefined;
  /** The uv that prepares the Python environment. Default: `RLM_UV`, then `PATH`. */
  uv?:
    | {
        /** Path of the program, absolute or relative to the folder of the process. Default: `RLM_UV`, then `PATH`. */
        path?: string | undefined;
      }
    | undefined;
  /** No word on stderr while the Python environment is prepared. Default: false. */
  quiet?: boolean | undefined;
}

/** Defaults of {@link RLMOptions} that are plain values. */
export const DEFAULT_OPTIONS = {
  environment: 'docker',
  isolation: 'shared',
  maxIterations: 20,
  maxSubCalls: 100,
  maxConcurrentSubCalls: 16,
  maxToolCalls: 1000,
  maxDepth: 1,
  maxOutputChars: 20_000,
  logDir: './logs',
  compaction: false,
  strategy: 'recurse',
  validateTimeoutMs: 60_000,
  promptCaching: true,
  onDivergence: 'continue',
  onStoreFailure: 'fail',
  quiet: false,
} as const satisfies RLMOptions;
