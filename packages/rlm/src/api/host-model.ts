import type { RLMFinishReason } from './finish-reasons.ts';
import type { RLMCallRole, RLMTokens } from './model-calls.ts';
import type { JSONSchema } from './rlm-schema.ts';

/** A message of a chat, as text. */
export interface RLMChatMessage {
  /** Who speaks. */
  role: 'system' | 'user' | 'assistant';
  /** What is said, as text. */
  content: string;
}

/** One call of a model that this process serves. */
export interface RLMHostModelRequest {
  /** Well-formed text: lone surrogates, which generated code may send, are replaced. Two neighbours may share a role. */
  messages: RLMChatMessage[];
  /** The model's name in events and bills. */
  model: string;
  /** Who calls; see {@link RLMCallRole}. */
  role: RLMCallRole;
  /** 0 for the root RLM. */
  depth: number;
  /** Most tokens the answer may have, reasoning included; null: no bound. Set under `maxBudgetUsd`, which relies on it. */
  maxOutputTokens: number | null;
  /**
   * JSON Schema of an object that the reply is to fit, for models that can be held to one; absent: text is wanted. The
   * messages ask for it too and the reply is checked, so that a function need not look at it.
   */
  schema?: JSONSchema | undefined;
  /** Aborts when the run ends, however it ends. */
  signal: AbortSignal;
  /** Id of the run that the call belongs to. */
  runId: string;
}

/** Two counts, and what else is known. */
type GivenTokens = Pick<RLMTokens, 'inputTokens' | 'outputTokens'> & {
  [N in keyof RLMTokens]?: RLMTokens[N] | undefined;
};

/** What such a model answers. */
export interface RLMHostModelReply {
  /** Empty, or white space alone: the reply counts as `empty`, and its call as failed. */
  text: string;
  /** As in {@link RLMTokens}; what is left out is 0. Without it the call counts no tokens. */
  usage?: GivenTokens | null | undefined;
  /** What the call cost, in USD. Without it, the price of the tokens, where that is known. */
  costUsd?: number | null | undefined;
  /** How the reply ended. Default: `stop`, with text. */
  finishReason?: RLMFinishReason | null | undefined;
}

/**
 * A model as a function of this process: any model that Node can reach serves a run, and no key enters Python. What it
 * throws fails the call, which is not tried again: a function that can hope for better tries again itself.
 */
export interface RLMHostModel {
  (request: RLMHostModelRequest): Promise<RLMHostModelReply>;
  /** Its name in events, bills and price tables. Default: the function's name, else `'host'`. */
  readonly modelName?: string | undefined;
  /** Whose prices hold for it: a provider id of the genai-prices table. Default: whoever has a model of its name there. */
  readonly priceProvider?: string | undefined;
}
