/** How the context was read, and why. */
export interface RLMStrategy {
  /** `recurse`: by code in a REPL; `direct`: whole, in the prompt of one model call. */
  chosen: 'recurse' | 'direct';
  /** Why it was read so, in words. */
  reason: string;
  /** Measured by the worker, not by the provider; null where nothing was counted. */
  contextTokens: number | null;
}
