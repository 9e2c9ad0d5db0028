import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fileStore, memoryStore, type RunStore } from '../../../src/index.ts';
import { JournalCodec } from '../../../src/journal/journal-codec.ts';
import { readJournal as decoded } from '../../../src/journal/journal-reader.ts';
import { JournalWriter } from '../../../src/journal/journal-writer.ts';
import { followJournal, openJournal, type RLMJournalRecord, readJournal } from '../../../src/journal-door.ts';
import { header, intent, life, log, RUN, reply } from './records.ts';

async function temporary(): Promise<RunStore> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return fileStore(folder);
}

const STORES = [
  ['memoryStore', async () => memoryStore()],
  ['fileStore', temporary],
] as const;

const END = { record: 'end', durationMs: 1, end: { kind: 'answered', answer: 'a' } } as const;

/** Who writes a run, bit by bit. */
async function writing(store: RunStore) {
  const lease = await store.lease(RUN);
  const writer = new JournalWriter(lease, new JournalCodec(RUN), 0);
  await writer.append(header(), life());
  return { lease, writer };
}

const kinds = (records: readonly RLMJournalRecord[]) => records.map(({ record }) => record);

test.each(STORES)('records are read whole, each by its own name: %s', async (_, open) => {
  const store = await open();
  const { lease, writer } = await writing(store);
  await writer.append(intent('call-1'), reply('call-1', 'said'), log('a remark'), END);
  await lease.release();
  const records = await Array.fromAsync(readJournal(store, RUN));
  expect(kinds(records)).toEqual(['run', 'life', 'call.intent', 'call.reply', 'event', 'end']);
  expect(records[2]).toMatchObject({ n: 2, node: '0', prompt: { kept: 0, messages: [{ content: 'hi' }] } });
  expect(records[2]).toMatchObject({ event: { runId: RUN, type: 'call.started', call: 'call-1' } });
  expect(records[3]).toMatchObject({ text: 'said', event: { runId: RUN, costUsd: 1, model: 'm' } });
  expect(records[4]).toMatchObject({ event: { runId: RUN, type: 'log', message: 'a remark' } });
});

test.each(STORES)('a run that is written is followed to its end, once nobody has it: %s', async (_, open) => {
  const store = await open();
  const { lease, writer } = await writing(store);
  const heard: RLMJournalRecord[] = [];
  for await (const record of followJournal(store, RUN)) {
    heard.push(record);
    const last = heard.length;
    // Each is written when the one before was heard.
    if (last === 2) await writer.append(log('one'), log('two'));
    if (last === 4) await writer.append(log('three'));
    if (last === 5) await writer.append(END);
    if (last === 6) await lease.release();
  }
  expect(heard).toEqual(await Array.fromAsync(readJournal(store, RUN)));
  expect(kinds(heard)).toEqual(['run', 'life', 'event', 'event', 'event', 'end']);
});

test.each(STORES)('a run that was killed is followed to where it stopped: %s', async (_, open) => {
  const store = await open();
  const { lease, writer } = await writing(store);
  await writer.append(intent('call-1'));
  await lease.release();
  expect(kinds(await Array.fromAsync(followJournal(store, RUN)))).toEqual(['run', 'life', 'call.intent']);
});

test.each(STORES)('who follows ends it by a signal, without an error: %s', async (_, open) => {
  const store = await open();
  const { lease } = await writing(store);
  const ending = new AbortController();
  const heard: RLMJournalRecord[] = [];
  for await (const record of followJournal(store, RUN, { signal: ending.signal })) {
    heard.push(record);
    if (heard.length === 2) setImmediate(() => ending.abort());
  }
  expect(kinds(heard)).toEqual(['run', 'life']);
  await lease.release();
});

test.each(STORES)('a run that is not there is not followed: %s', async (_, open) => {
  const store = await open();
  await expect(Array.fromAsync(followJournal(store, 'another'))).rejects.toMatchObject({ code: 'run_not_found' });
});

test.each(STORES)('a reader that is asked again gives what has come since, and nothing twice: %s', async (_, open) => {
  const store = await open();
  const { lease, writer } = await writing(store);
  const reader = openJournal(store, RUN);
  const rest = async () => kinds(await Array.fromAsync(reader.rest()));
  expect(await rest()).toEqual(['run', 'life']);
  expect(await rest()).toEqual([]);
  await writer.append(intent('call-1'), reply('call-1', 'said'));
  expect(await rest()).toEqual(['call.intent', 'call.reply']);
  await lease.release();
  // Another process goes on, perhaps in a file of its own.
  const again = await store.lease(RUN);
  const codec = new JournalCodec(RUN);
  await Array.fromAsync(decoded(store, RUN, codec));
  await new JournalWriter(again, codec, 4).append(life(2), END);
  await again.release();
  expect(await rest()).toEqual(['life', 'end']);
  expect(await rest()).toEqual([]);
});

test('a file that was removed and is there again is another journal, and is read from its begin', async () => {
  const store = await temporary();
  const { lease, writer } = await writing(store);
  await writer.append(log('one'), log('two'));
  await lease.release();
  expect(await Array.fromAsync(store.read(RUN))).toHaveLength(4);
  await store.remove(RUN);
  const other = await store.lease(RUN);
  const long = Array.from({ length: 9 }, (_, n) => JSON.stringify({ n, text: 'x'.repeat(n * 100) }));
  await other.append(long);
  await other.release();
  expect(await Array.fromAsync(store.read(RUN, { from: 4 }))).toEqual(long.slice(4));
});

test.each(STORES)('where it was read to does not change what is read from any line: %s', async (_, open) => {
  const store = await open();
  await using lease = await store.lease(RUN);
  const lines: string[] = [];
  for (let round = 0; round < 6; round += 1) {
    const more = Array.from({ length: round }, (_, n) => JSON.stringify({ round, n }));
    lines.push(...more);
    await lease.append(more);
    for (const from of [0, lines.length, lines.length + 3, Math.floor(lines.length / 2)]) {
      expect(await Array.fromAsync(store.read(RUN, { from }))).toEqual(lines.slice(from));
    }
  }
});
