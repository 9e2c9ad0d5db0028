import { isSubCall } from '@rlm-bridge/usage';
import { type CoverageFold, textOf } from '../coverage/coverage-fold.ts';
import { recordsOf } from './records-of.ts';
import type { RunPlace } from './run-place.ts';

/**
 * The last few characters of a document count when they stood in any prompt at all: reads all of them again, where there are such.
 * @returns whether some were read
 */
export async function readRests(place: RunPlace, fold: CoverageFold): Promise<boolean> {
  const rests = { root: fold.restsOf('root'), sub: fold.restsOf('sub') };
  const asked = new Map<string, { call: number; prompt: string[] }>();
  let calls = 0;
  let isRead = false;
  if (rests.root.length + rests.sub.length === 0) return false;
  for await (const record of recordsOf(place)) {
    if (record.record === 'call.intent') {
      const prompt = record.prompt.messages.map(({ content }) => textOf(content));
      asked.set(record.event.call, { call: calls, prompt });
      calls += 1;
    }
    if (record.record !== 'call.reply') continue;
    const { event } = record;
    const { call = 0, prompt = [] } = asked.get(event.call) ?? {};
    asked.delete(event.call);
    if (event.outcome !== 'succeeded' || event.finishReason !== 'stop') continue;
    const role = isSubCall(event) ? 'sub' : 'root';
    rests[role] = rests[role].filter((rest) => {
      if (!prompt.some((message) => message.includes(rest.text))) return true;
      fold.readRest(role, rest, call);
      isRead = true;
      return false;
    });
  }
  return isRead;
}
