import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, HANG, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { RLMEvent, RLMOptions } from '../../src/index.ts';
import { runRLM } from '../../src/index.ts';
import { expectExactBill } from './support/bill.ts';
import { finish, optionsFor, PYTHON, provider, start } from './support/run.ts';

const TEXT = 'The treaty was signed by Ada.\r\nIt rained: 雨.\n';

const types = (events: readonly RLMEvent[]) => events.map(({ type }) => type);

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rlm-strategies-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

const direct: RLMOptions = { strategy: 'direct' };

describe('direct', () => {
  test('is one request with the text in it, and starts no environment', async () => {
    const fake = await provider(() => 'Ada');
    const outcome = await finish(fake, direct, TEXT);
    const { result, events } = outcome;
    expect(result).toMatchObject({ success: true, answer: 'Ada', iterations: 1, subCalls: 0, usage: { calls: 1 } });
    expect(result.trajectory).toMatchObject([{ iteration: 1, response: 'Ada', answer: 'Ada', codeBlocks: [] }]);
    expect(fake.served).toHaveLength(1);
    const [system, context, query] = fake.served[0]?.request.messages ?? [];
    expect(system?.role).toBe('system');
    expect(context?.content).toBe(`<document>\n${TEXT}\n</document>`);
    expect(query?.content).toBe('Answer the following: What is it?');
    expect(types(events).slice(0, 3)).toEqual(['run.started', 'strategy.chosen', 'iteration.started']);
    expect(types(events)).not.toContain('environment.started');
    expect(result.strategy).toEqual({ chosen: 'direct', reason: 'asked for', contextTokens: expect.any(Number) });
    expectExactBill(outcome, fake);
  });

  test('has every document verbatim under its name', async () => {
    const fake = await provider(() => 'both');
    const cwd = await folder();
    await writeFile(join(cwd, 'a.md'), '# A\r\n');
    await writeFile(join(cwd, 'b.md'), '# B\n');
    const files = await finish(fake, direct, { files: ['*.md'], cwd });
    const ofFiles = '<document name="a.md">\n# A\r\n\n</document>\n\n<document name="b.md">\n# B\n\n</document>';
    expect(fake.served[0]?.request.messages[1]?.content).toBe(ofFiles);
    const json = await finish(fake, direct, { title: 'T', pages: [1, null] });
    const ofJson = '<document name="title">\nT\n</document>\n\n<document name="pages">\n[1, null]\n</document>';
    expect(fake.served[1]?.request.messages[1]?.content).toBe(ofJson);
    for (const { result } of [files, json]) {
      expect(result.coverage).toMatchObject({
        seenFraction: 1,
        documents: [{ seenFraction: 1 }, { seenFraction: 1 }],
      });
    }
  });

  test('hands a wrong typed answer back in the same conversation', async () => {
    const fake = await provider(({ number }) => (number === 1 ? '{"name":"Ada"}' : '{"name":"Ada","age":"36"}'));
    const schema = z.object({ name: z.string(), age: z.coerce.number().int() });
    const run = runRLM(TEXT, 'Who signed?', optionsFor(fake, { ...direct, schema } as RLMOptions));
    const events: RLMEvent[] = [];
    for await (const event of run) events.push(event);
    expect(await run).toMatchObject({ success: true, answer: { name: 'Ada', age: 36 }, iterations: 2 });
    expect(fake.served).toHaveLength(2);
    expect(fake.served.map(({ request }) => request.body.response_format)).toMatchObject(
      Array(2).fill({ type: 'json_schema', json_schema: { schema: { type: 'object', required: ['name', 'age'] } } }),
    );
    const [first, second] = fake.served.map(({ request }) => request.messages);
    expect(first?.[0]?.content).toContain('JSON Schema');
    expect(second?.slice(0, 3)).toEqual(first);
    expect(second?.[3]).toEqual({ role: 'assistant', content: '{"name":"Ada"}' });
    expect(second?.[4]?.content).toContain('age');
    const rejected = events.filter(({ type }) => type === 'answer.rejected');
    expect(rejected).toMatchObject([{ iteration: 1, answer: '{"name":"Ada"}', problems: [{ path: 'age' }] }]);
  });

  test('ends with the last refusal when no answer is accepted', async () => {
    const fake = await provider(() => 'a guess');
    const { result } = await finish(fake, { ...direct, maxIterations: 3, validate: () => 'Name your source.' });
    expect(result).toMatchObject({ success: false, stopReason: 'invalid_answer', partialAnswer: 'a guess' });
    expect(result.error?.message).toContain('Name your source.');
    expect(fake.served).toHaveLength(3);
  });

  test('with everything required to be read, it is', async () => {
    const fake = await provider(() => 'Ada');
    const { result } = await finish(fake, { ...direct, requireCoverage: 1 }, TEXT);
    expect(result).toMatchObject({
      success: true,
      coverage: { contextChars: TEXT.length, seenFraction: 1, byRole: { root: 1, sub: 0 }, unread: [] },
    });
    expect(fake.served).toHaveLength(1);
  });

  test('asks a model of this process, and the offline program, in the same way', async () => {
    const rootModel = async ({ role, messages }: { role: string; messages: readonly { content: string }[] }) => {
      return { text: `${role}: ${messages[1]?.content.includes('signed by Ada')}` };
    };
    const local = { environment: 'local', strategy: 'direct', logDir: false, python: PYTHON, quiet: true } as const;
    const host = await runRLM(TEXT, 'Who signed?', { ...local, rootModel, subModel: rootModel });
    expect(host).toMatchObject({ success: true, answer: 'root: true', usage: { calls: 1 } });
    const offline = await runRLM(TEXT, 'Who signed the treaty?', { ...local, backend: 'offline' });
    expect(offline.answer).toMatch(/^The treaty was signed by Ada\.\s+\(context, line 1\)/);
  });

  test('of a context that does not fit is refused before anything is spent', async () => {
    const fake = await provider(() => 'unused');
    const run = finish(fake, { ...direct, rootModel: 'gpt-4' }, 'word '.repeat(9_000));
    await expect(run).rejects.toMatchObject({
      code: 'context_too_long',
      message: expect.stringContaining("strategy 'recurse'"),
    });
    expect(fake.served).toEqual([]);
  });

  test('is cut by abort, and the partial result says what was chosen', async () => {
    const fake = await provider(() => HANG);
    const { run } = start(fake, direct, TEXT);
    run.catch(() => {});
    await fake.until(({ openRequests }) => openRequests === 1);
    run.abort('enough');
    await expect(run).rejects.toMatchObject({
      code: 'aborted',
      cause: 'enough',
      result: { strategy: { chosen: 'direct' }, usage: { calls: 1, abandonedCalls: 1 } },
    });
    await fake.until(({ openRequests }) => openRequests === 0);
  });

  test('writes the official log: metadata and one iteration, no copy of the context', async () => {
    const fake = await provider(() => 'Ada');
    const logDir = await folder();
    const { result } = await finish(fake, { ...direct, logDir }, 'x '.repeat(40_000));
    expect(await readdir(logDir)).toHaveLength(1);
    const text = await readFile(result.logFile ?? '', 'utf8');
    const [metadata, iteration, ...more] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(metadata).toMatchObject({ type: 'metadata', root_model: 'gpt-4.1', environment_type: 'local' });
    expect(iteration).toMatchObject({ type: 'iteration', iteration: 1, response: 'Ada', final_answer: 'Ada' });
    expect(iteration.code_blocks).toEqual([]);
    expect(more).toEqual([]);
    expect(text.length).toBeLessThan(10_000);
  });
});

describe('auto', () => {
  test('answers a short text directly, and says why', async () => {
    const fake = await provider(() => 'Ada');
    const { result, events } = await finish(fake, { ...direct, strategy: 'auto' }, TEXT);
    expect(result).toMatchObject({ success: true, answer: 'Ada' });
    expect(fake.served).toHaveLength(1);
    const tokens = result.strategy?.contextTokens ?? 0;
    expect(tokens).toBeGreaterThan(5);
    const reason = `the context has ${tokens} tokens, measured: at most 16,384`;
    expect(result.strategy).toEqual({ chosen: 'direct', reason, contextTokens: tokens });
    expect(events.find(({ type }) => type === 'strategy.chosen')).toMatchObject({ strategy: 'direct', reason });
  });

  test.each([
    {
      size: 'longer',
      context: 'word '.repeat(20_000),
      reason: /^the context has 20,000 tokens, measured: more than/,
    },
    { size: 'much longer', context: 'word '.repeat(400_000), reason: /^2,000,000 bytes .* not counted$/ },
  ])('recurses over a $size one, and says why', async ({ context, reason }) => {
    const fake = await provider(conversation({ turns: [repl('print(len(context))'), submit('str(len(context))')] }));
    const { result } = await finish(fake, { strategy: 'auto' }, context);
    expect(result).toMatchObject({ success: true, answer: String(context.length), iterations: 2 });
    expect(result.strategy).toMatchObject({ chosen: 'recurse', reason: expect.stringMatching(reason) });
  });

  test('recurses where tools need the REPL', async () => {
    const fake = await provider(conversation({ turns: [submit('look_up("Ada")')] }));
    const execute = ({ name }: { name: string }) => `${name} signed`;
    const look_up = { description: 'Looks a name up.', input: z.object({ name: z.string() }), execute };
    const { result } = await finish(fake, { strategy: 'auto', tools: { look_up } }, TEXT);
    expect(result).toMatchObject({ success: true, answer: 'Ada signed' });
    expect(result.strategy).toMatchObject({ chosen: 'recurse', reason: 'tools need the REPL' });
  });
});

test('recursion that is asked for says so too', async () => {
  const fake = await provider(conversation({ turns: [submit('"done"')] }));
  const { result } = await finish(fake, {}, TEXT);
  expect(result.strategy).toEqual({ chosen: 'recurse', reason: 'asked for', contextTokens: null });
});
