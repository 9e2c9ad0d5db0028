/**
 * A text of what is shown, by its place in the table of texts of its run. The outline of a run has no long text in it:
 * whoever shows one asks its source for it.
 */
export interface TextRef {
  /** Number of the text in its run. Of two refs with the same one, that with more characters is of a later time. */
  id: number;
  /** Its length in characters (UTF-16 units, as everywhere in what is shown). */
  chars: number;
  /** Its beginning, on one line, at most 160 characters: enough for a list. */
  head: string;
}

/** Tokens and money of one or more model calls. */
export interface Spent {
  /** Calls that went to a model, failed and abandoned ones included; a replayed one is not asked again and is none. */
  calls: number;
  /** Tokens of the prompts, cached ones included. */
  inputTokens: number;
  /** Tokens of the replies, reasoning included. */
  outputTokens: number;
  /** Tokens of the prompts that were read from the provider's cache. */
  cachedInputTokens: number;
  /** Tokens of the replies that were reasoning. */
  reasoningTokens: number;
  /** US dollars; null when the price of any of the calls is not known. */
  costUsd: number | null;
}
