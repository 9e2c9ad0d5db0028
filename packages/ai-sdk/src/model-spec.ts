// The part of the AI SDK's model specifications that is used here, as all of them have it: LanguageModelV2 (AI SDK 5),
// LanguageModelV3 (6) and LanguageModelV4 (7). Written out, so that any version of the SDK beside this package will do.

type JSON = string | number | boolean | null | JSON[] | { [key: string]: JSON | undefined };

/** A part of a message; of all kinds that the specifications know, text alone is sent. */
interface TextPart {
  /** Kind of the part. */
  type: 'text';
  /** What is said. */
  text: string;
}

/** A message of a prompt. */
export type PromptMessage =
  | {
      /** Who speaks: whoever set the model its task. */
      role: 'system';
      /** What is said, as text. */
      content: string;
    }
  | {
      /** Who speaks: the user, or the model, what it said earlier. */
      role: 'user' | 'assistant';
      /** What is said, in parts. */
      content: TextPart[];
    };

/** Settings that a model understands, all with its provider's default. */
export interface CallSettings {
  /** How much chance there is in a reply: 0 is the least; the provider's range ends at 1 or 2. */
  temperature?: number;
  /** Only the likeliest tokens whose probabilities add up to this, from 0 to 1, are considered. */
  topP?: number;
  /** Only so many of the likeliest tokens are considered. */
  topK?: number;
  /** How much tokens that occurred already are avoided; the provider's range, often -2 to 2. */
  presencePenalty?: number;
  /** How much tokens are avoided the more often they occurred; the provider's range, often -2 to 2. */
  frequencyPenalty?: number;
  /** Equal calls with an equal seed give equal replies, where the provider can do that. */
  seed?: number;
  /** Texts at which a reply ends; they are not part of it. */
  stopSequences?: string[];
  /** How much the model reasons before it replies. Specification v4 alone; earlier models do not look at it. */
  reasoning?: 'provider-default' | 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';
  /** Headers of the HTTP request, beside those of the provider. */
  headers?: Record<string, string | undefined>;
  /** What only one provider knows, by its name: `{ anthropic: { effort: 'low' } }` for example. */
  providerOptions?: Record<string, { [key: string]: JSON }>;
}

/** JSON Schema of an object. The specifications type more of it, each in its own way. */
export interface ObjectSchema {
  /** The type that the schema asks for. */
  type?: 'object';
}

/** What one call of a model is given. */
export interface CallOptions extends CallSettings {
  /** The messages, from the first to the one to reply to. */
  prompt: PromptMessage[];
  /** What the reply is to be, for models that can be held to it. Default: text. */
  responseFormat?: {
    /** JSON text is wanted. */
    type: 'json';
    /** The shape that the reply's value is to have. */
    schema: ObjectSchema;
    /** A name for the shape, which some providers want. */
    name: string;
  };
  /** Most tokens of the reply, reasoning included. Default: the provider's. */
  maxOutputTokens?: number;
  /** Ends the call when it aborts. */
  abortSignal?: AbortSignal;
}

/** Tokens of specification v2. Providers differ in what they count among what; see usage.ts. */
export interface UsageV2 {
  /** Tokens of the prompt; undefined where the provider does not say it, as everywhere below. */
  inputTokens: number | undefined;
  /** Tokens of the reply; with some providers reasoning is not among them. */
  outputTokens: number | undefined;
  /** Tokens of both, as the provider adds them up. */
  totalTokens: number | undefined;
  /** Tokens that were reasoning. */
  reasoningTokens?: number | undefined;
  /** Tokens that were read from the provider's cache; with some providers they are not among `inputTokens`. */
  cachedInputTokens?: number | undefined;
}

/** Tokens of specifications v3 and v4. */
export interface UsageV3 {
  /** Tokens of the prompt; each is undefined where the provider does not say it. */
  inputTokens: {
    /** All of them. */
    total: number | undefined;
    /** Those that have nothing to do with the provider's cache. */
    noCache: number | undefined;
    /** Those that were read from the provider's cache. */
    cacheRead: number | undefined;
    /** Those that were written to the provider's cache. */
    cacheWrite: number | undefined;
  };
  /** Tokens of the reply; each is undefined where the provider does not say it. */
  outputTokens: {
    /** All of them, reasoning included. */
    total: number | undefined;
    /** Those of the text. */
    text: number | undefined;
    /** Those of the reasoning. */
    reasoning: number | undefined;
  };
}

/** How a reply ended, in specifications v3 and v4. */
export interface FinishV3 {
  /** The word that the AI SDK has for it: `stop` or `content-filter` for example. */
  unified: string;
  /** The provider's own word; undefined where it has none. */
  raw: string | undefined;
}

/** What one call of a model gives. */
export interface AISDKResult<Usage = UsageV2 | UsageV3, Finish = string | FinishV3> {
  /** The parts of the reply, in order. */
  content: {
    /** Kind of the part: `text`, `reasoning` or `tool-call` for example. */
    type: string;
    /** What a part of kind `text` or `reasoning` says. */
    text?: string;
  }[];
  /** How the reply ended. */
  finishReason: Finish;
  /** The tokens that the call took. */
  usage: Usage;
  /** What only this provider says of the call, by its name. */
  providerMetadata?: Record<string, Record<string, unknown>>;
}

interface Model<Version extends string, Usage, Finish> {
  /** Version of the AI SDK's specification that the model follows: `v2` for AI SDK 5, `v3` for 6, `v4` for 7. */
  readonly specificationVersion: Version;
  /** Who serves the model, as its package says: `openai.responses` for example. Prices are looked up by it. */
  readonly provider: string;
  /** Name of the model, as its provider knows it; its name in events and bills too. */
  readonly modelId: string;
  /** Makes one call. */
  doGenerate(options: CallOptions): PromiseLike<AISDKResult<Usage, Finish>>;
}

/** A language model of the AI SDK: what `openai('gpt-…')`, `anthropic('claude-…')` and so on return. */
export type AISDKModel = Model<'v2', UsageV2, string> | Model<'v3' | 'v4', UsageV3, FinishV3>;
