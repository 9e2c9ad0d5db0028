import { HANG, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSession, type RLMToolCall } from '../../src/index.ts';
import { expectExactBill } from './support/bill.ts';
import { provider, surroundings } from './support/run.ts';
import { byQuery, CONTEXTS, open, queryOf, turn } from './support/session.ts';

describe('a session', () => {
  test('a turn without a context is about the newest, and the first about none', async () => {
    const look = submit('str([context, sorted(name for name in globals() if name.startswith("context"))])');
    const fake = await provider(byQuery({ nothing: [look], text: [look], again: [look] }));
    const session = await open(fake);
    expect((await session.run(undefined, 'nothing')).answer).toBe("['', ['context', 'context_0']]");
    expect((await session.run('a text', 'text')).answer).toBe("['', ['context', 'context_0', 'context_1']]");
    const again = turn(session, undefined, 'again');
    expect((await again.run).answer).toBe("['', ['context', 'context_0', 'context_1']]");
    expect(again.events.map(({ type }) => type)).not.toContain('context.loaded');
    const about = fake.served.map(({ request }) => /of \d+ total/.exec(request.messages[1]?.content ?? '')?.[0]);
    expect(about).toEqual(['of 0 total', 'of 6 total', 'of 6 total']);
    expect(fake.served[2]?.request.text).toContain(CONTEXTS(2));
  });

  test('what each turn and the session spent is exact, an aborted and a failed turn included', async () => {
    const ask = repl('print(llm_query_batched(["a", "b", "c"]))');
    const fake = await provider(
      byQuery(
        { one: [ask, submit('"1"')], two: [ask, HANG], three: [ask], four: [ask, submit('"4"')] },
        { prompt: ({ text }) => `reply to ${text}`, defaultAnswer: 'none' },
      ),
    );
    const session = await open(fake);
    const one = turn(session, 'text', 'one');
    expectExactBill({ result: await one.run, events: one.events }, fake);
    const two = turn(session, undefined, 'two');
    two.run.catch(() => {});
    await fake.until(({ served }) => served.at(-1)?.request.turn === 2 && served.at(-1)?.outcome === 'open');
    two.run.abort();
    await expect(two.run).rejects.toMatchObject({ code: 'aborted', result: { subCalls: 3, iterations: 1 } });
    const three = turn(session, undefined, 'three', { maxIterations: 1 });
    expect(await three.run).toMatchObject({ success: false, stopReason: 'max_iterations', subCalls: 3 });
    fake.forget();
    const four = turn(session, undefined, 'four', { maxSubCalls: 2 });
    const last = await four.run;
    expect(last).toMatchObject({ success: true, subCalls: 2 });
    expectExactBill({ result: last, events: four.events }, fake);
    const results = [await one.run, (await two.run.catch(({ result }) => result)) as never, await three.run, last];
    const sum = (of: (result: (typeof results)[number]) => number | null) => {
      const known = results.flatMap((result) => of(result) ?? []);
      if (known.length < results.length) return null;
      return known.reduce((total, value) => total + Math.round(value * 1e12), 0) / 1e12;
    };
    const { totals } = session;
    expect(totals).toMatchObject({ turns: 4, iterations: 6, subCalls: 11, costUsd: sum(({ costUsd }) => costUsd) });
    expect(totals.usage.calls).toBe(sum(({ usage }) => usage.calls));
    expect(totals.usage.inputTokens).toBe(sum(({ usage }) => usage.inputTokens));
    expect(totals.usage.abandonedCalls).toBe(1);
    expect(results.map(({ costUsd }) => costUsd === null)).toEqual([false, true, false, false]);
    for (const model of Object.keys(totals.usage.byModel)) {
      const spent = sum(({ usage: { byModel } }) => (model in byModel ? (byModel[model]?.costUsd ?? null) : 0));
      expect(totals.usage.byModel[model]?.costUsd).toBe(spent);
    }
    expect(totals.usage.priceTable).toMatch(/^genai-prices /);
  });

  test('a turn may have limits, a schema and a judge of its own', async () => {
    const fake = await provider(byQuery({ typed: [submit('{"n": 1}'), submit('{"n": 2}')], plain: [submit('"x"')] }));
    const session = await open(fake);
    const typed = await session.run('text', 'typed', {
      schema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
      validate: (answer) => ((answer as { n: number }).n === 2 ? null : 'n must be 2'),
    });
    expect(typed).toMatchObject({ success: true, answer: { n: 2 }, iterations: 2 });
    expect(await session.run(undefined, 'plain')).toMatchObject({ success: true, answer: 'x' });
  });

  test('tools and host models of the session serve each turn as its own run', async () => {
    const runs: string[] = [];
    const entered = Promise.withResolvers<AbortSignal>();
    const options = surroundings({
      rootModel: async ({ messages }) => ({
        text: {
          one: submit('note("one") + llm_query("a")'),
          two: repl('kept = 1\nwait()'),
          three: submit('note(str(kept)) + llm_query("b")'),
        }[queryOf(messages)] as string,
      }),
      subModel: async ({ messages, depth }) => ({ text: `sub ${depth} ${messages[0]?.content}` }),
      tools: {
        note: {
          description: 'Takes a note.',
          input: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
          execute: ({ text }: { text: string }, { runId }: RLMToolCall) => {
            runs.push(runId);
            return `${text}, `;
          },
        },
        wait: {
          description: 'Never returns.',
          execute: (_: unknown, { signal }: RLMToolCall) => {
            entered.resolve(signal);
            return new Promise(() => {});
          },
        },
      },
    });
    const session = await openSession(options);
    onTestFinished(() => session.close());
    const one = session.run('text', 'one');
    expect((await one).answer).toBe('one, sub 1 a');
    const two = session.run(undefined, 'two');
    const signal = await entered.promise;
    two.abort('enough');
    await expect(two).rejects.toMatchObject({ code: 'aborted' });
    expect(signal.aborted).toBe(true);
    const three = session.run(undefined, 'three');
    expect((await three).answer).toBe('1, sub 1 b');
    expect(runs).toEqual([one.id, three.id]);
  });

  test('what ends a turn without an answer leaves the session usable', async () => {
    const fail = repl('kept = 1\n1 / 0');
    const fake = await provider(
      byQuery(
        {
          exhausted: [fail],
          errors: [fail],
          refused: [{ status: 400, message: 'no' }],
          refusing: [submit('""')],
          after: [submit('str([kept, context, context_1, "history" in globals()])')],
        },
        { defaultAnswer: { status: 400, message: 'broken' } },
      ),
    );
    const session = await open(fake);
    const ends = {
      exhausted: await session.run('text', 'exhausted', { maxIterations: 1 }),
      errors: await session.run(undefined, 'errors', { maxErrors: 1 }),
      refused: await session.run('another', 'refused'),
      budget: await session.run(undefined, 'errors', { maxBudgetUsd: 0.000_001 }),
    };
    expect(Object.values(ends).map(({ stopReason }) => stopReason)).toEqual([
      'max_iterations',
      'errors',
      'provider_error',
      'budget',
    ]);
    await expect(session.run({ file: '/does/not/exist' }, 'after')).rejects.toMatchObject({
      code: 'context_not_found',
    });
    const after = await session.run(undefined, 'after');
    expect(after.answer).toBe("[1, 'text', 'another', False]");
  });

  test('a limit that is reached in a block keeps it', async () => {
    const long = repl('kept = 1\nanswer["content"] = "half"\nllm_query("one too many")\nwhile True: pass');
    const fake = await provider(byQuery({ long: [long], after: [submit('str([kept, context])')] }, { prompt: 'fine' }));
    const session = await open(fake);
    const stopped = await session.run('the context', 'long', { maxTokens: 1 });
    expect(stopped).toMatchObject({ success: false, stopReason: 'tokens', partialAnswer: 'half' });
    expect(await session.run(undefined, 'after')).toMatchObject({ answer: "[1, 'the context']" });
  });

  test('maxDurationMs keeps it, wherever the turn is then', async () => {
    const fake = await provider(byQuery({ busy: [repl('while True: pass')], after: [submit('context')] }));
    const session = await open(fake);
    const ends = [
      await session.run('the context', 'busy', { maxDurationMs: 1_500 }),
      await session.run(undefined, 'busy', { maxDurationMs: 500 }),
    ];
    expect(ends.map(({ stopReason }) => stopReason)).toEqual(['duration', 'duration']);
    expect(await session.run('again', 'after')).toMatchObject({ success: true });
  });
});
