import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { billTotal, conversation, type FakeProvider, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { fileStore, type RLMOptions, type RLMResult } from '../../src/index.ts';
import { picoUsd } from './support/bill.ts';
import { replayed } from './support/journals.ts';
import { alive, descendants } from './support/processes.ts';
import { optionsFor, provider } from './support/run.ts';
import { seeded } from './support/seeded.ts';

const PROGRAM = join(import.meta.dirname, '../fixtures/runs-in-a-store.mts');

/** Of one run; a kill that comes too late is one all the same. */
const KILLS = Number(process.env.RLM_TEST_KILLS ?? 3);

/** Longest that a kill waits after the request that it was decided for, in milliseconds. */
const WAITS_MS = 400;

const SCENARIOS: { name: string; script: Script; options?: RLMOptions }[] = [
  {
    name: 'batches and tools',
    script: conversation({
      turns: [
        repl('one = llm_query("first")\nprint(one, double(text="ab"))'),
        repl('import random\nsaid = llm_query_batched([f"{n} {random.random()}" for n in range(6)])\nprint(said)'),
        submit('one + said[2]'),
      ],
      prompt: async ({ text }) => ({ text: `heard ${text}`, delayMs: 20 }),
    }),
  },
  {
    name: 'children',
    script: conversation({
      turns: [repl('said = rlm_query_batched(["a", "bb", "ccc"])\nprint(said)'), submit('" ".join(said)')],
      childTurns: [repl('print(llm_query(context + "x"))'), submit('context')],
      prompt: ({ text }) => ({ text: String(text.length), delayMs: 20 }),
    }),
    options: { maxDepth: 2 },
  },
];

/** Starts one life of a run in a process of its own. */
function live(folder: string, runId: string, fake: FakeProvider, options: RLMOptions) {
  const args = [PROGRAM, folder, runId, JSON.stringify(optionsFor(fake, options)), 'a short context'];
  return execa(process.execPath, ['--conditions=source', ...args], { reject: false });
}

/** Ends one of the processes of a life as nobody can prevent: Node, or the worker. */
function kill(pid: number, choice: (below: number) => number): void {
  const processes = [{ pid }, ...descendants(pid).filter(({ parent }) => parent === pid)];
  process.kill(processes[choice(processes.length)]?.pid ?? pid, 'SIGKILL');
}

describe.each(SCENARIOS)('a run of $name that is killed anytime', ({ script, options = {} }) => {
  test.each([1, 2])('comes to the same end, and pays nothing twice (seed %i)', async (seed) => {
    const choice = seeded(seed);
    const fake = await provider(script);
    const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
    const other = await mkdtemp(join(tmpdir(), 'rlm-test-'));
    const undisturbed = JSON.parse((await live(other, 'killed', fake, options)).stdout) as RLMResult;
    const asked = fake.served.length;
    fake.forget();
    let result: RLMResult | undefined;
    for (let kills = 0; result === undefined; kills += 1) {
      const life = live(folder, 'killed', fake, options);
      const before = fake.served.length;
      if (kills < KILLS && life.pid !== undefined) {
        const wanted = before + 1 + choice(4);
        await Promise.race([fake.until(({ served }) => served.length >= wanted), life]);
        await Promise.race([sleep(choice(WAITS_MS)), life]);
        const self = descendants().filter(({ pid }) => pid === life.pid);
        const left = descendants(life.pid);
        if (alive(self).length > 0) kill(life.pid, choice);
        await life;
        await expect.poll(() => alive(left), { timeout: 60_000 }).toEqual([]);
      }
      const { stdout } = await life;
      const said = stdout === '' ? undefined : (JSON.parse(stdout) as RLMResult);
      // A worker or a REPL that was killed ends its life with a result that says so.
      if (said !== undefined && (said.success || kills >= KILLS)) result = said;
    }
    expect(result).toMatchObject({ success: true, answer: undisturbed.answer, iterations: undisturbed.iterations });
    const code = ({ trajectory }: RLMResult) =>
      trajectory.map(({ codeBlocks }) => codeBlocks.map((block) => block.code));
    expect(code(result)).toEqual(code(undisturbed));
    expect(fake.served.length).toBeLessThanOrEqual(asked + result.usage.abandonedCalls);
    expect(result.usage.calls - result.usage.abandonedCalls).toBe(asked);
    if (result.usage.abandonedCalls === 0) expect(picoUsd(result.costUsd)).toBe(billTotal(fake.bill).costPicoUsd);
    else expect(result.costUsd).toBeNull();
    const events = await replayed(fileStore(folder), 'killed');
    expect(events.filter(({ type }) => type === 'replay.diverged')).toEqual([]);
  });
});
