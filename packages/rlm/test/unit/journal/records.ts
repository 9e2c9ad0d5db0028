import type { CallIntent, JournalRecord, WorkerEvent } from '@rlm-bridge/protocol';
import type { RunStore } from '../../../src/api/run-store.ts';
import { JournalCodec } from '../../../src/journal/journal-codec.ts';
import { readJournal } from '../../../src/journal/journal-reader.ts';
import { JournalWriter, type RecordBody } from '../../../src/journal/journal-writer.ts';
import { memoryStore } from '../../../src/store/memory-store.ts';

export const RUN = 'run-1';
const KEY = 'a'.repeat(32);
const LIMITS = {
  maxIterations: 20,
  maxSubCalls: 100,
  maxConcurrentSubCalls: 16,
  maxToolCalls: 1000,
  maxDepth: 1,
  maxBudgetUsd: null,
  maxDurationMs: null,
  maxTokens: null,
  maxErrors: null,
  maxOutputChars: 20_000,
};
const VERSIONS = { package: '1', worker: '1', rlms: '1', prompts: 1, protocol: 3, python: '3', priceTable: 'p' };

export function header(query = 'q', runId = RUN): RecordBody {
  const model = { backend: 'offline', model: 'm', baseUrl: null, samplingArgs: {}, priceProvider: null } as const;
  return {
    record: 'run',
    format: 1,
    runId,
    versions: VERSIONS,
    spec: {
      query,
      session: null,
      strategy: 'recurse',
      rootModel: model,
      subModel: model,
      environment: 'local',
      environmentOptions: {},
      limits: LIMITS,
      logDir: null,
      systemPrompt: null,
      compaction: false,
      promptCaching: true,
      answer: { schema: null, check: false, requireCoverage: null, typedSubCalls: false },
      tools: [],
      prices: {},
    },
    context: null,
    seeds: { hash: 0, random: runId },
    forkedFrom: null,
  };
}

export const life = (number = 1): RecordBody => ({ record: 'life', life: number, versions: VERSIONS, limits: LIMITS });

type Told<T> = T extends WorkerEvent ? Omit<T, 'id' | 'at'> : never;

export function event(told: Told<WorkerEvent>, id = RUN): Extract<RecordBody, { record: 'event' }> {
  return { record: 'event', event: { id, at: 0, ...told } as WorkerEvent };
}

export const log = (message: string, id = RUN) => event({ type: 'log', level: 'info', message }, id);

const described = { id: RUN, at: 0, node: '0', depth: 0, role: 'root', backend: 'offline', model: 'm' } as const;

export function intent(call: string, at: Partial<CallIntent> = {}): RecordBody {
  const started = { ...described, type: 'call.started', call, requestedModel: null, promptChars: 1 } as const;
  const place = { node: '0', iteration: 1, codeBlock: 0, key: KEY };
  const prompt = { kept: 0, messages: [{ role: 'user', content: 'hi' }] };
  const asked = { kind: 'call.intent', ...place, prompt, schema: null, reservedUsd: null, event: started } as const;
  return { record: 'effect', effect: { ...asked, ...at } };
}

const TOKENS = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };

export function reply(call: string, text: string): RecordBody {
  const ended = { ...described, type: 'call.completed', call, requestedModel: null, ...TOKENS, costUsd: 1 } as const;
  const outcome = { latencyMs: 1, retries: 0, outcome: 'succeeded', finishReason: 'stop', error: null } as const;
  const totals = { calls: 1, subCalls: 0, ...TOKENS, costUsd: 1 };
  const completed = { ...ended, ...outcome, totals };
  return { record: 'effect', effect: { kind: 'call.reply', text, outputBound: null, failure: null, event: completed } };
}

/** A call of code, as most are. */
export function smallCall(
  call: Omit<CallIntent['event'], 'type' | 'id' | 'at' | 'requestedModel' | 'promptChars'>,
  asked = '',
  text = '',
): RecordBody[] {
  const told = { id: RUN, at: 1_795_898_576_851.059, ...call, requestedModel: null };
  const started = { ...told, type: 'call.started', promptChars: 5 } as const;
  const place = { node: call.node, iteration: 1, codeBlock: 0, key: KEY };
  const prompt = { kept: 0, messages: [{ role: 'user', content: asked }] };
  const used = { ...TOKENS, inputTokens: 500, outputTokens: 100, costUsd: 0.000003075 };
  const outcome = { latencyMs: 1234.567, retries: 0, outcome: 'succeeded', finishReason: 'stop', error: null } as const;
  const totals = { calls: 1, subCalls: 1, ...used };
  const answered = { ...told, ...used, ...outcome, type: 'call.completed', totals } as const;
  const intent = { kind: 'call.intent', ...place, prompt, schema: null, reservedUsd: null, event: started } as const;
  const reply = { kind: 'call.reply', text, outputBound: null, failure: null, event: answered } as const;
  return [intent, reply].map((effect) => ({ record: 'effect', effect }));
}

/** A store whose run has these records. */
export async function storeOf(...bodies: RecordBody[]): Promise<RunStore> {
  const store = memoryStore();
  await using lease = await store.lease(RUN);
  await new JournalWriter(lease, new JournalCodec(RUN), 0).append(...bodies);
  return store;
}

/** A store whose run has these lines. */
export async function storeOfLines(lines: readonly string[]): Promise<RunStore> {
  const store = memoryStore();
  await using lease = await store.lease(RUN);
  await lease.append(lines);
  return store;
}

export async function linesOf(store: RunStore): Promise<string[]> {
  return await Array.fromAsync(store.read(RUN));
}

export async function recordsOf(store: RunStore): Promise<JournalRecord[]> {
  return await Array.fromAsync(readJournal(store, RUN));
}

/** Records without what their place gives them. */
export function bodiesOf(records: readonly JournalRecord[]): RecordBody[] {
  return records.map(({ n: _n, at: _at, ...body }) => body);
}
