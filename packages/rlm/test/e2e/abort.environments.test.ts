import { setTimeout as sleep } from 'node:timers/promises';
import { conversation, type FakeProvider, HANG, repl, type Script } from '@rlm-bridge/fake-provider';
import { describe, expect, test } from 'vitest';
import { RLMAbortError, type RLMOptions } from '../../src/index.ts';
import { containersGone, containersOf } from './support/containers.ts';
import { throughProxy } from './support/docker-daemon.ts';
import { endWorkers } from './support/end-workers.ts';
import { inEachEnvironment } from './support/environment.ts';
import { gone, type Process, repls, workers } from './support/processes.ts';
import { type Observed, provider, start } from './support/run.ts';
import { end } from './support/victims.ts';

interface Moment {
  readonly name: string;
  readonly script: Script;
  readonly options?: RLMOptions;
  /** Resolves when the run is in the middle of it. */
  readonly reached: (observed: Observed, fake: FakeProvider) => Promise<unknown>;
  /** What was learned and spent. */
  readonly survives?: object;
}

/** Its code waits as it does for a child, which a container shows. */
const BATCH: Moment = {
  name: 'a batch of sub-calls',
  script: conversation({ turns: [repl('llm_query_batched(["a"] * 8)')], prompt: HANG }),
  reached: (_, fake) => fake.until(({ openRequests }) => openRequests === 8),
};

/** Where a run can be when it is stopped. */
const MOMENTS: readonly Moment[] = [
  {
    name: 'a root call, with half an answer',
    script: conversation({
      turns: [repl('answer["content"] = "half of it"\nprint(llm_query("one"))'), HANG],
      prompt: 'the first half',
    }),
    reached: (_, fake) => fake.until(({ served }) => served.length === 3),
    survives: {
      success: false,
      partialAnswer: 'half of it',
      iterations: 1,
      subCalls: 1,
      usage: { calls: 3, abandonedCalls: 1 },
    },
  },
  {
    name: 'a code block that swallows every exception and ignores every signal, with children of its own',
    script: conversation({
      turns: [
        repl(
          'import signal, subprocess, time\nfor n in (1, 2, 15):\n    signal.signal(n, signal.SIG_IGN)\nsubprocess.Popen(["sleep", "1000"], start_new_session=True)\nsubprocess.Popen(["sleep", "1000"])\nprint("started", flush=True)\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass',
        ),
      ],
    }),
    reached: ({ event }) => event('codeBlock.output'),
  },
  {
    name: 'a child RLM',
    script: conversation({ turns: [repl('rlm_query("go deeper")')], childTurns: [HANG] }),
    options: { maxDepth: 2 },
    reached: (_, fake) => fake.until(({ served }) => served.some(({ request }) => request.isChild)),
  },
];

inEachEnvironment((environment) => {
  const isDocker = environment === 'docker';

  async function expectNothingLeft(runId: string, fake: FakeProvider, processes: readonly Process[]): Promise<void> {
    await fake.until(({ openRequests }) => openRequests === 0);
    await gone(processes);
    if (isDocker) await containersGone(runId);
  }

  /** What belongs to the run and not to the warm worker: a container is no process below it. */
  function processesOfRun(): Process[] {
    const processes = repls();
    if (isDocker) expect(processes).toEqual([]);
    else expect(processes).not.toEqual([]);
    return processes;
  }

  describe('abort', () => {
    test.each(isDocker ? MOMENTS : [BATCH, ...MOMENTS])(
      'twice in a row, during $name',
      async ({ script, options, reached, survives = {} }) => {
        const fake = await provider(script);
        const observed = start(fake, { environment, ...options });
        observed.run.catch(() => {});
        await reached(observed, fake);
        if (isDocker) expect(await containersOf(observed.run.id)).not.toEqual([]);
        const processes = processesOfRun();
        const asked = fake.served.length;
        const reason = new Error('changed my mind');
        observed.run.abort(reason);
        observed.run.abort('second');
        const error = await observed.run.then(
          () => null,
          (thrown: unknown) => thrown,
        );
        expect(error).toBeInstanceOf(RLMAbortError);
        expect(error).toMatchObject({ name: 'AbortError', code: 'aborted', cause: reason, result: survives });
        expect(observed.events.at(-1)).toMatchObject({ type: 'run.failed', code: 'aborted', stopReason: null });
        observed.run.abort('third');
        await expectNothingLeft(observed.run.id, fake, processes);
        expect(fake.served).toHaveLength(asked);
      },
    );

    test('the next run is served', async () => {
      const next = await provider(
        conversation({ turns: [repl('answer["content"] = "next"\nanswer["ready"] = True')] }),
      );
      expect(await start(next, { environment }).run).toMatchObject({ success: true, answer: 'next' });
    });

    test('while the worker is starting', async () => {
      await endWorkers();
      const fake = await provider(() => 'unused');
      const { run } = start(fake, { environment });
      run.catch(() => {});
      while (workers().length === 0) await sleep(1);
      const processes = [...workers(), ...repls()];
      run.abort();
      await expect(run).rejects.toMatchObject({ code: 'aborted' });
      await endWorkers(); // it may be kept for another run
      await expectNothingLeft(run.id, fake, processes);
      expect(fake.served).toEqual([]);
    });

    test('before anything', async () => {
      const fake = await provider(() => 'unused');
      const signal = AbortSignal.abort('too late');
      await expect(start(fake, { environment, signal }).run).rejects.toMatchObject({
        code: 'aborted',
        cause: 'too late',
      });
      expect(fake.served).toEqual([]);
    });
  });

  describe('kill -9', () => {
    /** A run in a busy code block, with a sub-call paid for. */
    async function busy() {
      const fake = await provider(
        conversation({
          turns: [repl('answer["content"] = "a draft"\nprint(llm_query("one"))'), repl('while True: pass')],
          prompt: 'one',
        }),
      );
      const observed = start(fake, { environment });
      while (observed.events.filter(({ type }) => type === 'codeBlock.started').length < 2) await observed.next();
      const [worker] = workers();
      if (worker === undefined) throw new Error('no worker runs');
      return { fake, ...observed, worker, processes: repls() };
    }

    // That a worker and a container are killed, and leave nothing, is shown with sessions and at random moments.
    if (isDocker) {
      test('of the docker command that holds the pipe to a daemon on another machine', async () => {
        await throughProxy('an address');
        const { fake, run, processes } = await busy();
        const commands = processes.filter(({ command }) => command.startsWith('docker run'));
        expect(commands).toHaveLength(1);
        for (const { pid } of commands) process.kill(pid, 'SIGKILL');
        expect(await run).toMatchObject({ success: false, stopReason: 'environment_error', usage: { calls: 3 } });
        await expectNothingLeft(run.id, fake, processes);
      });
    } else {
      test('of the worker: worker_exit, with what was spent', async () => {
        const { fake, run, worker, processes } = await busy();
        process.kill(worker.pid, 'SIGKILL');
        const result = await run;
        expect(result).toMatchObject({
          success: false,
          stopReason: 'worker_exit',
          error: { code: 'worker_exit', message: expect.stringContaining('SIGKILL') },
          partialAnswer: 'a draft',
          subCalls: 1,
          usage: { calls: 3 },
        });
        await expectNothingLeft(run.id, fake, [worker, ...processes]);
      });

      test('of the kernel', async () => {
        const { fake, run, processes } = await busy();
        // The first takes the others with it, sometimes before they are killed.
        for (const { pid } of processes) end(pid);
        const result = await run;
        expect(result).toMatchObject({
          success: false,
          stopReason: 'environment_error',
          error: { code: 'environment_died' },
          partialAnswer: 'a draft',
          subCalls: 1,
          usage: { calls: 3 },
        });
        await expectNothingLeft(run.id, fake, processes);
      });
    }
  });
});
