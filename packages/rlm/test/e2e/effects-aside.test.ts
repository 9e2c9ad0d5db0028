import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { beforeEach, expect, test } from 'vitest';
import { fileStore, memoryStore, type RLMOptions, type RunStore, runRLM } from '../../src/index.ts';
import { readJournal } from '../../src/journal/journal-reader.ts';
import { isEffect, linesOf, withoutTimes } from './support/journals.ts';
import { optionsFor, provider } from './support/run.ts';

// What a worker keeps aside, in a file of the store, until it is in the journal: `effects.jsonl` beside it.

const RUN = 'kept-aside';
const QUERY = 'What is it?';
const SCRIPT = conversation({
  turns: [
    repl('one = llm_query("first")\nprint(one)'),
    repl('said = llm_query_batched(["a", "b", "c"])\nprint(said)'),
    submit('one + said[2]'),
  ],
  prompt: ({ text }) => `heard ${text}`,
});

const BEGINNINGS = ['iteration.started', 'codeBlock.started'];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
});

const pathOf = (name: string) => join(folder, 'runs', RUN, name);

async function run(store: RunStore, options: RLMOptions = {}) {
  const fake = await provider(SCRIPT);
  const all = { ...optionsFor(fake, options), store, runId: RUN };
  return { fake, all, result: await runRLM('a short context', QUERY, all) };
}

/** The lines that a worker would have written in its first life. */
async function linesAside(store: RunStore): Promise<string[]> {
  const lines: string[] = [];
  let before: object[] = [];
  for await (const record of readJournal(store, RUN)) {
    if (record.record === 'event' && BEGINNINGS.includes(record.event.type)) before.push(record.event);
    if (record.record !== 'effect') continue;
    lines.push(JSON.stringify({ life: 1, n: lines.length, before, effect: record.effect }));
    before = [];
  }
  return lines;
}

/** A folder in which Node was killed when the journal had so many effects, of those that its worker had kept. */
async function killed(source: RunStore, effects: number, aside: string): Promise<void> {
  const lines = await linesOf(source, RUN);
  const last = lines.flatMap((line, n) => (isEffect(line) ? [n] : []))[effects] ?? lines.length;
  const lease = await fileStore(folder).lease(RUN);
  for await (const record of readJournal(source, RUN)) {
    if (record.record !== 'run' || record.context?.kind !== 'text') continue;
    await lease.putBlob(source.readBlob(RUN, record.context.sha256));
  }
  await lease.append(lines.slice(0, last));
  await lease.release();
  await writeFile(pathOf('effects.jsonl'), aside, { mode: 0o600 });
}

test('what its worker had kept aside when Node was killed is not asked again, and nothing of it is lost', async () => {
  const source = memoryStore();
  const { fake, all, result } = await run(source);
  const aside = await linesAside(source);
  const replies = (count: number) => aside.slice(0, count).filter((line) => line.includes('"call.reply"')).length;
  for (const [told, kept] of [
    [0, 2],
    [1, 2],
    [2, 12],
    [3, 6],
    [5, 5],
    [12, 12],
  ] as const) {
    folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
    await killed(source, told, `${aside.slice(0, kept).join('\n')}\n{"life":1,"n":${kept},"eff`);
    fake.forget();
    const resumed = await runRLM('a short context', QUERY, { ...all, store: fileStore(folder) });
    expect(fake.served.length, `${told} of ${kept}`).toBe(result.usage.calls - replies(kept));
    const inFlight = kept - 2 * replies(kept);
    expect(resumed).toMatchObject({ lives: 2, answer: 'heard firstheard c', usage: { abandonedCalls: inFlight } });
    if (inFlight === 0) expect(withoutTimes(resumed)).toEqual(withoutTimes(result));
    expect(await readdir(join(folder, 'runs', RUN))).not.toContain('effects.left.jsonl');
  }
});

test.each([
  ['of a life before the last', (line: string) => line.replace('"life":1', '"life":7'), null],
  ['with a gap', (line: string) => line.replace(/"n":(\d+)/, (_, n) => `"n":${Number(n) * 2}`), /comes after a gap/],
  ['that was changed', (line: string) => line.replace('"effect"', '"deed"'), /a line is not what was written/],
])('what is aside %s is not taken for what the worker did', async (_, change, said) => {
  const source = memoryStore();
  const { all, result } = await run(source);
  await killed(source, 2, `${(await linesAside(source)).slice(0, 4).map(change).join('\n')}\n`);
  const resumed = runRLM('a short context', QUERY, { ...all, store: fileStore(folder) });
  if (said === null) expect(withoutTimes(await resumed)).toEqual(withoutTimes(result));
  else await expect(resumed).rejects.toMatchObject({ code: 'journal_corrupted', message: expect.stringMatching(said) });
});

test('a run that is over leaves nothing aside, and what is there meanwhile is for this user alone', async () => {
  const seen: string[] = [];
  const onEvent = () =>
    void readFile(pathOf('effects.jsonl'), 'utf8').then(
      (text) => seen.push(text),
      () => {},
    );
  const { result } = await run(fileStore(folder), { onEvent });
  expect(result.success).toBe(true);
  expect(seen.some((text) => text.startsWith('{"life":1,"n":0,"before":[{"type":"iteration.started"'))).toBe(true);
  expect((await readdir(join(folder, 'runs', RUN))).sort()).toEqual(['blobs', 'journal.jsonl', 'lease.1.json']);
});

test('the journal is the same with a file aside, with durability disk and in a store that has none', async () => {
  const kinds = async (store: RunStore) => {
    await run(store);
    return (await linesOf(store, RUN))
      .map((line) => JSON.parse(line).record)
      .filter((kind) => kind.startsWith('call.'));
  };
  const expected = await kinds(memoryStore());
  expect((await kinds(fileStore(folder))).sort()).toEqual(expected.toSorted());
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  expect((await kinds(fileStore(folder, { durability: 'disk' }))).sort()).toEqual(expected.toSorted());
});
