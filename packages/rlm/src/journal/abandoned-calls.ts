import type { CallIntent, CallReply, CallTotals } from '@rlm-bridge/protocol';
import { isSubCall } from '@rlm-bridge/usage';

const ERROR = { code: 'cancelled', message: 'It was in flight when an earlier life of the run ended.' } as const;

interface Unfinished {
  inFlight: ReadonlyMap<string, CallIntent['event']>;
  totals: CallTotals;
}

/** How calls ended that were under way when a life of their run was killed: nobody can know whether they are billed. */
export function abandonedReplies({ inFlight, totals }: Unfinished, at: number): CallReply[] {
  const replies: CallReply[] = [];
  let { calls, subCalls } = totals;
  for (const { promptChars: _, type: _type, ...call } of inFlight.values()) {
    calls += 1;
    subCalls += isSubCall(call) ? 1 : 0;
    const event: CallReply['event'] = {
      type: 'call.completed',
      ...call,
      at,
      ...{ inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
      costUsd: null,
      latencyMs: 0,
      retries: 0,
      outcome: 'abandoned',
      finishReason: null,
      error: ERROR,
      totals: { ...totals, calls, subCalls, costUsd: null },
    };
    replies.push({ kind: 'call.reply', text: '', outputBound: null, failure: null, event });
  }
  return replies;
}
