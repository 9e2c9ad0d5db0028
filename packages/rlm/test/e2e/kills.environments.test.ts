import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BillLine, billTotal, FakeProvider } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileStore, RLMError, type RLMEvent, type RLMOptions, type RLMResult, runRLM } from '../../src/index.ts';
import { readJournal } from '../../src/journal/journal-reader.ts';
import { slowTools } from '../fixtures/slow-tools.ts';
import { picoUsd } from './support/bill.ts';
import { containersOf } from './support/containers.ts';
import { inEachEnvironment, type TestEnvironment } from './support/environment.ts';
import { replayed } from './support/journals.ts';
import { type KillScenario, killScenarios } from './support/kill-scenarios.ts';
import { PACKAGES } from './support/packages.ts';
import { alive, descendants, type Process } from './support/processes.ts';
import { optionsFor } from './support/run.ts';
import { seeded } from './support/seeded.ts';
import { kill, VICTIMS, type Victim } from './support/victims.ts';

const PROGRAM = join(import.meta.dirname, '../fixtures/runs-in-a-store.mts');

/** So often what a run stands on is killed. A kill that comes too late is none. */
const KILLS = Number(process.env.RLM_TEST_KILLS ?? 1);

/** Longest that a kill waits after the request that it was decided for, and where it is decided for none, in milliseconds. */
const WAITS_MS = { request: 40, none: 300 };

const KILLED_EARLY: readonly string[] = ['worker_start_failed', 'environment_start_failed', 'environment_died'];

/** When a life is killed: a while after so many requests. */
interface Moment {
  wanted: number;
  waitMs: number;
}

/** A run that is killed again and again. Its id decides what `random` gives, so that it is the same in every store. */
class Killed {
  readonly #runId = crypto.randomUUID();
  readonly #environment: TestEnvironment;
  readonly #scenario: KillScenario;
  readonly #fake: FakeProvider;
  readonly #choice: (below: number) => number;
  readonly #victims: readonly Victim[];
  #lives: number;
  #folder = '';
  /** Everything that was started below this process, ended or not. */
  readonly started: Process[] = [];

  /** `place`: among the scenarios of this environment. */
  constructor(environment: TestEnvironment, scenario: KillScenario, place: number, fake: FakeProvider) {
    this.#environment = environment;
    this.#scenario = scenario;
    this.#fake = fake;
    this.#choice = seeded(place);
    this.#victims = scenario.hasREPL === false ? ['worker'] : VICTIMS[environment];
    this.#lives = place * KILLS;
  }

  /** Begins it anew. */
  async begin(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
    this.#fake.forget();
  }

  /** One life, undisturbed. */
  async live(): Promise<RLMResult> {
    const tools = this.#scenario.hasTools ? slowTools : {};
    const options = { ...this.#options, tools, store: fileStore(this.#folder), runId: this.#runId };
    return await runRLM(this.#scenario.context, 'What is it?', options as RLMOptions);
  }

  /** One life that is killed at some moment, the victims in turn: its result, where it came to one. `calls`: of the whole run. */
  async liveAndBeKilled(calls: number): Promise<RLMResult | undefined> {
    const victim = this.#victims[this.#lives++ % this.#victims.length] ?? 'worker';
    const done = this.#fake.served.length;
    const wanted = this.#choice(Math.max(1, calls - done));
    const life = this.live();
    life.catch(() => {});
    const waitMs = this.#choice(WAITS_MS[wanted > 0 ? 'request' : 'none']);
    await reached([this.#fake], { wanted: done + wanted, waitMs }, life);
    this.started.push(...descendants());
    await kill(victim, this.#runId, this.#environment, this.#choice);
    return await life.catch(unlessKilledEarly);
  }

  /** What another process is to know of it. */
  get told(): object {
    const { context, hasTools = false } = this.#scenario;
    return { folder: this.#folder, runId: this.#runId, options: this.#options, context, hasTools };
  }

  /** Its calls whose reply is known, each by the hash of what was asked, in no order. */
  async replied(): Promise<string[]> {
    const keys = new Map<string, string>();
    const replied: string[] = [];
    for await (const record of readJournal(fileStore(this.#folder), this.#runId)) {
      if (record.record !== 'effect') continue;
      const { effect } = record;
      if (effect.kind === 'call.intent') keys.set(effect.event.call, `${effect.event.depth} ${effect.key}`);
      if (effect.kind !== 'call.reply' || effect.event.outcome === 'abandoned') continue;
      replied.push(keys.get(effect.event.call) ?? 'of no call');
    }
    return replied.sort();
  }

  async divergences(): Promise<RLMEvent[]> {
    const events = await replayed(fileStore(this.#folder), this.#runId);
    return events.filter(({ type }) => type === 'replay.diverged');
  }

  /** What docker has of it, but for the container that an idle worker keeps ready. */
  async containers(): Promise<string[]> {
    return this.#environment === 'docker' ? await containersOf(this.#runId) : [];
  }

  get #options(): RLMOptions {
    return optionsFor(this.#fake, { environment: this.#environment, ...this.#scenario.options });
  }
}

/** Resolves at a moment of what is under way with these providers, or at its end. */
async function reached(fakes: readonly FakeProvider[], moment: Moment, underWay: PromiseLike<unknown>): Promise<void> {
  const over = new AbortController();
  const end = () => over.abort();
  const ended = Promise.resolve(underWay).then(end, end);
  const served = () => fakes.reduce((sum, fake) => sum + fake.served.length, 0);
  const asked = fakes.map((fake) => fake.until(() => served() >= moment.wanted, over.signal).catch(() => {}));
  await Promise.race([...asked, ended]);
  await Promise.race([sleep(moment.waitMs), ended]);
  over.abort();
}

/** A run that nobody disturbed, and the same, begun anew. */
interface Begun {
  readonly scenario: KillScenario;
  readonly fake: FakeProvider;
  readonly run: Killed;
  readonly undisturbed: RLMResult;
  readonly bill: BillLine;
  readonly replied: string[];
}

async function begin(environment: TestEnvironment, scenario: KillScenario, place: number): Promise<Begun> {
  const fake = await FakeProvider.start(scenario.script);
  const run = new Killed(environment, scenario, place, fake);
  await run.begin();
  const undisturbed = await run.live();
  expect(undisturbed).toMatchObject({ success: true, costUsd: expect.any(Number) });
  const [bill, replied] = [billTotal(fake.bill), await run.replied()];
  await run.begin();
  return { scenario, fake, run, undisturbed, bill, replied };
}

/** A life of them all in one Node process, which is killed. Gives what was started below it. */
async function killTogether(begun: readonly Begun[], choice: (below: number) => number): Promise<Process[]> {
  const runs = begun.map(({ run }) => run.told);
  const life = execa(process.execPath, [...PACKAGES, PROGRAM, JSON.stringify(runs)], {
    reject: false,
  });
  const fakes = begun.map(({ fake }) => fake);
  const done = fakes.reduce((sum, { served }) => sum + served.length, 0);
  const wanted = choice(Math.max(1, begun.reduce((sum, { bill }) => sum + bill.calls, 0) - done));
  const waitMs = choice(WAITS_MS[wanted > 0 ? 'request' : 'none']);
  await reached(fakes, { wanted: done + wanted, waitMs }, life);
  const started = descendants();
  life.kill('SIGKILL');
  await life;
  return started;
}

inEachEnvironment((environment) => {
  const scenarios = killScenarios(environment);

  /** Before, all of them live in a Node that is killed: where each life starts containers, a session does. */
  const nodeKills = environment === 'docker' ? 0 : KILLS;

  describe(`a run that is killed anytime${nodeKills > 0 ? ', with Node first' : ''}`, () => {
    const begun = new Map<KillScenario, Begun>();
    const started: Process[] = [];

    beforeAll(async () => {
      for (const one of await Promise.all(scenarios.map((scenario, place) => begin(environment, scenario, place))))
        begun.set(one.scenario, one);
      const choice = seeded(scenarios.length);
      const together = [...begun.values()];
      for (let kills = 0; kills < nodeKills; kills += 1) started.push(...(await killTogether(together, choice)));
    });
    afterAll(async () => {
      await Promise.all([...begun.values()].map(({ fake }) => fake.stop()));
    });

    test.each(scenarios)(
      '$name: comes to the same end, asks nothing again whose reply it had, and its bill is the provider’s',
      async (scenario) => {
        const { fake, run, undisturbed, bill, replied } = begun.get(scenario) ?? expect.unreachable();
        for (let kills = 0; kills < KILLS; ) {
          let result: RLMResult | undefined;
          while (result?.success !== true) {
            const isLast = kills >= KILLS;
            result = isLast ? await run.live() : await run.liveAndBeKilled(bill.calls);
            if (isLast) expect(result).toMatchObject({ success: true });
            if (result?.success !== true) kills += 1;
          }
          expect(told(result)).toEqual(told(undisturbed));
          expect(await run.replied()).toEqual(replied);
          expectBill(result, fake, bill);
          expect(await run.divergences()).toEqual([]);
          if (kills < KILLS) await run.begin();
        }
        await expect.poll(() => run.containers(), { timeout: 60_000 }).toEqual([]);
        await expect.poll(() => orphans([...started, ...run.started]), { timeout: 60_000 }).toEqual([]);
      },
    );
  });
});

/** A life that was killed before its worker or its REPL was there is told as one that never ran. */
function unlessKilledEarly(error: unknown): undefined {
  if (RLMError.isInstance(error) && KILLED_EARLY.includes(error.code)) return;
  throw error;
}

/** Of these processes, those that run on and are not below this one any more: an idle worker of the pool is. */
function orphans(started: readonly Process[]): Process[] {
  const below = new Set(descendants().map(({ pid }) => pid));
  return alive(started).filter(({ pid }) => !below.has(pid));
}

/** What is the same however often the run was killed. */
function told({ answer, iterations, trajectory }: RLMResult) {
  const code = trajectory.map(({ codeBlocks }) => codeBlocks.map((block) => [block.code, block.stdout, block.status]));
  return { answer, iterations, code };
}

/** `undisturbed`: what the provider billed the run that nobody killed. */
function expectBill({ usage, costUsd }: RLMResult, fake: FakeProvider, undisturbed: BillLine): void {
  const asked = billTotal(fake.bill);
  expect(usage.calls - usage.abandonedCalls).toBe(undisturbed.calls);
  expect(usage.inputTokens).toBe(undisturbed.inputTokens);
  expect(usage.outputTokens).toBe(undisturbed.outputTokens);
  expect(fake.served.length).toBeLessThanOrEqual(undisturbed.calls + usage.abandonedCalls);
  if (usage.abandonedCalls > 0) expect(costUsd).toBeNull();
  else expect(picoUsd(costUsd)).toBe(asked.costPicoUsd);
}
