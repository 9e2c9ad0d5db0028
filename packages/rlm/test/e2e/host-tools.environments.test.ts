import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { defineTool, type RLMEvent, type RLMOptions, type RLMToolCall } from '../../src/index.ts';
import { environment } from './support/environment.ts';
import { finish, provider, start } from './support/run.ts';
import { byQuery, open, turn } from './support/session.ts';

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

/** Prints what each expression gives, or how it fails. */
const attempts = (expressions: readonly string[]) =>
  repl(
    expressions
      .map((one) => `try:\n    print(${one})\nexcept Exception as e:\n    print(type(e).__name__ + ': ' + str(e))`)
      .join('\n'),
  );

const blocksOf = (events: readonly RLMEvent[]) => events.filter((event) => event.type === 'codeBlock.completed');

/** Resolves when `execute` is in it, and then with its signal's abort. */
function hanging() {
  const entered = Promise.withResolvers<RLMToolCall>();
  const aborted = Promise.withResolvers<unknown>();
  const execute = (_: unknown, call: RLMToolCall) => {
    call.signal.addEventListener('abort', () => aborted.resolve(call.signal.reason));
    entered.resolve(call);
    return new Promise<never>(() => {});
  };
  return { entered: entered.promise, aborted: aborted.promise, execute };
}

const run = async (turns: readonly string[], options: RLMOptions) => {
  const fake = await provider(conversation({ turns }));
  return { fake, ...(await finish(fake, { environment, ...options })) };
};
const printed = async (code: string, tools: NonNullable<RLMOptions['tools']>) => {
  const { result, events } = await run([code, submit('"done"')], { tools });
  expect(result).toMatchObject({ success: true, answer: 'done' });
  return blocksOf(events)[0]?.stdout.trimEnd().split('\n') ?? [];
};

describe(`${environment}: host tools`, () => {
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

  test('wrong arguments and wrong results are errors in the cell', async () => {
    let executed = 0;
    const wrong = { ...lookup, execute: () => ++executed };
    const lines = await printed(attempts(['wrong("x")', 'wrong()', 'wrong(1, nope=2)', 'wrong(1)']), { wrong });
    expect(lines).toEqual([
      'RuntimeError: tool wrong: wrong arguments: id: Invalid input: expected number, received string',
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

  test('50 MB, a cycle and what else is not JSON is an error, and the run goes on', async () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const results: Record<string, () => unknown> = {
      large: () => 'x'.repeat(50_000_000),
      cycle: () => cycle,
      bigint: () => ({ n: 1n }),
      method: () => ({ then_: () => 1 }),
      map: () => new Map(),
      deep: () => JSON.parse('['.repeat(500) + ']'.repeat(500)),
      nothing: () => undefined,
      most: () => 'y'.repeat(9_999_998),
    };
    const tools = Object.fromEntries(
      Object.entries(results).map(([name, execute]) => [`get_${name}`, { description: name, execute }]),
    );
    const calls = Object.keys(results).map((name) => (name === 'most' ? 'len(get_most())' : `get_${name}()`));
    expect(await printed(attempts(calls), tools)).toEqual([
      'RuntimeError: tool get_large: it returned 50000002 bytes of JSON; the limit is 10000000',
      'RuntimeError: tool get_cycle: it returned an object that holds itself',
      'RuntimeError: tool get_bigint: it returned a BigInt as "n", which JSON cannot hold',
      'RuntimeError: tool get_method: it returned a function as "then_", which JSON cannot hold',
      'RuntimeError: tool get_map: it returned a Map, which JSON cannot hold',
      'RuntimeError: tool get_deep: it returned more than 100 lists and objects within one another',
      'None',
      '9999998',
    ]);
  });

  test('1,000 calls from 16 threads are 1,000 calls', async () => {
    const seen: number[] = [];
    const count = {
      description: 'Counts.',
      input: z.object({ n: z.int() }),
      execute: async ({ n }: { n: number }) => {
        seen.push(n);
        await new Promise(setImmediate);
        return n * 2;
      },
    };
    const code =
      'from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(16) as pool:\n' +
      '    doubled = list(pool.map(count, range(1000)))';
    const { result, events } = await run([repl(code), submit('str(doubled == [2 * n for n in range(1000)])')], {
      tools: { count },
    });
    expect(result).toMatchObject({ success: true, answer: 'True', subCalls: 0 });
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, n) => n));
    const ids = events.filter((event) => event.type === 'tool.completed').map(({ call }) => call);
    expect(new Set(ids).size).toBe(1000);
  });

  test('two calls are in execute at once', async () => {
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

  test('one that hangs: an abort reaches execute and ends the run', async () => {
    const { execute, entered, aborted } = hanging();
    const fake = await provider(conversation({ turns: [repl('hang()')] }));
    const { run, events } = start(fake, { environment, tools: { hang: { description: 'Hangs.', execute } } });
    run.catch(() => {});
    expect((await entered).runId).toBe(run.id);
    const reason = new Error('changed my mind');
    run.abort(reason);
    expect(await aborted).toBe(reason);
    await expect(run).rejects.toMatchObject({ code: 'aborted', cause: reason });
    expect(events.at(-1)).toMatchObject({ type: 'run.failed', code: 'aborted' });
  });

  test('one that hangs: maxDurationMs ends the run, and execute learns of it', async () => {
    const { execute, aborted } = hanging();
    const hang = { description: 'Hangs.', execute };
    const { result, events } = await run([repl('hang()')], { tools: { hang }, maxDurationMs: 10_000 });
    expect(result).toMatchObject({ success: false, stopReason: 'duration', error: { code: 'duration_exceeded' } });
    expect(events.map(({ type }) => type)).toContain('tool.started');
    expect(await aborted).toMatchObject({ name: 'AbortError' });
  });

  test('one that hangs: timeoutMs raises in the cell, and the run goes on', async () => {
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

  test('none is executed after the abort', async () => {
    let isAborted = false;
    let late = 0;
    const fake = await provider(
      conversation({
        turns: [
          repl(
            'from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(16) as pool:\n    list(pool.map(lambda _: poke(), range(100_000)))',
          ),
        ],
      }),
    );
    let calls = 0;
    const execute = () => {
      if (isAborted) late += 1;
      calls += 1;
      if (calls === 100) {
        isAborted = true;
        observed.run.abort();
      }
    };
    const observed = start(fake, { environment, tools: { poke: { description: 'Pokes.', execute } } });
    await expect(observed.run).rejects.toMatchObject({ code: 'aborted' });
    expect({ calls, late }).toEqual({ calls: 100, late: 0 });
  });

  test('an interpreter that dies meanwhile gets no late reply, and its successor has the tools', async () => {
    const entered = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    onTestFinished(() => released.resolve());
    const late = {
      description: 'Answers 1 when 2 is asked.',
      input: z.object({ n: z.int() }),
      execute: async ({ n }: { n: number }) => {
        if (n === 0) await entered.promise;
        if (n === 1) {
          entered.resolve();
          await released.promise;
        }
        if (n === 2) released.resolve();
        return n;
      },
    };
    const dies =
      'import os, threading\nthreading.Thread(target=lambda: late(1), daemon=True).start()\nlate(0)\nos._exit(1)';
    const { result, events } = await run([repl(dies), submit('str([late(n) for n in (2, 3)])')], { tools: { late } });
    expect(blocksOf(events)[0]?.status).toBe('interpreter_died');
    expect(result).toMatchObject({ success: true, answer: '[2, 3]' });
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
    const { result, events } = await finish(fake, { environment, tools, maxDepth: 2, ...(subTools && { subTools }) });
    expect(result).toMatchObject({ success: true, answer: `bothown: ${said}` });
    const prompt = fake.served.find(({ request }) => request.isChild)?.request.messages[0]?.content ?? '';
    expect([...prompt.matchAll(/^- `(both|own)`/gm)].map(([, name]) => name)).toEqual(told);
    const calls = events.filter((event) => event.type === 'tool.started');
    expect(calls.filter(({ node, depth }) => node === '0/1' && depth === 1).map(({ tool }) => tool)).toEqual(told);
  });

  test('a session keeps them for all its turns, and each call is of the turn that made it', async () => {
    const { entered, aborted, execute } = hanging();
    const runs: string[] = [];
    const tools = {
      hang: { description: 'Hangs.', execute },
      note: { description: 'Notes.', execute: (_: unknown, { runId }: RLMToolCall) => runs.push(runId) },
    };
    const hangs = 'import threading\nthreading.Thread(target=hang, daemon=True).start()\nkept = note';
    const fake = await provider(byQuery({ one: [repl(hangs), submit('str(note())')], two: [submit('str(kept())')] }));
    const session = await open(fake, { environment, tools });
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
    const size = { resultChars: 300_034, durationMs: expect.any(Number) };
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
