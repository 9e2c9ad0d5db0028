import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BillLine, billTotal, type FakeProvider } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { fileStore, RLMError, type RLMEvent, type RLMOptions, type RLMResult, runRLM } from '../../src/index.ts';
import { readJournal } from '../../src/journal/journal-reader.ts';
import { slowTools } from '../fixtures/slow-tools.ts';
import { picoUsd } from './support/bill.ts';
import { containersOf } from './support/containers.ts';
import { environment } from './support/environment.ts';
import { replayed } from './support/journals.ts';
import { KILL_SCENARIOS, type KillScenario } from './support/kill-scenarios.ts';
import { alive, descendants, type Process } from './support/processes.ts';
import { optionsFor, provider } from './support/run.ts';
import { seeded } from './support/seeded.ts';
import { kill, VICTIMS, type Victim } from './support/victims.ts';

const PROGRAM = join(import.meta.dirname, '../fixtures/runs-in-a-store.mts');

/** What has no REPL is the same in both environments. */
const SCENARIOS = KILL_SCENARIOS.filter(({ hasREPL }) => environment === 'local' || hasREPL !== false);

/** Of all scenarios, in both environments: a third of them where each life starts containers. One that comes too late is none. */
const KILLS = Number(process.env.RLM_TEST_KILLS ?? 15);
const SHARE = Math.ceil((KILLS / KILL_SCENARIOS.length) * (environment === 'docker' ? 1 / 3 : 2 / 3));

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
  readonly #scenario: KillScenario;
  readonly #fake: FakeProvider;
  readonly #choice: (below: number) => number;
  readonly #victims: readonly (Victim | 'Node')[];
  #lives: number;
  #folder = '';
  /** Everything that was started below this process, ended or not. */
  readonly started: Process[] = [];

  constructor(scenario: KillScenario, fake: FakeProvider, choice: (below: number) => number) {
    this.#scenario = scenario;
    this.#fake = fake;
    this.#choice = choice;
    this.#victims = scenario.hasREPL === false ? ['Node', 'worker'] : ['Node', ...VICTIMS[environment]];
    this.#lives = KILL_SCENARIOS.indexOf(scenario) * SHARE;
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
    const victim = this.#victims[this.#lives++ % this.#victims.length] ?? 'Node';
    const done = this.#fake.served.length;
    const wanted = this.#choice(Math.max(1, calls - done));
    const moment = { wanted: done + wanted, waitMs: this.#choice(WAITS_MS[wanted > 0 ? 'request' : 'none']) };
    if (victim === 'Node') return await this.#liveApart(moment);
    const life = this.live();
    life.catch(() => {});
    await this.#until(moment, life);
    this.started.push(...descendants());
    await kill(victim, this.#runId, environment, this.#choice);
    return await life.catch(unlessKilledEarly);
  }

  async #liveApart(moment: Moment): Promise<RLMResult | undefined> {
    const { context, hasTools } = this.#scenario;
    const args = [PROGRAM, this.#folder, this.#runId, JSON.stringify(this.#options), context, String(hasTools)];
    const life = execa(process.execPath, ['--conditions=source', ...args], { reject: false });
    await this.#until(moment, life);
    this.started.push(...descendants());
    life.kill('SIGKILL');
    const { stdout } = await life;
    return stdout === '' ? undefined : JSON.parse(stdout);
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

  async #until({ wanted, waitMs }: Moment, life: PromiseLike<unknown>): Promise<void> {
    const over = new AbortController();
    const ended = Promise.resolve(life).then(
      () => over.abort(),
      () => over.abort(),
    );
    const asked = this.#fake.until(({ served }) => served.length >= wanted, over.signal).catch(() => {});
    await Promise.race([asked, ended]);
    await Promise.race([sleep(waitMs), ended]);
    over.abort();
  }

  /** What docker has of it, but for the container that an idle worker keeps ready. */
  async containers(): Promise<string[]> {
    return environment === 'docker' ? await containersOf(this.#runId) : [];
  }

  get #options(): RLMOptions {
    return optionsFor(this.#fake, { environment, ...this.#scenario.options });
  }
}

describe.each(SCENARIOS)('a run that is killed anytime: $name', (scenario) => {
  test('comes to the same end, asks nothing again whose reply it had, and its bill is the provider’s', async () => {
    const fake = await provider(scenario.script);
    const run = new Killed(scenario, fake, seeded(KILL_SCENARIOS.indexOf(scenario)));
    await run.begin();
    const undisturbed = await run.live();
    expect(undisturbed).toMatchObject({ success: true, costUsd: expect.any(Number) });
    const [bill, replied] = [billTotal(fake.bill), await run.replied()];
    for (let kills = 0; kills < SHARE; ) {
      await run.begin();
      let result: RLMResult | undefined;
      while (result?.success !== true) {
        const isLast = kills >= SHARE;
        result = isLast ? await run.live() : await run.liveAndBeKilled(bill.calls);
        if (isLast) expect(result).toMatchObject({ success: true });
        if (result?.success !== true) kills += 1;
      }
      expect(told(result)).toEqual(told(undisturbed));
      expect(await run.replied()).toEqual(replied);
      expectBill(result, fake, bill);
      expect(await run.divergences()).toEqual([]);
    }
    await expect.poll(() => run.containers(), { timeout: 60_000 }).toEqual([]);
    await expect.poll(() => orphans(run.started), { timeout: 60_000 }).toEqual([]);
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
