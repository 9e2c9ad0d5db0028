import { repl, submit } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { memoryStore, openSession, type RunStore } from '../../src/index.ts';
import { linesOf } from './support/journals.ts';
import { optionsFor, provider } from './support/run.ts';
import { byQuery } from './support/session.ts';

const TURNS = 12;

/** A store that counts the lines that are read of it. */
function counting(store: RunStore): { store: RunStore; lines: () => number } {
  let lines = 0;
  const read: RunStore['read'] = async function* (runId, options) {
    for await (const line of store.read(runId, options)) {
      lines += 1;
      yield line;
    }
  };
  const bound: RunStore = {
    read,
    lease: (runId) => store.lease(runId),
    list: () => store.list(),
    readBlob: (runId, sha256) => store.readBlob(runId, sha256),
    remove: (runId) => store.remove(runId),
  };
  return { store: bound, lines: () => lines };
}

test('a session of twelve turns is opened in two readings of its journal, and its turns add to it evenly', async () => {
  const count = repl('kept = globals().get("kept", 0) + len(llm_query(str(globals().get("kept", 0))))');
  const fake = await provider(
    byQuery({ count: [count, submit('kept')], look: [submit('kept')] }, { prompt: () => 'x' }),
  );
  const { store, lines } = counting(memoryStore());
  const options = { ...optionsFor(fake), store, sessionId: 'long' };
  const sizes: number[] = [];
  {
    await using session = await openSession(options);
    for (let turn = 1; turn <= TURNS; turn += 1) {
      expect((await session.run(turn === 1 ? 'text' : undefined, 'count')).answer).toBe(String(turn));
      sizes.push((await linesOf(store, 'long')).join('\n').length);
    }
  }
  // A turn stands there as large as another one, however many there were: histories are told nowhere twice.
  const added = sizes.map((size, turn) => size - (sizes[turn - 1] ?? 0));
  expect(Math.max(...added.slice(-5))).toBeLessThan(1.2 * Math.max(...added.slice(1, 6)));
  const length = (await linesOf(store, 'long')).length;
  fake.forget();
  const before = lines();
  await using again = await openSession(options);
  expect(lines() - before).toBe(2 * length);
  expect(fake.served).toEqual([]);
  expect(again.totals).toMatchObject({ turns: TURNS, subCalls: TURNS });
  expect((await again.run(undefined, 'look')).answer).toBe(String(TURNS));
  expect(lines() - before).toBe(2 * length);
});
