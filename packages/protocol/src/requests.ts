import { z } from 'zod';
import { CallRole, FinishReason } from './codes.ts';
import { count, id } from './fields.ts';
import { Json } from './run-spec.ts';

// Tier 2, requests: each has a requestId, each gets exactly one reply, unless its run ends first.

export const Ping = z
  .strictObject({ type: z.literal('ping'), requestId: id })
  .register(z.globalRegistry, { id: 'Ping' });
export type Ping = z.infer<typeof Ping>;

export const Pong = z
  .strictObject({ type: z.literal('pong'), requestId: id })
  .register(z.globalRegistry, { id: 'Pong' });
export type Pong = z.infer<typeof Pong>;

// From the worker to the host, within the run `id`.

const request = { id, requestId: id };

/** A hash of what is asked, by which an effect is known again. */
export const EffectKey = z.string().regex(/^[0-9a-f]{32}$/);

/** Where an effect belongs, and a hash of what is asked: what the host writes into the journal beside its reply. */
const effect = {
  node: z.string(),
  iteration: count,
  codeBlock: count,
  key: EffectKey,
};

export const RequestFailure = z
  .strictObject({ kind: z.literal('error'), message: z.string() })
  .register(z.globalRegistry, { id: 'RequestFailure' });

/** Call a function of the host. `arguments` are by name, as generated code gave them: the host checks them. */
export const ToolCall = z
  .strictObject({
    type: z.literal('tool.call'),
    ...request,
    ...effect,
    call: id,
    tool: id,
    arguments: z.record(z.string(), Json),
  })
  .register(z.globalRegistry, { id: 'ToolCall' });
export type ToolCall = z.infer<typeof ToolCall>;

export const ToolValue = z
  .strictObject({ kind: z.literal('value'), value: Json })
  .register(z.globalRegistry, { id: 'ToolValue' });
export const ToolOutcome = z.discriminatedUnion('kind', [ToolValue, RequestFailure]);
export const ToolResult = z
  .strictObject({ type: z.literal('tool.result'), ...request, outcome: ToolOutcome })
  .register(z.globalRegistry, {
    id: 'ToolResult',
    description: 'An error is raised in the code block that called the tool.',
  });
export type ToolResult = z.infer<typeof ToolResult>;

export const ChatMessage = z
  .strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })
  .register(z.globalRegistry, { id: 'ChatMessage' });
export type ChatMessage = z.infer<typeof ChatMessage>;

/** Ask a model that the host serves. `which` is the spec's model of that place. */
export const ModelCall = z
  .strictObject({
    type: z.literal('model.call'),
    ...request,
    which: z.enum(['root', 'sub']),
    model: z.string(),
    role: CallRole,
    depth: count,
    messages: z.array(ChatMessage).min(1),
    maxOutputTokens: z.int().positive().nullable(),
    schema: z.record(z.string(), Json).nullable(),
  })
  .register(z.globalRegistry, {
    id: 'ModelCall',
    description: 'schema: JSON Schema of an object that the reply is to fit; null for text.',
  });
export type ModelCall = z.infer<typeof ModelCall>;

export const HostModelUsage = z
  .strictObject({
    inputTokens: count,
    outputTokens: count,
    cachedInputTokens: count,
    cacheWriteTokens: count,
    reasoningTokens: count,
  })
  .register(z.globalRegistry, {
    id: 'HostModelUsage',
    description: 'inputTokens includes cached ones, outputTokens reasoning ones.',
  });

export const Completion = z
  .strictObject({
    kind: z.literal('completion'),
    text: z.string(),
    usage: HostModelUsage.nullable(),
    costUsd: z.number().nonnegative().nullable(),
    finishReason: FinishReason.nullable(),
  })
  .register(z.globalRegistry, {
    id: 'Completion',
    description: 'finishReason is null when the function did not say how its reply ended.',
  });
export const ModelResult = z
  .strictObject({
    type: z.literal('model.result'),
    ...request,
    outcome: z.discriminatedUnion('kind', [Completion, RequestFailure]),
  })
  .register(z.globalRegistry, { id: 'ModelResult' });
export type ModelResult = z.infer<typeof ModelResult>;

/** Judge an answer. `candidates` are the JSON values that `text` can be read as, the likeliest first. */
export const AnswerCheck = z
  .strictObject({
    type: z.literal('answer.check'),
    ...request,
    ...effect,
    text: z.string(),
    candidates: z.array(Json),
  })
  .register(z.globalRegistry, { id: 'AnswerCheck' });
export type AnswerCheck = z.infer<typeof AnswerCheck>;

/** What is wrong with an answer, for the model. `path` is where in the answer, "" for all of it. */
export const AnswerProblem = z
  .strictObject({ source: z.enum(['schema', 'validate', 'coverage']), path: z.string(), message: z.string() })
  .register(z.globalRegistry, { id: 'AnswerProblem' });
export type AnswerProblem = z.infer<typeof AnswerProblem>;

export const AnswerResult = z
  .strictObject({ type: z.literal('answer.result'), ...request, problems: z.array(AnswerProblem) })
  .register(z.globalRegistry, { id: 'AnswerResult', description: 'No problems: the answer is accepted.' });
export type AnswerResult = z.infer<typeof AnswerResult>;
