import { type FakeProvider, HANG, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import type { RLMSession } from '../../src/index.ts';
import { containerOfNoWorker, containersOf, killContainers } from './support/containers.ts';
import { endWorkers } from './support/end-workers.ts';
import { inEachEnvironment } from './support/environment.ts';
import { comesOnce } from './support/lives.ts';
import { alive, type descendants, gone, repls, replTemplates, workers } from './support/processes.ts';
import { type Observed, provider } from './support/run.ts';
import { byQuery, open, turn } from './support/session.ts';
import { end } from './support/victims.ts';

interface Moment {
  readonly name: string;
  /** In the middle of the turn's only code block. */
  readonly code: string;
  readonly reached: (observed: Observed, fake: FakeProvider) => Promise<unknown>;
}

const printed = async ({ event }: Observed) => await event('codeBlock.output');
const block = ({ name, code }: Pick<Moment, 'name' | 'code'>) =>
  repl(`kept = "${name}"\nanswer["content"] = "half"\n${code}\nanswer["content"] = "late"\nanswer["ready"] = True`);
const running = (code: string) => `print("on", flush=True)\n${code}`;
const asking = (count: number) => async (_: Observed, fake: FakeProvider) =>
  await fake.until(
    ({ served }) =>
      served.filter(({ request, outcome }) => request.text === 'hang' && outcome === 'open').length === count,
  );

const BUSY = { name: 'a busy loop', code: running('while True: pass'), reached: printed };

const CHILD: Moment = { name: 'a child RLM', code: 'rlm_query("go deeper")', reached: asking(1) };

/** Where a turn can be when it is stopped, and its variables stay. */
const KEPT: readonly Moment[] = [
  BUSY,
  { name: 'time.sleep', code: running('import time\ntime.sleep(1000)'), reached: printed },
  {
    name: 'a block that goes on when interrupted, and ends',
    code: running('import time\ntry: time.sleep(1000)\nexcept BaseException: time.sleep(1)\nprint("late output")'),
    reached: printed,
  },
  { name: 'a sub-call', code: 'llm_query("hang")', reached: asking(1) },
  { name: 'a batch of sub-calls', code: 'llm_query_batched(["hang"] * 8)', reached: asking(8) },
  {
    name: 'sub-calls from threads, one after the other',
    code: 'from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(4) as pool: list(pool.map(llm_query, ["hang"] * 40))',
    reached: asking(4),
  },
];

const STUBBORN: readonly Moment[] = [
  {
    name: 'a block that swallows every interrupt',
    code: running('import time\nwhile True:\n    try: time.sleep(1000)\n    except BaseException: pass'),
    reached: printed,
  },
  {
    name: 'a block that ignores the signal',
    code: running('import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass'),
    reached: printed,
  },
];

const REPORT = submit('str([kept, context, "context_1" in globals(), "history" in globals(), llm_query("fine")])');

const script = (moments: readonly Moment[]): Script =>
  byQuery(
    {
      before: [submit('"ready"')],
      after: [REPORT],
      count: [repl('n = globals().get("n", 0) + 1\nwhile True: pass')],
      'how many': [submit('str(globals().get("n", 0))')],
      ...Object.fromEntries(moments.map((moment) => [moment.name, [block(moment)]])),
    },
    { prompt: ({ text }) => (text === 'hang' ? HANG : text), childTurns: [repl('print("deep")\nllm_query("hang")')] },
  );

async function abortAt({ name, reached }: Moment, session: RLMSession, fake: FakeProvider): Promise<void> {
  const stopped = turn(session, undefined, name);
  stopped.run.catch(() => {});
  await reached(stopped, fake);
  stopped.run.abort('enough');
  await expect(stopped.run, name).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
  expect(stopped.events.at(-1), name).toMatchObject({ type: 'run.failed', code: 'aborted' });
}

/** What the next turn tells of the session when the one before it was stopped, after so many that were not. */
async function expectKept({ name }: Moment, session: RLMSession, fake: FakeProvider, turns: number): Promise<void> {
  const after = turn(session, undefined, 'after');
  const result = await after.run;
  expect(result, name).toMatchObject({ success: true, subCalls: 1, iterations: 1, usage: { calls: 2 } });
  expect(result.answer).toBe(`['${name}', 'the context', False, True, 'fine']`);
  const outputs = after.events.filter(({ type }) => type === 'codeBlock.output');
  expect(outputs, name).toEqual([]);
  expect(after.events.map(({ type }) => type)).not.toContain('environment.started');
  expect(new Set(after.events.map(({ runId }) => runId))).toEqual(new Set([after.run.id]));
  const [asked] = fake.served.slice(-2);
  const histories = turns === 1 ? '1 prior conversation history' : `${turns} prior conversation histories`;
  expect(asked?.request.text).toContain(`You have ${histories}`);
}

inEachEnvironment((environment) => {
  const isDocker = environment === 'docker';

  /** Each has a container, where there are some: what becomes of two shows what becomes of one. */
  const children = isDocker ? ['a', 'b'] : ['a', 'b', 'c'];
  const kept: readonly Moment[] = [
    ...KEPT,
    ...(isDocker ? [] : [CHILD]),
    {
      name: 'child RLMs at once',
      code: `rlm_query_batched(${JSON.stringify(children)})`,
      reached: asking(children.length),
    },
  ];

  /** One interpreter does not stop as another, and it is the kernel that says so: a container goes with either. */
  const lost = isDocker ? STUBBORN.slice(-1) : STUBBORN;

  /** A session whose turns are stopped at these moments. */
  async function begun(
    moments: readonly Moment[],
    first?: (session: RLMSession) => Promise<void>,
  ): Promise<{ fake: FakeProvider; session: RLMSession }> {
    const fake = await provider(script(moments));
    const session = await open(fake, { environment, maxDepth: 2 });
    await first?.(session);
    const before = turn(session, 'the context', 'before');
    expect(await before.run).toMatchObject({ answer: 'ready' });
    return { fake, session };
  }

  /** The next turn starts one. None is forked from a process that stands still; a container takes far longer than an abort. */
  async function abortBeforeREPL(session: RLMSession): Promise<void> {
    const origins = replTemplates();
    if (!isDocker) expect(origins).not.toEqual([]);
    const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
      for (const { pid } of origins) process.kill(pid, name);
    };
    signal('SIGSTOP');
    try {
      const early = turn(session, 'early', 'before');
      early.run.catch(() => {});
      await early.event('run.started');
      early.run.abort();
      await expect(early.run).rejects.toMatchObject({ code: 'aborted' });
      expect(early.events.map(({ type }) => type)).not.toContain('environment.started');
    } finally {
      signal('SIGCONT');
    }
  }

  /** Leaves the worker, which serves others. */
  async function closeInABlock(session: RLMSession): Promise<void> {
    const [worker] = workers();
    if (worker === undefined) throw new Error('no worker runs');
    const kernel = repls();
    expect(isDocker ? await containersOf(session.id) : kernel).not.toEqual([]);
    const busy = turn(session, undefined, BUSY.name);
    busy.run.catch(() => {});
    await BUSY.reached(busy);
    await session.close();
    await expect(busy.run).rejects.toMatchObject({ code: 'aborted', cause: { code: 'session_closed' } });
    expect(alive(kernel)).toEqual([]);
    expect(alive([worker])).toHaveLength(1);
    await endWorkers();
    await gone([worker]);
    if (isDocker) expect(await containersOf(session.id)).toEqual([]);
  }

  async function expectNothingLeft(session: RLMSession): Promise<void> {
    await session.close();
    if (isDocker) expect(await containersOf(session.id)).toEqual([]);
    expect(repls()).toEqual([]);
  }

  describe('abort of a turn', () => {
    test('of one session, before its REPL, at any moment and twenty times more: the next has its variables and hears nothing of it; a close is one, too', async () => {
      const { fake, session } = await begun(kept, abortBeforeREPL);
      for (const [n, moment] of kept.entries()) {
        await abortAt(moment, session, fake);
        await expectKept(moment, session, fake, n + 1);
      }
      for (let round = 0; round < 20; round++) {
        const one = turn(session, undefined, 'count');
        one.run.catch(() => {});
        await one.event('codeBlock.started');
        for (let pause = 0; pause < round; pause++) await new Promise((resolve) => setImmediate(resolve));
        one.run.abort();
        await expect(one.run).rejects.toMatchObject({ code: 'aborted' });
      }
      // A block that was stopped before it began did not count.
      const { answer } = await session.run(undefined, 'how many');
      expect(Number(answer)).toBeLessThanOrEqual(20);
      await closeInABlock(session);
    });

    test.each(lost)('in $name: the session is lost, and says so', async (moment) => {
      comesOnce('what is lost says otherwise what to do where a store has it');
      const { fake, session } = await begun([moment]);
      await abortAt(moment, session, fake);
      const asked = fake.served.length;
      for (let time = 0; time < 2; time++) {
        await expect(session.run(undefined, 'after')).rejects.toMatchObject({
          code: 'session_lost',
          message: expect.stringMatching(/did not stop when interrupted.*Open a new session/),
        });
      }
      expect(fake.served).toHaveLength(asked);
      await expectNothingLeft(session);
    });
  });

  describe('the end of what a session stands on', () => {
    const plain = byQuery({
      before: [submit('"ready"')],
      after: [REPORT],
      busy: [block({ name: 'busy', code: running('while True: pass') })],
    });

    async function opened() {
      comesOnce('what is lost says otherwise what to do where a store has it');
      const fake = await provider(plain);
      const session = await open(fake, { environment });
      await session.run('the context', 'before');
      const [worker] = workers();
      if (worker === undefined) throw new Error('no worker runs');
      const kernel = repls();
      expect(isDocker ? await containersOf(session.id) : kernel).not.toEqual([]);
      return { fake, session, worker, kernel };
    }

    async function killKernel(session: RLMSession, kernel: ReturnType<typeof descendants>): Promise<void> {
      if (isDocker) expect(await killContainers(await containersOf(session.id))).toBe(true);
      else for (const { pid } of alive(kernel)) end(pid);
    }

    const expectLost = async (session: RLMSession) =>
      await expect(session.run(undefined, 'after')).rejects.toMatchObject({
        code: 'session_lost',
        message: expect.stringContaining('Open a new session'),
      });

    test('the worker is killed in a turn', async () => {
      const { session, worker, kernel } = await opened();
      // As where the session goes on already, which its own worker's end is to leave alone.
      const elsewhere = isDocker ? [await containerOfNoWorker(session.id)] : [];
      const busy = turn(session, undefined, 'busy');
      await busy.event('codeBlock.output');
      process.kill(worker.pid, 'SIGKILL');
      expect(await busy.run).toMatchObject({ success: false, stopReason: 'worker_exit', usage: { calls: 1 } });
      await expectLost(session);
      await gone([worker, ...kernel]);
      await session.close();
      if (isDocker) expect(await containersOf(session.id)).toEqual(elsewhere);
    });

    test('the kernel is killed in a turn', async () => {
      const { session, kernel } = await opened();
      const busy = turn(session, undefined, 'busy');
      await busy.event('codeBlock.output');
      await killKernel(session, kernel);
      expect(await busy.run).toMatchObject({ success: false, error: { code: 'environment_died' } });
      await expectLost(session);
      await expectNothingLeft(session);
    });

    // A REPL that is idle ends no later than one in a turn, and what a session then says is the same wherever it was.
    if (!isDocker) {
      test('the worker is killed between turns', async () => {
        const { session, worker, kernel } = await opened();
        process.kill(worker.pid, 'SIGKILL');
        await expectLost(session);
        await expectLost(session);
        await gone([worker, ...kernel]);
        await session.close();
      });

      test('the kernel is killed between turns', async () => {
        const { session, kernel } = await opened();
        await killKernel(session, kernel);
        await expectLost(session);
        await gone(kernel);
        await expectNothingLeft(session);
      });
    }
  });
});
