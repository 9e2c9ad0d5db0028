import { given } from '@rlm-bridge/options';
import { RLMError, type RLMHostModel, type RLMHostModelReply, type RLMHostModelRequest } from 'rlm-bridge';
import { readAnswer } from './answer.ts';
import type { AISDKModel, AISDKResult, CallOptions, CallSettings } from './model-spec.ts';
import { priceProviderOf } from './price-provider.ts';
import { toPrompt } from './prompt.ts';
import { responseFormat, withoutRefusedFormats } from './response-format.ts';
import { DEFAULT_MAX_RETRIES, withRetries } from './retries.ts';
import { usageOf } from './usage.ts';

/** Settings that a framework may hand over as undefined. */
type Handed<T> = { [K in keyof T]: T[K] | undefined };

/** Settings of {@link aiSdkModel}. What is left out, or undefined, is the provider's default. */
export interface AISDKModelOptions extends Handed<CallSettings> {
  /** Most tokens of one answer; under a run's `maxBudgetUsd` the smaller of the two bounds counts. */
  maxOutputTokens?: number | undefined;
  /** How often a call is tried again after an error that the SDK calls retryable. Default: 4. */
  maxRetries?: number | undefined;
  /** Name in events and bills. Default: the model's `modelId`. */
  modelName?: string | undefined;
  /** Whose prices hold, as in `RLMHostModel`; null: nobody's known ones. Default: as the model's `provider` says. */
  priceProvider?: string | null | undefined;
  /** What a call cost, in USD, from what the provider said of it. Default: the price of its tokens. */
  costUsd?: ((result: AISDKResult) => number | null | undefined) | undefined;
}

const NOBODY = 'none';

/**
 * A language model of the AI SDK as a model of a run: give it as `rootModel` or `subModel`.
 * @throws {RLMError} `invalid_options` for what is not a model object of specification v2, v3 or v4.
 * @example
 * ```ts
 * import { openai } from '@ai-sdk/openai';
 * import { runRLM } from 'rlm-bridge';
 *
 * const rootModel = aiSdkModel(openai('gpt-5'), { maxOutputTokens: 8000 });
 * const result = await runRLM({ file: 'book.txt' }, 'Who raised the alarm?', { rootModel });
 * console.log(result.answer);
 * ```
 */
export function aiSdkModel(model: AISDKModel, options: AISDKModelOptions = {}): RLMHostModel {
  requireModel(model);
  const { maxOutputTokens, maxRetries, modelName, priceProvider, costUsd, ...settings } = given(options);
  const ask = withoutRefusedFormats((call) => model.doGenerate(call));
  const answer = async (request: RLMHostModelRequest): Promise<RLMHostModelReply> => {
    const call = callOptions(request, settings, maxOutputTokens);
    const attempt = (): PromiseLike<AISDKResult> => ask(call);
    const result = await withRetries(attempt, request.signal, maxRetries ?? DEFAULT_MAX_RETRIES);
    return { ...readAnswer(result), usage: usageOf(model.provider, result), costUsd: costUsd?.(result) };
  };
  const provider = priceProvider === null ? NOBODY : (priceProvider ?? priceProviderOf(model.provider));
  return Object.assign(answer, { modelName: modelName ?? model.modelId, priceProvider: provider });
}

function callOptions(
  { messages, maxOutputTokens, schema, signal }: RLMHostModelRequest,
  settings: CallSettings,
  ownBound: number | undefined,
): CallOptions {
  const bounds = [maxOutputTokens, ownBound].filter((bound) => typeof bound === 'number');
  const bound = bounds.length === 0 ? {} : { maxOutputTokens: Math.min(...bounds) };
  return { ...settings, ...bound, ...responseFormat(schema), prompt: toPrompt(messages), abortSignal: signal };
}

const VERSIONS = ['v2', 'v3', 'v4'];

function requireModel(model: unknown): void {
  if (typeof model === 'string') {
    const advice = `pass a model object: gateway('${model}') of 'ai', or a provider's, as openai('…') of '@ai-sdk/openai'`;
    throw new RLMError('invalid_options', `aiSdkModel: "${model}" is the name of a model; ${advice}.`);
  }
  const { specificationVersion, doGenerate } = Object(model) as Partial<AISDKModel>;
  if (typeof doGenerate !== 'function') {
    const advice = "Pass what a provider returns, as openai('…') of '@ai-sdk/openai'.";
    const fault = 'aiSdkModel: this is no language model of the AI SDK: it has no doGenerate.';
    throw new RLMError('invalid_options', `${fault} ${advice}`);
  }
  if (!VERSIONS.includes(String(specificationVersion))) {
    throw new RLMError(
      'invalid_options',
      `aiSdkModel: the model is of specification ${specificationVersion}; this package knows ${VERSIONS.join(', ')}. ` +
        'Use a provider package for AI SDK 6 or 7, or a newer @rlm-bridge/ai-sdk.',
    );
  }
}
