import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, HANG, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RLMContext, RLMResult } from '../../src/index.ts';
import { finish, provider, start } from './support/run.ts';
import { seeded } from './support/seeded.ts';

/** Reads every document in pieces of `size` characters, each after a prefix of its own. */
const readAll = (size: number, documents = 'context.items()') =>
  repl(`for name, text in ${documents}:
    for at in range(0, len(text), ${size}):
        llm_query("From " + name + " at " + str(at) + ":\\n" + text[at:at + ${size}])`);

function words(chars: number, seed: number): string {
  const below = seeded(seed);
  let text = '';
  while (text.length < chars) text += `${'aeiouyéß'[below(8)]}${below(1_000_000).toString(36)}${' \n'[below(2)]}`;
  return text.slice(0, chars);
}

const FILES = { 'src/a.ts': words(5_000, 1), 'src/b.ts': words(7_003, 2), 'note.txt': 'One short line.' };

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-coverage-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name.replace('/', '-')), text);
  return folder;
}

/** `context.loaded`'s own count and hash, which the coverage must share. */
function loaded(events: readonly { type: string }[]) {
  return events.find((event) => event.type === 'context.loaded') as unknown as { chars: number; sha256: string };
}

describe('coverage', () => {
  test('an answer over unread context, in iteration 1 and without a sub-call, has seen nothing', async () => {
    const text = words(3_000, 3);
    const fake = await provider(conversation({ turns: [submit('str(len(context))')] }));
    const { result, events } = await finish(fake, {}, text);
    expect(result).toMatchObject({ success: true, iterations: 1, subCalls: 0, answer: '3000' });
    expect(result.coverage).toEqual({
      contextChars: 3_000,
      contextSha256: createHash('sha256').update(text).digest('hex'),
      seenChars: 0,
      seenFraction: 0,
      byRole: { root: 0, sub: 0 },
      documents: [{ name: 'context', chars: 3_000, seenFraction: 0 }],
      unread: [{ document: null, start: 0, end: 3_000 }],
    });
    expect(events.at(-2)).toMatchObject({ type: 'coverage.measured', seenFraction: 0 });
    expect(loaded(events)).toMatchObject({ chars: 3_000, sha256: result.coverage?.contextSha256 });
  });

  test.each<[string, (folder: string) => RLMContext, string]>([
    ['files', (cwd) => ({ files: ['*'], cwd }), 'context.items()'],
    ['a dict', () => FILES, 'context.items()'],
    ['a list', () => Object.values(FILES), 'zip("abc", context)'],
    ['a text', () => Object.values(FILES).join('\n'), '[("all", context)]'],
  ])('a map over %s reads all of it', async (_, contextIn, documents) => {
    const fake = await provider(conversation({ turns: [readAll(1_000, documents), submit('"done"')], prompt: 'ok' }));
    const { result, events } = await finish(fake, {}, contextIn(await folderOf(FILES)));
    expect(result).toMatchObject({ success: true });
    const { chars, sha256 } = loaded(events);
    expect(result.coverage).toMatchObject({ contextChars: chars, contextSha256: sha256, seenChars: chars });
    expect(result.coverage).toMatchObject({ seenFraction: 1, byRole: { root: 0, sub: 1 }, unread: [] });
  });

  test('what the root printed and was shown is its own, and what children read is the sub-calls’', async () => {
    const text = words(4_000, 4);
    const fake = await provider(
      conversation({
        turns: [repl('print(context[1000:2000])\nrlm_query("Look at this: " + context[3000:])'), submit('"done"')],
        childTurns: [repl('llm_query(context)'), submit('"seen"')],
        prompt: 'ok',
      }),
    );
    const { result } = await finish(fake, { maxDepth: 2 }, text);
    expect(result.coverage).toMatchObject({ seenChars: 2_000, byRole: { root: 0.25, sub: 0.25 } });
    expect(result.coverage?.unread).toEqual([
      { document: null, start: 0, end: 1_000 },
      { document: null, start: 2_000, end: 3_000 },
    ]);
  });

  test('a prompt that no model answered was not read', async () => {
    const fake = await provider(
      conversation({
        turns: [repl('print(llm_query(context))'), submit('"done"')],
        prompt: { status: 400, message: 'refused' },
      }),
    );
    const { result } = await finish(fake, {}, words(2_000, 5));
    expect(result).toMatchObject({ success: true, coverage: { seenFraction: 0 } });
  });

  test('requireCoverage hands an early answer back with what is unread, then takes it', async () => {
    const fake = await provider(
      conversation({ turns: [submit('"too early"'), readAll(2_000), submit('"read"')], prompt: 'ok' }),
    );
    const { result, events } = await finish(fake, { requireCoverage: 1 }, FILES);
    expect(result).toMatchObject({ success: true, answer: 'read', iterations: 3, coverage: { seenFraction: 1 } });
    const rejected = events.filter((event) => event.type === 'answer.rejected');
    expect(rejected).toHaveLength(1);
    expect(rejected[0]).toMatchObject({ answer: 'too early', problems: [{ source: 'coverage' }] });
    const told = fake.served[1]?.request.messages.map(({ content }) => content).join('\n');
    expect(told).toContain('0% of the context was read');
    expect(told).toContain('context["src/b.ts"], context["src/a.ts"], context["note.txt"].');
    expect(JSON.stringify(fake.served[0]?.request.messages)).toContain('at least 100% of the characters');
  });

  test('requireCoverage that is never satisfied fails as insufficient_coverage', async () => {
    const fake = await provider(conversation({ turns: [submit('"a guess"'), submit('"the same guess"')] }));
    const { result } = await finish(fake, { requireCoverage: 0.5, maxIterations: 2 }, words(1_000, 6));
    expect(result).toMatchObject({
      success: false,
      stopReason: 'insufficient_coverage',
      error: { code: 'insufficient_coverage' },
      partialAnswer: 'the same guess',
      coverage: { seenFraction: 0 },
    });
  });

  test('a run that ends at a limit has its coverage', async () => {
    const fake = await provider(
      conversation({ turns: [repl('llm_query(context[:500])')], prompt: 'ok', defaultAnswer: 'no idea' }),
    );
    const { result } = await finish(fake, { maxIterations: 1 }, words(1_000, 7));
    expect(result).toMatchObject({ success: false, stopReason: 'max_iterations', coverage: { seenChars: 500 } });
  });

  test('an aborted run has its coverage', async () => {
    // The refused answer has everything before it mapped: a stopped run waits for no more than a moment.
    const turns = [repl('llm_query(context[:500])'), submit('"too early"'), HANG];
    const fake = await provider(conversation({ turns, prompt: 'ok' }));
    const { run } = start(fake, { requireCoverage: 1 }, words(1_000, 8));
    run.catch(() => {});
    await fake.until(({ served }) => served.length === 4);
    run.abort();
    const error = await run.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'aborted', result: { coverage: { contextChars: 1_000, seenChars: 500 } } });
  });

  test('10 MB of text, some of it read', async () => {
    const chars = 10_000_000;
    const folder = await folderOf({ 'context.txt': words(1_000_000, 9).repeat(9) + words(1_000_000, 10) });
    const fake = await provider(
      conversation({
        turns: [repl('llm_query(context[-1_000_000:])\nllm_query(context[:1_000_000])'), submit('"done"')],
        prompt: 'ok',
      }),
    );
    const file = join(folder, 'context.txt');
    const { result }: { result: RLMResult } = await finish(fake, {}, { file });
    // The first million characters stand there 9 times, and all of these are read.
    expect(result).toMatchObject({ success: true, coverage: { contextChars: chars, seenFraction: 1 } });
  });
});
