import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { RLMOptions } from '../../src/index.ts';
import { inEachEnvironment } from './support/environment.ts';
import { finish, provider, start } from './support/run.ts';
import { attempts, blocksOf, hanging } from './support/tools.ts';

inEachEnvironment((environment) => {
  const run = async (turns: readonly string[], options: RLMOptions) => {
    const fake = await provider(conversation({ turns }));
    return await finish(fake, { environment, ...options });
  };

  describe('calls of host tools out of the REPL', () => {
    test('a byte too many, a cycle and what else is not JSON is an error, the run goes on, 400 calls from 16 threads are 400 calls, and an interpreter that dies meanwhile gets no late reply, and its successor has the tools', async () => {
      const cycle: Record<string, unknown> = {};
      cycle.self = cycle;
      const results: Record<string, () => unknown> = {
        large: () => 'x'.repeat(9_999_999),
        cycle: () => cycle,
        bigint: () => ({ n: 1n }),
        method: () => ({ then_: () => 1 }),
        map: () => new Map(),
        deep: () => JSON.parse('['.repeat(500) + ']'.repeat(500)),
        nothing: () => undefined,
        most: () => 'y'.repeat(9_999_998),
      };
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
      const tools = Object.fromEntries(
        Object.entries(results).map(([name, execute]) => [`get_${name}`, { description: name, execute }]),
      );
      const calls = Object.keys(results).map((name) => (name === 'most' ? 'len(get_most())' : `get_${name}()`));
      const threads =
        'from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(16) as pool:\n' +
        '    doubled = list(pool.map(count, range(400)))';
      const { result, events } = await run(
        [
          attempts(calls),
          repl(`${threads}\nprint(doubled == [2 * n for n in range(400)])`),
          repl(dies),
          submit('str([late(n) for n in (2, 3)])'),
        ],
        { tools: { ...tools, count, late } },
      );
      expect(result).toMatchObject({ success: true, answer: '[2, 3]', subCalls: 0 });
      const [, counted, died] = blocksOf(events);
      expect([counted?.stdout, died?.status]).toEqual(['True\n', 'interpreter_died']);
      expect(blocksOf(events)[0]?.stdout.trimEnd().split('\n')).toEqual([
        'RuntimeError: tool get_large: it returned 10000001 bytes of JSON; the limit is 10000000',
        'RuntimeError: tool get_cycle: it returned an object that holds itself',
        'RuntimeError: tool get_bigint: it returned a BigInt as "n", which JSON cannot hold',
        'RuntimeError: tool get_method: it returned a function as "then_", which JSON cannot hold',
        'RuntimeError: tool get_map: it returned a Map, which JSON cannot hold',
        'RuntimeError: tool get_deep: it returned more than 100 lists and objects within one another',
        'None',
        '9999998',
      ]);
      expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, n) => n));
      const completed = events.filter((event) => event.type === 'tool.completed');
      const ids = completed.slice(0, calls.length + 400).map(({ call }) => call);
      expect(new Set(ids).size).toBe(calls.length + 400);
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

    // Nothing of it is in the REPL.
    if (environment === 'local') {
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
    }
  });
});
