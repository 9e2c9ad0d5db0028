import { z } from 'zod';

// Fields of several messages.

export const id = z.string().min(1);
export const count = z.int().nonnegative();
export const ms = z.number().nonnegative();
export const usd = z.number().nonnegative().nullable();

/** `id` is the run, `at` the worker's clock in milliseconds since the epoch. */
export const event = { id, at: z.number() };

/** `node` is the path of the RLM in the tree: "0" is the root, "0/2" its second child. */
export const inTree = { ...event, node: z.string(), depth: count };
export const inIteration = { ...inTree, iteration: z.int().positive() };
export const inCodeBlock = { ...inIteration, codeBlock: count };

/** `inputTokens` includes cached tokens, `outputTokens` includes reasoning tokens. */
export const tokens = {
  inputTokens: count,
  outputTokens: count,
  cachedInputTokens: count,
  cacheWriteTokens: count,
  reasoningTokens: count,
};
