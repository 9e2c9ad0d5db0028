import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool, type RLMOptions, type RLMToolCall } from '../../src/index.ts';
import { whenTimeIsUp } from './support/duration.ts';
import { comesOnce } from './support/lives.ts';
import { finish, provider } from './support/run.ts';
import { byQuery, open, turn } from './support/session.ts';
import { attempts, blocksOf, hanging } from './support/tools.ts';

const lookup = defineTool({
  description: 'Finds a customer by number.',
  input: z.object({
    id: z.number().int().describe('the number on the invoice'),
    fields: z.array(z.enum(['name', 'city'])).default(['name']),
    since: z.iso
      .date()
      .transform((text) => new Date(text).getUTCFullYear())
      .optional(),
  }),
  output: z.object({ name: z.string() }),
  execute: ({ id, fields, since }) => ({
    name: `${id} ${fields.join('+')} ${since ?? 'ever'}`,
    secret: 'not for models',
  }),
});

const anything = { type: 'object', additionalProperties: true } as const;

const run = async (turns: readonly string[], options: RLMOptions) => {
  const fake = await provider(conversation({ turns }));
  return { fake, ...(await finish(fake, options)) };
};
const printed = async (code: string, tools: NonNullable<RLMOptions['tools']>) => {
  const { result, events } = await run([code, submit('"done"')], { tools });
  expect(result).toMatchObject({ success: true, answer: 'done' });
  return blocksOf(events)[0]?.stdout.trimEnd().split('\n') ?? [];
};

describe('host tools', () => {
  test('by position and by name, with defaults, transforms and an output that is cut to its schema', async () => {
    const calls = ['lookup(7)', 'lookup(id=8, since="2024-02-03")', 'lookup(9, ["city", "name"])["name"]'];
    expect(await printed(attempts(calls), { lookup })).toEqual([
      "{'name': '7 name ever'}",
      "{'name': '8 name 2024'}",
      '9 city+name ever',
    ]);
  });

  test('the model is told what there is', async () => {
    const { fake } = await run([submit('"done"')], {
      tools: { lookup, now: { description: 'The time.', execute: () => 1 } },
    });
    expect(fake.served[0]?.request.messages[0]?.content).toContain(
      [
        'Custom tools and data available in the REPL:',
        "- `lookup`: `lookup(id: int, fields: list['name' | 'city'] = ['name'], since: str = None) -> {'name': str}` " +
          'Finds a customer by number. Raises RuntimeError when it fails.',
        '    - `id`: the number on the invoice',
        '- `now`: `now()` The time. Raises RuntimeError when it fails.',
      ].join('\n'),
    );
  });

  test('under a system prompt of the run’s own too', async () => {
    const { fake } = await run([submit('"done"')], { systemPrompt: 'Use {braces}.', tools: { lookup } });
    expect(fake.served[0]?.request.messages[0]?.content).toMatch(/^Use \{braces\}\.\n.*- `lookup`: `lookup\(id: int/s);
  });

  test('wrong arguments and wrong results are errors in the code block', async () => {
    let executed = 0;
    const wrong = { ...lookup, execute: () => ++executed };
    const lines = await printed(attempts(['wrong("x")', 'wrong()', 'wrong(1, nope=2)', 'wrong(1)']), { wrong });
    expect(lines).toEqual([
      'RuntimeError: tool wrong: wrong arguments: id: Invalid input: expected number, received string; you gave "x"',
      "TypeError: wrong(): missing a required argument: 'id'",
      "TypeError: wrong(): got an unexpected keyword argument 'nope'",
      'RuntimeError: tool wrong: it returned what its output refuses: Invalid input: expected object, received number',
    ]);
    expect(executed).toBe(1);
  });

  test('what execute throws is raised with its message alone', async () => {
    const thrown: unknown[] = [new RangeError('out of stock'), 'a text', new Error(''), { code: 7 }, undefined];
    const throws = {
      description: 'Throws.',
      input: z.object({ n: z.int() }),
      execute: ({ n }: { n: number }) => {
        throw thrown[n];
      },
    };
    const lines = await printed(attempts(thrown.map((_, n) => `throws(${n})`)), { throws });
    expect(lines).toEqual(
      ['out of stock', 'a text', 'Error', '{ code: 7 }', 'undefined'].map(
        (text) => `RuntimeError: tool throws: ${text}`,
      ),
    );
  });

  test('two calls are in execute at once', async () => {
    comesOnce('its tool counts the calls of all lives');
    const barrier = Promise.withResolvers<void>();
    let inside = 0;
    const meet = {
      description: 'Waits for the other.',
      execute: async () => {
        inside += 1;
        if (inside === 2) barrier.resolve();
        await barrier.promise;
        return inside;
      },
    };
    const code =
      'import threading\nmet = []\nthreads = [threading.Thread(target=lambda: met.append(meet())) for _ in range(2)]\n' +
      'for t in threads: t.start()\nfor t in threads: t.join()';
    const { result } = await run([repl(code), submit('str(met)')], { tools: { meet } });
    expect(result).toMatchObject({ success: true, answer: '[2, 2]' });
  });

  test('one that hangs: maxDurationMs ends the run, and execute learns of it', async () => {
    const { result, aborted } = await whenTimeIsUp(
      async (maxDurationMs) => {
        const { execute, aborted } = hanging();
        const tools = { hang: { description: 'Hangs.', execute } };
        return { aborted, ...(await run([repl('hang()')], { tools, maxDurationMs })) };
      },
      ({ events }) => events.some(({ type }) => type === 'tool.started'),
    );
    expect(result).toMatchObject({ success: false, stopReason: 'duration', error: { code: 'duration_exceeded' } });
    expect(await aborted).toMatchObject({ name: 'AbortError' });
  });

  test('one that hangs: timeoutMs raises in the code block, and the run goes on', async () => {
    const { execute, aborted } = hanging();
    const hang = { description: 'Hangs.', timeoutMs: 50, execute };
    expect(await printed(attempts(['hang()']), { hang })).toEqual([
      'RuntimeError: tool hang: It took longer than 50 ms.',
    ]);
    expect(await aborted).toMatchObject({ name: 'TimeLimitError' });
  });

  test('one still under way when the run has its answer does not hold it', async () => {
    const { execute, aborted } = hanging();
    const turns = [repl('import threading\nthreading.Thread(target=hang, daemon=True).start()'), submit('"done"')];
    const { result } = await run(turns, { tools: { hang: { description: 'Hangs.', execute } } });
    expect(result).toMatchObject({ success: true, answer: 'done' });
    expect(await aborted).toMatchObject({ name: 'AbortError' });
  });

  test.each([
    { subTools: undefined, said: 'both own', told: ['both', 'own'] },
    { subTools: ['both'], said: 'both', told: ['both'] },
    { subTools: [], said: '', told: [] },
  ])('a child RLM has $told where subTools is $subTools', async ({ subTools, said, told }) => {
    const tool = (name: string) => ({ description: `Says ${name}.`, execute: () => name });
    const tools = { both: tool('both'), own: tool('own') };
    const fake = await provider(
      conversation({
        turns: [repl('said = rlm_query("go deeper")'), submit('both() + own() + ": " + said')],
        childTurns: [submit('" ".join(globals()[name]() for name in ("both", "own") if name in globals())')],
      }),
    );
    const { result, events } = await finish(fake, { tools, maxDepth: 2, ...(subTools && { subTools }) });
    expect(result).toMatchObject({ success: true, answer: `bothown: ${said}` });
    const prompt = fake.served.find(({ request }) => request.isChild)?.request.messages[0]?.content ?? '';
    expect([...prompt.matchAll(/^- `(both|own)`/gm)].map(([, name]) => name)).toEqual(told);
    const calls = events.filter((event) => event.type === 'tool.started');
    expect(calls.filter(({ node, depth }) => node === '0/1' && depth === 1).map(({ tool }) => tool)).toEqual(told);
  });

  test('a session keeps them for all its turns, and each call is of the turn that made it', async () => {
    comesOnce('its tool counts the calls of all lives');
    const { entered, aborted, execute } = hanging();
    const runs: string[] = [];
    const tools = {
      hang: { description: 'Hangs.', execute },
      note: { description: 'Notes.', execute: (_: unknown, { runId }: RLMToolCall) => runs.push(runId) },
    };
    const hangs = 'import threading\nthreading.Thread(target=hang, daemon=True).start()\nkept = note';
    const fake = await provider(byQuery({ one: [repl(hangs), submit('str(note())')], two: [submit('str(kept())')] }));
    const session = await open(fake, { tools });
    const first = turn(session, 'a context', 'one');
    const one = await first.run;
    expect(await entered).toMatchObject({ runId: one.runId });
    expect(await aborted).toMatchObject({ name: 'AbortError' });
    const two = await turn(session, undefined, 'two').run;
    expect([one, two]).toMatchObject([
      { success: true, answer: '1' },
      { success: true, answer: '2' },
    ]);
    expect(runs).toEqual([one.runId, two.runId]);
  });

  test('every call is an event, its arguments cut and without the key', async () => {
    const echo = { description: 'Echoes.', input: anything, execute: (args: object) => args };
    const fails = {
      description: 'Fails.',
      execute: () => {
        throw new Error('refused: test-key-0123456789');
      },
    };
    const { events } = await run(
      [attempts(['len(echo(a="test-key-0123456789", b="x" * 300_000)["b"])', 'fails()']), submit('"done"')],
      { tools: { echo, fails }, apiKey: 'test-key-0123456789' },
    );
    const [started, completed, , failed] = events.filter((event) => event.type.startsWith('tool.'));
    expect(started).toMatchObject({ type: 'tool.started', node: '0', depth: 0, call: 'tool-1', tool: 'echo' });
    expect(started?.type === 'tool.started' && started.arguments).toMatch(
      /^\{"a":"\[redacted\]","b":"x+\.\.\. \+ \[\d+ chars\.\.\.\]$/,
    );
    const size = { resultChars: 300_025, durationMs: expect.any(Number) };
    expect(completed).toMatchObject({
      type: 'tool.completed',
      call: 'tool-1',
      outcome: 'succeeded',
      error: null,
      ...size,
    });
    expect(failed).toMatchObject({ call: 'tool-2', outcome: 'failed', error: 'refused: [redacted]', resultChars: 0 });
    expect(blocksOf(events)[0]?.stdout).toContain('RuntimeError: tool fails: refused: [redacted]');
  });
});
