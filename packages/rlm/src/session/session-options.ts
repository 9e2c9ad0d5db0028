import type { RLMOptions } from '../api/options.ts';

/**
 * Options of a session: those of {@link runRLM} that hold for all its turns, with the same defaults. Limits count for
 * each turn by itself. `environment` is `'auto'`, `'docker'`, `'landlock'` or `'local'`, and `prewarm` has no effect. `signal` ends the opening and any turn.
 * With `store`, its turns survive its process: `onDivergence` and `onStoreFailure` are as of a run.
 */
// biome-ignore lint/suspicious/noExplicitAny: options that hold any tools
export type RLMSessionOptions<I = any> = Omit<
  RLMOptions<string, I>,
  'strategy' | 'schema' | 'validate' | 'requireCoverage' | 'runId'
> & {
  /**
   * Id of the session: 1 to 128 letters, digits and `. _ : @ + -`, a letter or digit first. With `store`, a session that is
   * there already goes on after its last turn. Default: a random one.
   */
  sessionId?: string | undefined;
};

/** What an option of a turn may be; each goes before the session's, except `signal`, beside which the session's counts too. */
export const TURN_OPTIONS = [
  'schema',
  'validate',
  'validateTimeoutMs',
  'requireCoverage',
  'maxIterations',
  'maxSubCalls',
  'maxToolCalls',
  'maxBudgetUsd',
  'maxDurationMs',
  'maxTokens',
  'maxErrors',
  'maxRefusals',
  'signal',
  'onEvent',
] as const satisfies (keyof RLMOptions)[];

/** Options of one turn, as of {@link runRLM}. What is not given is the session's. */
export type RLMTurnOptions<T = string> = Pick<RLMOptions<T>, (typeof TURN_OPTIONS)[number]>;
