import { given } from '@rlm-bridge/options';
import { FinishReason, MAX_ANSWER_CHARS, type ModelCall, type ModelResult } from '@rlm-bridge/protocol';
import { cut, show, thrownText } from '@rlm-bridge/text';
import { z } from 'zod';
import type { RLMHostModel } from '../api/host-model.ts';
import { must, number, oneOf, whole } from '../options/rules.ts';
import { signalForCaller } from '../signals/caller-signals.ts';

/** Far above any model's window, and sums of it stay exact. */
const MAX_TOKENS = 1_000_000_000;
const MAX_COST_USD = 1_000_000;
const MAX_ERROR_CHARS = 2_000;

/** Calls a function that serves as a model. What it throws, or answers wrongly, is a failure of this one call. */
export async function callHostModel(
  hostModel: RLMHostModel | null,
  { id, which, model, messages, role, depth, maxOutputTokens, schema }: ModelCall,
  runSignal: AbortSignal,
): Promise<ModelResult['outcome']> {
  if (hostModel === null) return failure(`The ${which} model "${model}" is not a function of this process.`);
  try {
    const reply = await hostModel({
      messages: messages.map((message) => ({ ...message, content: message.content.toWellFormed() })),
      model,
      role,
      depth,
      maxOutputTokens,
      ...(schema !== null && { schema }),
      // One of its own for each call: whatever listens to it goes with it.
      signal: signalForCaller(runSignal),
      runId: id,
    });
    return readReply(model, reply);
  } catch (error) {
    return failure(`The function of model "${model}" threw: ${thrownText(error)}`);
  }
}

const count = whole(0, MAX_TOKENS, 'tokens').optional();

const Usage = z
  .object({
    inputTokens: whole(0, MAX_TOKENS, 'tokens'),
    outputTokens: whole(0, MAX_TOKENS, 'tokens'),
    cachedInputTokens: count,
    cacheWriteTokens: count,
    reasoningTokens: count,
  })
  .transform((usage) => ({ ...NO_DETAILS, ...given(usage) }) as Tokens)
  .refine((usage) => usage.cachedInputTokens + usage.cacheWriteTokens <= usage.inputTokens, {
    error: 'must count cached and cache-written tokens among inputTokens',
  })
  .refine((usage) => usage.reasoningTokens <= usage.outputTokens, {
    error: 'must count reasoningTokens among outputTokens',
  });

type Tokens = NonNullable<Extract<ModelResult['outcome'], { kind: 'completion' }>['usage']>;

const NO_DETAILS = { cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };

const Reply = z.object({
  text: must(
    `be a string of well-formed Unicode, of at most ${MAX_ANSWER_CHARS} characters`,
    (value) => typeof value === 'string' && value.length <= MAX_ANSWER_CHARS && value.isWellFormed(),
  ).transform(String),
  usage: Usage.nullish(),
  costUsd: number(`be a number of 0 to ${MAX_COST_USD}`, (value) => value >= 0 && value <= MAX_COST_USD)
    .transform(Number)
    .nullish(),
  finishReason: oneOf(FinishReason.options).pipe(FinishReason).nullish(),
});

function readReply(model: string, reply: unknown): ModelResult['outcome'] {
  const { success, data, error } = Reply.safeParse(reply);
  if (success) {
    const { text, usage = null, costUsd = null, finishReason = null } = data;
    return { kind: 'completion', text, usage, costUsd, finishReason };
  }
  const [issue] = error.issues;
  const path = issue?.path.map(String) ?? [];
  const rule = issue?.code === 'custom' ? issue.message : 'must be an object';
  const described = `${['reply', ...path].join('.')} ${rule}`;
  return failure(
    `The function of model "${model}" gave a wrong reply: ${described}; it is ${show(valueAt(reply, path))}.`,
  );
}

function valueAt(reply: unknown, path: string[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], reply);
}

function failure(message: string): ModelResult['outcome'] {
  return { kind: 'error', message: cut(message, MAX_ERROR_CHARS) };
}
