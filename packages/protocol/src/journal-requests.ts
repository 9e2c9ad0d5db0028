import { z } from 'zod';
import { CallCompleted, CallError, CallStarted } from './call-events.ts';
import { CallRole, FinishReason, Strategy } from './codes.ts';
import { count, id, usd } from './fields.ts';
import { AnswerProblem, EffectKey, RequestFailure, ToolOutcome } from './requests.ts';
import { Json } from './run-spec.ts';

// What a run that has a store tells its host of each effect, and waits until it is written; and what it is told of the
// effects of its earlier lives, so that none is done twice.

/** Where in a run an effect belongs: the iteration is 0 before the first, the code block 0 outside of one. */
const place = { node: z.string(), iteration: count, codeBlock: count };

/** With its place, what an effect is known again by: a hash of what was asked. Equals are told apart by their order. */
const known = { ...place, key: EffectKey };

/** Messages of a call: the first `kept` of the last call of the same node and role, then these. */
export const Prompt = z
  .strictObject({ kept: count, messages: z.array(z.record(z.string(), Json)) })
  .register(z.globalRegistry, {
    id: 'Prompt',
    description: 'The first `kept` messages are those of the last call of the node and role.',
  });
export type Prompt = z.infer<typeof Prompt>;

/** What is told of a failed call beside its error, so that the same can be raised again. */
export const CallFailure = z
  .strictObject({
    kind: z.enum(['provider', 'unusable', 'run', 'other']),
    status: z.int().nullable(),
    unsent: z.boolean(),
    said: z.string(),
  })
  .register(z.globalRegistry, {
    id: 'CallFailure',
    description: 'said: the word of the provider for how an unusable reply ended.',
  });

const intent = { ...known, prompt: Prompt, schema: Json.nullable(), reservedUsd: usd };
const reply = { text: z.string(), outputBound: z.int().nullable(), failure: CallFailure.nullable() };

export const CallIntent = z
  .strictObject({ kind: z.literal('call.intent'), ...intent, event: CallStarted })
  .register(z.globalRegistry, {
    id: 'CallIntent',
    description: 'A call that is about to be made; reservedUsd: the most that it can cost.',
  });
export type CallIntent = z.infer<typeof CallIntent>;

export const CallReply = z
  .strictObject({ kind: z.literal('call.reply'), ...reply, event: CallCompleted })
  .register(z.globalRegistry, { id: 'CallReply', description: 'How a call ended, before anything depends on it.' });
export type CallReply = z.infer<typeof CallReply>;

export const ChildSpawned = z
  .strictObject({ kind: z.literal('child.spawned'), ...known, child: z.string() })
  .register(z.globalRegistry, {
    id: 'ChildSpawned',
    description: 'The path that a child got: children may start in any order.',
  });
export type ChildSpawned = z.infer<typeof ChildSpawned>;

/** What was told of a code block that did not come to its end, or that found its variables gone. */
const cutOff = {
  ...place,
  status: z.enum(['ok', 'error', 'timed_out', 'interpreter_died']),
  stdout: z.string(),
  stderr: z.string(),
  lostBefore: z.boolean(),
  lostWithin: z.boolean(),
};

export const BlockCut = z.strictObject({ kind: z.literal('block.cut'), ...cutOff }).register(z.globalRegistry, {
  id: 'BlockCut',
  description:
    'Variables were lost before the code block, or within it: no life of the run loses them by itself again.',
});

export const Effect = z
  .discriminatedUnion('kind', [CallIntent, CallReply, ChildSpawned, BlockCut])
  .register(z.globalRegistry, { id: 'Effect' });
export type Effect = z.infer<typeof Effect>;

/** Write effects into the journal, in this order, and say when they are there. */
export const JournalAppend = z
  .strictObject({
    type: z.literal('journal.append'),
    id,
    requestId: id,
    effects: z.array(Effect),
    file: z.string().nullable(),
    kept: z.boolean(),
  })
  .register(z.globalRegistry, {
    id: 'JournalAppend',
    description:
      'file: a JSON list of effects that no line holds; the host removes it. kept: aside, and there is no reply.',
  });
export type JournalAppend = z.infer<typeof JournalAppend>;

export const Appended = z.strictObject({ kind: z.literal('appended') }).register(z.globalRegistry, { id: 'Appended' });
export const JournalResult = z
  .strictObject({
    type: z.literal('journal.result'),
    id,
    requestId: id,
    outcome: z.discriminatedUnion('kind', [Appended, RequestFailure]),
  })
  .register(z.globalRegistry, {
    id: 'JournalResult',
    description: 'An error ends the run: nothing may depend on what is not written.',
  });
export type JournalResult = z.infer<typeof JournalResult>;

// The file of effects that a resumed run begins with: a line each.

export const RecordedCall = z
  .strictObject({
    kind: z.literal('call'),
    ...known,
    ...reply,
    role: CallRole,
    call: z.string(),
    model: z.string().nullable(),
    inherited: z.boolean(),
    prompt: Prompt,
    reservedUsd: usd,
    inputTokens: count,
    outputTokens: count,
    cachedInputTokens: count,
    cacheWriteTokens: count,
    reasoningTokens: count,
    costUsd: usd,
    outcome: z.enum(['succeeded', 'failed', 'abandoned']),
    finishReason: FinishReason.nullable(),
    error: CallError.nullable(),
  })
  .register(z.globalRegistry, {
    id: 'RecordedCall',
    description: 'model null: whichever is asked. inherited: paid by the run that this one was forked from.',
  });
export type RecordedCall = z.infer<typeof RecordedCall>;

export const RecordedTool = z
  .strictObject({ kind: z.literal('tool'), ...known, call: z.string(), outcome: ToolOutcome })
  .register(z.globalRegistry, { id: 'RecordedTool' });
export type RecordedTool = z.infer<typeof RecordedTool>;

export const RecordedVerdict = z
  .strictObject({ kind: z.literal('verdict'), ...known, problems: z.array(AnswerProblem) })
  .register(z.globalRegistry, { id: 'RecordedVerdict' });
export type RecordedVerdict = z.infer<typeof RecordedVerdict>;

export const RecordedChild = z
  .strictObject({ kind: z.literal('child'), ...known, child: z.string() })
  .register(z.globalRegistry, { id: 'RecordedChild' });

export const RecordedBlock = z.strictObject({ kind: z.literal('block'), ...place }).register(z.globalRegistry, {
  id: 'RecordedBlock',
  description: 'A code block that came to its end: all that it asked for is known.',
});

export const RecordedCut = z
  .strictObject({ kind: z.literal('cut'), ...cutOff })
  .register(z.globalRegistry, { id: 'RecordedCut' });
export type RecordedCut = z.infer<typeof RecordedCut>;

export const RecordedStrategy = z
  .strictObject({
    kind: z.literal('strategy'),
    strategy: Strategy,
    reason: z.string(),
    contextTokens: count.nullable(),
  })
  .register(z.globalRegistry, { id: 'RecordedStrategy' });

export const Recorded = z
  .discriminatedUnion('kind', [
    RecordedCall,
    RecordedTool,
    RecordedVerdict,
    RecordedChild,
    RecordedBlock,
    RecordedCut,
    RecordedStrategy,
  ])
  .register(z.globalRegistry, { id: 'Recorded' });
export type Recorded = z.infer<typeof Recorded>;
