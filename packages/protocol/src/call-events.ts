import { z } from 'zod';
import { Backend, CallRole, FinishReason, RunErrorCode } from './codes.ts';
import { count, inTree, ms, tokens, usd } from './fields.ts';

// The events of calls of models, of which tier 3 has more in events.ts.

export const CallTotals = z
  .strictObject({ calls: count, subCalls: count, ...tokens, costUsd: usd })
  .register(z.globalRegistry, { id: 'CallTotals', description: 'The ledger after a call, over the whole tree.' });
export type CallTotals = z.infer<typeof CallTotals>;

export const CallError = z
  .strictObject({ code: RunErrorCode, message: z.string() })
  .register(z.globalRegistry, { id: 'CallError' });
export type CallError = z.infer<typeof CallError>;

const modelCall = {
  ...inTree,
  call: z.string(),
  role: CallRole,
  backend: Backend,
  model: z.string(),
  requestedModel: z.string().nullable(),
};

export const CallStarted = z
  .strictObject({
    type: z.literal('call.started'),
    ...modelCall,
    promptChars: count,
  })
  .register(z.globalRegistry, { id: 'CallStarted' });

export const CallCompleted = z
  .strictObject({
    type: z.literal('call.completed'),
    ...modelCall,
    ...tokens,
    costUsd: usd,
    latencyMs: ms,
    retries: count,
    outcome: z.enum(['succeeded', 'failed', 'abandoned']),
    finishReason: FinishReason.nullable(),
    error: CallError.nullable(),
    totals: CallTotals,
  })
  .register(z.globalRegistry, {
    id: 'CallCompleted',
    description: 'An abandoned call was cut in flight: nobody can know its bill. finishReason: null without a reply.',
  });

export const CallReplayed = z
  .strictObject({
    type: z.literal('call.replayed'),
    ...inTree,
    call: z.string(),
    role: CallRole,
    model: z.string(),
  })
  .register(z.globalRegistry, {
    id: 'CallReplayed',
    description: 'A call of an earlier life was answered from the journal: nothing was asked.',
  });
