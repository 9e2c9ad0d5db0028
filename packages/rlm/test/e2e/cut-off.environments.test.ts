import { setTimeout } from 'node:timers/promises';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { defineTool, memoryStore, type RLMOptions, resumeRLM, runRLM } from '../../src/index.ts';
import { inEachEnvironment } from './support/environment.ts';
import { isCut, isEffect, isIntent, killedAfter, linesOf, replayed, withoutTimes } from './support/journals.ts';
import { optionsFor, provider } from './support/run.ts';
import { kill } from './support/victims.ts';

const QUERY = 'What is it?';
const CONTEXT = 'a short context';

const newest = () => 0;

inEachEnvironment((environment) => {
  test('a run whose REPL was killed ends with environment_died, and goes on when it is resumed', async () => {
    const runId = crypto.randomUUID();
    const deaths = { wanted: 1 };
    const fake = await provider(
      conversation({
        turns: [repl('one = llm_query("one")'), repl('two = llm_query("two")'), submit('one + two')],
        prompt: async ({ text }) => {
          if (text === 'two' && deaths.wanted-- > 0) await kill('REPL', runId, environment, newest);
          return `${text}!`;
        },
      }),
    );
    const options = optionsFor(fake, { environment, store: memoryStore(), runId });
    expect(await runRLM(CONTEXT, QUERY, options)).toMatchObject({
      success: false,
      stopReason: 'environment_error',
      error: { code: 'environment_died' },
    });
    const done = await runRLM(CONTEXT, QUERY, options);
    expect(done).toMatchObject({ success: true, answer: 'one!two!', lives: 2, iterations: 3 });
    expect(fake.served.filter(({ request }) => request.text === 'one')).toHaveLength(1);
  });

  /**
   * Resumes a run, killed after each of its effects that follow the last code block which was cut off, or where each life starts a
   * container after the first of them: nothing is another.
   */
  async function expectTheSame(options: RLMOptions): Promise<void> {
    const { store = memoryStore(), runId = '', python, quiet, apiKey } = options;
    const result = await runRLM(CONTEXT, QUERY, options);
    const lines = await linesOf(store, runId);
    const last = lines.findLastIndex(isCut);
    expect(last).toBeGreaterThan(0);
    const effects = lines.flatMap((line, n) => (n >= last && isEffect(line) && !isIntent(line) ? [n + 1] : []));
    for (const count of environment === 'docker' ? effects.slice(0, 1) : effects) {
      const killed = await killedAfter(count, store, runId);
      const resumed = await resumeRLM(runId, { python, quiet, apiKey, store: killed });
      expect(withoutTimes(resumed)).toEqual(withoutTimes(result));
      expect((await replayed(killed, runId)).filter(({ type }) => type === 'replay.diverged')).toEqual([]);
    }
  }

  test('a model that was told of an interpreter that died, within a code block or after it, is told the same in every life', async () => {
    const runId = crypto.randomUUID();
    const deaths = ['within', 'after'];
    const die = async (when: string) => {
      if (deaths[0] !== when) return;
      deaths.shift(); // at once: the run does not wait for the end of this
      while (!(await kill('interpreter', runId, environment, newest))) await setTimeout(20);
    };
    const fake = await provider(
      conversation({
        turns: [
          repl('one = llm_query("one")\nprint(one)'),
          repl('import time\nprint(time.time())\nlost = llm_query("die")\nwhile True:\n    print(llm_query("never"))'),
          repl('two = llm_query("two")\nprint("one" in globals(), two)'),
          async () => {
            await die('after');
            return repl('print("two" in globals(), llm_query("three"))');
          },
          submit('"done"'),
        ],
        prompt: async ({ text }) => {
          if (text === 'die') await die('within');
          return `${text}!`;
        },
      }),
    );
    const options = optionsFor(fake, { environment, store: memoryStore(), runId });
    const result = await runRLM(CONTEXT, QUERY, options);
    const [, died, after, restarted] = result.trajectory.map(({ codeBlocks }) => codeBlocks[0]);
    expect(died).toMatchObject({ status: 'interpreter_died', stderr: expect.stringMatching(/variables lost: one/) });
    expect(after?.stdout).toBe('False two!\n');
    expect(restarted).toMatchObject({
      stdout: 'False three!\n',
      stderr: expect.stringMatching(/died after the last code block/),
    });
    await expectTheSame(options);
    expect(fake.served.filter(({ request }) => request.text === 'never').length).toBeLessThanOrEqual(1);
  });

  // How a REPL in a container is found gone is shown above, and what comes of it is the same wherever it is.
  if (environment === 'local') {
    test('a child whose REPL is gone ends a run that can be resumed; without a store its parent is told, as officially', async () => {
      const runId = crypto.randomUUID();
      const deaths = { wanted: 2 };
      const fake = await provider(
        conversation({
          turns: [repl('said = rlm_query("a")\nprint(said)'), submit('said')],
          childTurns: [repl('said = llm_query("leaf")\nprint(said)'), submit('said')],
          prompt: async () => {
            if (deaths.wanted-- > 0) await kill('REPL', runId, environment, newest);
            return 'a leaf';
          },
        }),
      );
      const options = optionsFor(fake, { environment, maxDepth: 2, runId });
      const unkept = await runRLM(CONTEXT, QUERY, options);
      expect(unkept).toMatchObject({ success: true, answer: expect.stringMatching(/^Error: .*the REPL is gone/) });
      const kept: RLMOptions = { ...options, store: memoryStore() };
      const ended = await runRLM(CONTEXT, QUERY, kept);
      expect(ended).toMatchObject({ success: false, error: { code: 'environment_died' } });
      expect(ended.error?.message).toMatch(/^In child 0\/1: the REPL is gone/);
      expect(await runRLM(CONTEXT, QUERY, kept)).toMatchObject({ success: true, answer: 'a leaf', lives: 2 });
    });

    test('a tool that was cut off with its run is called again with the same key, and what it said is not in the journal', async () => {
      const calls: string[] = [];
      const aborting = new AbortController();
      const slow = defineTool({
        description: 'Waits for the end of its first run.',
        execute: async (_, { signal, idempotencyKey }) => {
          calls.push(idempotencyKey);
          if (calls.length > 1) return 'done';
          aborting.abort();
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut off'))));
        },
      });
      const fake = await provider(conversation({ turns: [repl('said = slow()\nslow()'), submit('said')] }));
      const store = memoryStore();
      const options = optionsFor(fake, { environment, store, runId: crypto.randomUUID(), tools: { slow } });
      await expect(runRLM(CONTEXT, QUERY, { ...options, signal: aborting.signal })).rejects.toThrow();
      expect((await linesOf(store, options.runId ?? '')).filter((line) => line.startsWith('{"record":"tool"'))).toEqual(
        [],
      );
      expect(await runRLM(CONTEXT, QUERY, options)).toMatchObject({ success: true, answer: 'done', iterations: 2 });
      expect(calls).toHaveLength(3);
      expect(calls[1]).toBe(calls[0]);
      expect(calls[2]).not.toBe(calls[0]);
    });

    test('a code block that ran into its time limit is told with what it had printed, in every life', async () => {
      const endless = 'import time\nprint(time.time())\nkept = 1\nwhile True:\n    time.sleep(0.01)';
      const fake = await provider(
        conversation({ turns: [repl(endless), repl('print(kept, llm_query("x"))'), submit('"done"')], prompt: 'y' }),
      );
      const environmentOptions = { cellTimeoutMs: 500 };
      const options = optionsFor(fake, { environment, environmentOptions, store: memoryStore(), runId: 'timed-out' });
      const result = await runRLM(CONTEXT, QUERY, options);
      expect(result.trajectory[0]?.codeBlocks).toMatchObject([
        { status: 'timed_out', stdout: expect.stringMatching(/^\d/) },
      ]);
      await expectTheSame(options);
    });
  }
});
