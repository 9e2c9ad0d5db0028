// The part of the AI SDK's model specifications that is used here, as all of them have it: LanguageModelV2 (AI SDK 5),
// LanguageModelV3 (6) and LanguageModelV4 (7). Written out, so that any version of the SDK beside this package will do.

type JSON = string | number | boolean | null | JSON[] | { [key: string]: JSON | undefined };

interface TextPart {
  type: 'text';
  text: string;
}

/** A message of a prompt. */
export type PromptMessage =
  | { role: 'system'; content: string }
  | { role: 'user'; content: TextPart[] }
  | { role: 'assistant'; content: TextPart[] };

/** Settings that a model understands, all with its provider's default. */
export interface CallSettings {
  temperature?: number;
  topP?: number;
  topK?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  seed?: number;
  stopSequences?: string[];
  /** Specification v4 alone; earlier models do not look at it. */
  reasoning?: 'provider-default' | 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';
  headers?: Record<string, string | undefined>;
  providerOptions?: Record<string, { [key: string]: JSON }>;
}

/** JSON Schema of an object. The specifications type more of it, each in its own way. */
export interface ObjectSchema {
  type?: 'object';
}

export interface CallOptions extends CallSettings {
  prompt: PromptMessage[];
  responseFormat?: { type: 'json'; schema: ObjectSchema; name: string };
  maxOutputTokens?: number;
  abortSignal?: AbortSignal;
}

/** Tokens of specification v2. Providers differ in what they count among what; see usage.ts. */
export interface UsageV2 {
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  totalTokens: number | undefined;
  reasoningTokens?: number | undefined;
  cachedInputTokens?: number | undefined;
}

/** Tokens of specifications v3 and v4. */
export interface UsageV3 {
  inputTokens: {
    total: number | undefined;
    noCache: number | undefined;
    cacheRead: number | undefined;
    cacheWrite: number | undefined;
  };
  outputTokens: { total: number | undefined; text: number | undefined; reasoning: number | undefined };
}

/** What one call of a model gives. */
export interface AISDKResult<
  Usage = UsageV2 | UsageV3,
  Finish = string | { unified: string; raw: string | undefined },
> {
  content: { type: string; text?: string }[];
  finishReason: Finish;
  usage: Usage;
  providerMetadata?: Record<string, Record<string, unknown>>;
}

interface Model<Version extends string, Usage, Finish> {
  readonly specificationVersion: Version;
  readonly provider: string;
  readonly modelId: string;
  doGenerate(options: CallOptions): PromiseLike<AISDKResult<Usage, Finish>>;
}

/** A language model of the AI SDK: what `openai('gpt-…')`, `anthropic('claude-…')` and so on return. */
export type AISDKModel =
  | Model<'v2', UsageV2, string>
  | Model<'v3' | 'v4', UsageV3, { unified: string; raw: string | undefined }>;
