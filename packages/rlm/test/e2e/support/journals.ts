import { type RLMEvent, type RunStore, replayRLM } from '../../../src/index.ts';
import { memoryStore } from '../../../src/store/memory-store.ts';

export async function linesOf(store: RunStore, runId: string): Promise<string[]> {
  return await Array.fromAsync(store.read(runId));
}

const EFFECT = /^\{"record":"(call\.intent|call\.reply|child\.spawned|block\.cut|tool|verdict)"/;

/** Whether a line of a journal has something that must not be done twice. */
export const isEffect = (line: string) => EFFECT.test(line);

/** After how many lines each of them is written, and what it is. */
export function effectsIn(lines: string[]): { line: number; kind: string }[] {
  return lines.flatMap((text, n) => {
    const kind = EFFECT.exec(text)?.[1];
    return kind === undefined ? [] : [{ line: n + 1, kind }];
  });
}

export const isIntent = (line: string) => line.startsWith('{"record":"call.intent"');
export const isReply = (line: string) => line.startsWith('{"record":"call.reply"');
export const isCut = (line: string) => line.startsWith('{"record":"block.cut"');

/** A store whose run was killed after so many lines of its journal. */
export async function killedAfter(lines: number, source: RunStore, runId: string): Promise<RunStore> {
  const store = memoryStore();
  await using lease = await store.lease(runId);
  const all = await linesOf(source, runId);
  for (const sha256 of new Set(all.join('\n').match(/(?<=")[0-9a-f]{64}(?=")/g))) {
    const content = await Array.fromAsync(source.readBlob(runId, sha256)).catch(() => null);
    if (content !== null) await lease.putBlob(pieces(content));
  }
  await lease.append(all.slice(0, lines));
  return store;
}

async function* pieces(content: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* content;
}

export async function replayed(store: RunStore, runId: string): Promise<RLMEvent[]> {
  return await Array.fromAsync(replayRLM(runId, { store }));
}

const OF_A_LIFE = ['lives', 'replayedCalls', 'durationMs', 'latencyMs', 'at', 'logFile'];

/** What of a result is the same however often its run was killed: batches come in any order. */
export function withoutTimes<T>(value: T): T {
  const plain = JSON.stringify(value, (name, item) => {
    if (OF_A_LIFE.includes(name)) return undefined;
    return name === 'subCalls' && Array.isArray(item) ? item.map(withoutName).toSorted() : item;
  });
  return JSON.parse(plain);
}

function withoutName({ call: _, latencyMs: __, ...subCall }: { call: string; latencyMs: number }): string {
  return JSON.stringify(subCall);
}
