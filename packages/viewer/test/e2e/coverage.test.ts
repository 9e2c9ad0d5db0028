import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { memoryStore, type RLMContext } from 'rlm-bridge';
import { expect, onTestFinished, test } from 'vitest';
import { isReply, killedAfter, linesOf } from '../../../rlm/test/e2e/support/journals.ts';
import type { RunView } from '../../src/model/run-view.ts';
import { StoreSource } from '../../src/sources/store-source.ts';
import { keptRun } from './support/runs.ts';

const TEXT = Array.from({ length: 300 }, (_, n) => `${n}: the heron stands at the ${(n * 37) % 101}th mile`).join('\n');
const ASTRAL = Array.from({ length: 200 }, (_, n) => `${n} 🜁 漢字 é ${(n * 7919) % 997} 🜂`).join(' ');
const REPEATED = 'again and '.repeat(800);

async function followed(source: StoreSource, runId: string): Promise<RunView> {
  const views: RunView[] = [];
  await source.followRun(runId, (view) => void views.push(view), new AbortController().signal);
  const last = views.at(-1);
  if (last === undefined) throw new Error('nothing was shown');
  return last;
}

/** Characters as Python counts them, of the stretches that were read. */
async function readOf(source: StoreSource, runId: string, { head }: RunView, document: number): Promise<number> {
  const ref = head.coverage?.documents[document]?.text;
  const text = ref ? await source.readText(runId, ref) : '';
  const units = Array.from({ length: text.length }, () => false);
  for (const [of, start, end] of head.coverage?.reads ?? []) if (of === document) units.fill(true, start, end);
  let chars = 0;
  for (let at = 0; at < text.length; at += String.fromCodePoint(text.codePointAt(at) ?? 0).length)
    if (units[at]) chars += 1;
  return chars;
}

const files = async (texts: Record<string, string>): Promise<RLMContext> => {
  const cwd = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  for (const [name, text] of Object.entries(texts)) await writeFile(join(cwd, name), text);
  return { files: ['*.txt'], cwd };
};

test.each<[string, () => RLMContext | Promise<RLMContext>, string]>([
  ['a text in parts', () => TEXT, 'llm_query(context[100:4000])\nllm_query(context[9000:])'],
  ['a text that the root prints', () => TEXT, 'print(context[:3000])'],
  ['a list', () => [TEXT, 'short', 'another short one'], 'llm_query(context[0][50:900] + context[1])'],
  ['a dict', () => ({ a: TEXT, b: 'tiny', c: { n: [1, 'two'] } }), 'llm_query(str(context["a"][:500]) + context["b"])'],
  [
    'files',
    () => files({ 'one.txt': TEXT, 'two.txt': 'It is short, and has CRLF.\r\n' }),
    'llm_query("".join(context.values())[-700:])',
  ],
  ['other characters', () => ASTRAL, 'llm_query(context[100:900])\nllm_query(context[-40:])'],
  ['what repeats itself', () => REPEATED, 'llm_query(context[:500])'],
  ['nothing at all', () => TEXT, 'print(len(context))'],
])('the stretches that calls read are together what the run itself measured: %s', async (_, context, code) => {
  const script = conversation({ turns: [repl(code), submit('"done"')], prompt: 'heard' });
  const { store, runId, result } = await keptRun(script, {}, await context());
  const source = new StoreSource(store);
  const view = await followed(source, runId);
  const { coverage } = view.head;
  expect(coverage).toMatchObject({
    fraction: result.coverage?.seenFraction,
    byRole: result.coverage?.byRole,
    incomplete: null,
  });
  const read = await Promise.all((coverage?.documents ?? []).map((_, place) => readOf(source, runId, view, place)));
  expect(read.reduce((sum, chars) => sum + chars, 0)).toBe(result.coverage?.seenChars);
  for (const [, , , call] of coverage?.reads ?? []) expect(view.calls[call]?.outcome).toBe('succeeded');
});

test('a stretch has the call that read it, and a call that was not answered read nothing', async () => {
  const script = conversation({
    turns: [repl('llm_query(context[:1000])\nllm_query(context[2000:3000])'), submit('"done"')],
    prompt: ({ text }) => ({ text: 'heard', ...(text.startsWith('0:') && { ending: 'cut' as const }) }),
  });
  const { store, runId } = await keptRun(script, {}, TEXT);
  const { head, calls } = await followed(new StoreSource(store), runId);
  const reads = head.coverage?.reads ?? [];
  expect(reads.map(([document, start, end, call]) => [document, start, end, calls[call]?.role])).toEqual([
    [0, 2000, 3000, 'llm_query'],
  ]);
});

test('a run that goes on shows what was read so far, and more as it reads more', async () => {
  const gate = Promise.withResolvers<void>();
  onTestFinished(() => gate.resolve());
  const script = conversation({
    turns: [repl('llm_query(context[:1000])'), repl('llm_query(context[2000:3000])'), submit('"done"')],
    prompt: async ({ text }) => {
      if (!text.startsWith('0:')) await gate.promise;
      return 'heard';
    },
  });
  const store = memoryStore();
  const done = keptRun(script, { store, requireCoverage: 0.1 }, TEXT);
  // A run that is there has something in its journal a little later.
  await expect.poll(async () => (await Array.fromAsync(store.list())).map(({ bytes }) => bytes > 0)).toEqual([true]);
  const source = new StoreSource(store);
  const stop = new AbortController();
  const told: { status: string; reads: (readonly number[])[]; required: number | null | undefined }[] = [];
  const following = source.followRun(
    'kept',
    ({ head }) => {
      const reads = (head.coverage?.reads ?? []).map(([, start, end]) => [start, end]);
      told.push({ status: head.status, reads, required: head.coverage?.required });
      if (reads.length === 1) gate.resolve();
    },
    stop.signal,
  );
  await following;
  const { result } = await done;
  expect(told).toContainEqual({ status: 'running', reads: [[0, 1000]], required: 0.1 });
  expect(told.at(-1)?.reads).toEqual([
    [0, 1000],
    [2000, 3000],
  ]);
  const { head } = await source.readRun('kept', true);
  expect(head.coverage).toMatchObject({ fraction: result.coverage?.seenFraction, byRole: result.coverage?.byRole });
});

test('a run that was killed shows what it had read until then', async () => {
  const script = conversation({
    turns: [repl('llm_query(context[:1000])'), repl('llm_query(context[2000:3000])'), submit('"done"')],
    prompt: 'heard',
  });
  const { store, runId } = await keptRun(script, {}, TEXT);
  const lines = await linesOf(store, runId);
  const replies = lines.flatMap((line, n) => (isReply(line) ? [n + 1] : []));
  const killed = await killedAfter(replies[2] ?? 0, store, runId);
  const source = new StoreSource(killed);
  const { head, calls } = await source.readRun(runId, true);
  const { coverage } = head;
  expect(head.status).toBe('stopped');
  expect(coverage).toMatchObject({ fraction: 1000 / TEXT.length, byRole: { root: 0, sub: 1000 / TEXT.length } });
  expect(coverage?.reads.map(([, start, end, call]) => [start, end, calls[call]?.role])).toEqual([
    [0, 1000, 'llm_query'],
  ]);
  const text = coverage?.documents[0]?.text;
  expect(text && (await source.readText(runId, text, 0, 3))).toBe('0: ');
});

test('a file that has changed since has no text, and it is said why', async () => {
  const context = await files({ 'one.txt': TEXT, 'two.txt': ASTRAL });
  const script = conversation({ turns: [repl('llm_query(context["two.txt"])'), submit('"done"')], prompt: 'heard' });
  const { store, runId } = await keptRun(script, {}, context);
  await writeFile(join((context as { cwd: string }).cwd, 'one.txt'), 'something else');
  const { head } = await followed(new StoreSource(store), runId);
  expect(head.coverage?.documents.map(({ name, text }) => [name, text !== null])).toEqual([
    ['one.txt', false],
    ['two.txt', true],
  ]);
  expect(head.coverage?.incomplete).toMatch(/^Not there any more, or changed since the run read it: .*one\.txt\.$/);
});
