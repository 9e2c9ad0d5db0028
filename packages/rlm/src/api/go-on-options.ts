import type { RLMOptions } from './options.ts';
import type { RunStore } from './run-store.ts';

/** Limits of a run that may be others when it goes on. */
export const LIMIT_OPTIONS = [
  'maxIterations',
  'maxSubCalls',
  'maxConcurrentSubCalls',
  'maxToolCalls',
  'maxDepth',
  'maxBudgetUsd',
  'maxDurationMs',
  'maxTokens',
  'maxErrors',
  'maxRefusals',
  'maxOutputChars',
] as const satisfies (keyof RLMOptions)[];

/** What a store cannot keep, or what may be another when a run goes on. */
export const RESUME_OPTIONS = [
  ...LIMIT_OPTIONS,
  'store',
  'onDivergence',
  'onStoreFailure',
  'rootModel',
  'subModel',
  'apiKey',
  'subApiKey',
  'baseUrl',
  'subBaseUrl',
  'backendOptions',
  'subBackendOptions',
  'samplingArgs',
  'subSamplingArgs',
  'prices',
  'schema',
  'validate',
  'validateTimeoutMs',
  'tools',
  'subTools',
  'logDir',
  'signal',
  'onEvent',
  'isolation',
  'python',
  'uv',
  'quiet',
] as const satisfies (keyof RLMOptions)[];

/**
 * Options of {@link resumeRLM}. Everything else is in the run's journal. Functions (`tools`, `validate`, models that are
 * functions) and keys cannot be kept, and are given again; of `schema`, what is not JSON Schema. A limit takes the place of
 * that of the run: with a higher one, a run that a limit ended goes on.
 */
// biome-ignore lint/suspicious/noExplicitAny: options that hold any tools
export type RLMResumeOptions<T = string, I = any> = Pick<
  RLMOptions<T, I>,
  Exclude<(typeof RESUME_OPTIONS)[number], 'store'>
> & {
  /** Where the run is. */
  store: RunStore;
};

/** Options of {@link forkRLM}: what is not given is as in the run that is forked. `runId` is that of the new run. */
// biome-ignore lint/suspicious/noExplicitAny: options that hold any tools
export type RLMForkOptions<T = string, I = any> = RLMOptions<T, I> & {
  /** Where the run is, and the new one will be. */
  store: RunStore;
  /** Up to where the new run is the old one. */
  from: {
    /** The iteration of the root, from 1, that is the first to be another one. */
    iteration: number;
  };
};

/** What `replayRLM` needs to know. */
export interface RLMReplayOptions {
  /** Where the run is. */
  store: RunStore;
}
