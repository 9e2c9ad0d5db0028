import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { billTotal, type FakeProvider, type Reply, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { fileStore, RLMError, type RLMSessionOptions } from '../../src/index.ts';
import { type Driven, drive } from '../fixtures/session-driver.ts';
import { picoUsd } from './support/bill.ts';
import { containersOf } from './support/containers.ts';
import { inEachEnvironment, type TestEnvironment } from './support/environment.ts';
import { replayed } from './support/journals.ts';
import { PACKAGES } from './support/packages.ts';
import { alive, descendants, type Process } from './support/processes.ts';
import { optionsFor, provider } from './support/run.ts';
import { seeded } from './support/seeded.ts';
import { byQuery } from './support/session.ts';
import { kill, VICTIMS, type Victim } from './support/victims.ts';

const PROGRAM = join(import.meta.dirname, '../fixtures/session-in-a-store.mts');

/** In both environments: a container is a victim more. */
const KILLS = Number(process.env.RLM_TEST_KILLS ?? 7);

const KILLED: readonly string[] = [
  'worker_start_failed',
  'environment_start_failed',
  'environment_died',
  'session_lost',
];

/** Every reply takes a while, so that kills come upon calls in flight. */
const SCRIPT: Script = slowly(
  byQuery(
    {
      'batches and tools': [
        repl('kept = [double(text="ab")]\nprint(kept)'),
        repl('import random\nkept += llm_query_batched([f"{n} {random.random()}" for n in range(4)])\nprint(kept)'),
        submit('len(kept)'),
      ],
      children: [repl('kept += rlm_query_batched(["a", "bb"])\nprint(kept)'), submit('kept[-1]')],
      compaction: [
        repl('print(context_1[:14000])'),
        repl('last = context_1.split()[-1]\nprint(context_1[-12000:])'),
        repl('print(len(history), last)'),
        submit('last'),
      ],
      'look back': [submit('str([kept, last, len(history), len(history_0), len(history_1), len(history_2)])')],
    },
    {
      childTurns: [repl('said = llm_query(context + "x")\nprint(said)'), submit('context + said')],
      prompt: ({ text }) => `heard ${text}`,
      summary: 'The last word is in the variable `last`; print it and submit it.',
    },
  ),
);

/** Where sessions are killed, and what of them: in turn, whichever session it is. */
interface Killing {
  readonly environment: TestEnvironment;
  readonly maxDepth: number;
  readonly nextVictim: () => Victim | 'Node';
}

/** A session that is killed again and again, in one store. */
class KilledSession {
  readonly #killing: Killing;
  readonly #fake: FakeProvider;
  readonly #choice: (below: number) => number;
  readonly #sessionId: string;
  readonly #folder: string;
  readonly started: Process[] = [];

  constructor(
    killing: Killing,
    fake: FakeProvider,
    choice: (below: number) => number,
    sessionId: string,
    folder: string,
  ) {
    this.#killing = killing;
    this.#fake = fake;
    this.#choice = choice;
    this.#sessionId = sessionId;
    this.#folder = folder;
  }

  async live(): Promise<Driven | undefined> {
    return await drive({ ...this.#options, store: this.#store });
  }

  /** What it came to, where it did before it was killed. */
  async liveAndBeKilled(calls: number): Promise<Driven | undefined> {
    const victim = this.#killing.nextVictim();
    const wanted = this.#fake.served.length + this.#choice(Math.max(1, calls - this.#fake.served.length));
    if (victim === 'Node') return await this.#liveApart(wanted);
    const life = this.live().catch(unlessKilled);
    await this.#until(wanted, life);
    this.started.push(...descendants());
    await kill(victim, this.#sessionId, this.#killing.environment, this.#choice);
    return await life;
  }

  async events() {
    return await replayed(this.#store, this.#sessionId);
  }

  async #liveApart(wanted: number): Promise<Driven | undefined> {
    const args = [PROGRAM, this.#folder, JSON.stringify(this.#options)];
    const life = execa(process.execPath, [...PACKAGES, ...args], { reject: false });
    await this.#until(wanted, life);
    this.started.push(...descendants());
    life.kill('SIGKILL');
    const { stdout } = await life;
    return stdout === '' || stdout === 'undefined' ? undefined : JSON.parse(stdout);
  }

  async #until(wanted: number, life: PromiseLike<unknown>): Promise<void> {
    const over = new AbortController();
    const ended = Promise.resolve(life).then(
      () => over.abort(),
      () => over.abort(),
    );
    const asked = this.#fake.until(({ served }) => served.length >= wanted, over.signal).catch(() => {});
    await Promise.race([asked, ended]);
    await Promise.race([sleep(this.#choice(40)), ended]);
    over.abort();
  }

  get #store() {
    return fileStore(this.#folder);
  }

  get #options(): RLMSessionOptions {
    const { environment, maxDepth } = this.#killing;
    const { runId: _, ...options } = optionsFor(this.#fake, { environment, rootModel: 'gpt-4' });
    return { ...options, compaction: true, maxDepth, sessionId: this.#sessionId } as RLMSessionOptions;
  }
}

inEachEnvironment((environment) => {
  const isDocker = environment === 'docker';
  const share = isDocker ? Math.ceil(KILLS / 2) : Math.floor(KILLS / 2);
  /** What the last child says. */
  const said = isDocker ? 'heard bb' : 'bbheard bbx';
  const victims = [...VICTIMS[environment], 'Node'] as const;
  let lives = 0;
  const killing: Killing = {
    environment,
    // In containers it has no children of its own, which are model calls then: those of a run have containers that are killed.
    maxDepth: isDocker ? 1 : 2,
    nextVictim: () => victims[lives++ % victims.length] ?? 'Node',
  };

  test('a session that is killed anytime comes to the same answers, variables and histories, and pays nothing twice', async () => {
    const fake = await provider(SCRIPT);
    const choice = seeded(7);
    const sessionId = crypto.randomUUID();
    const session = async () =>
      new KilledSession(killing, fake, choice, sessionId, await mkdtemp(join(tmpdir(), 'rlm-test-')));
    const undisturbed = await (await session()).live();
    expect(undisturbed?.turns.map(({ answer }) => answer)).toEqual([
      '5',
      said,
      'mile',
      expect.stringMatching(new RegExp(`^\\[\\['abab', 'heard 0 .*'${said}'\\], 'mile'(?:, \\d+){4}\\]$`)),
    ]);
    const bill = billTotal(fake.bill);
    const started: Process[] = [];
    for (let kills = 0; kills < share; ) {
      fake.forget();
      const killed = await session();
      let last: Driven | undefined;
      while (last === undefined) {
        const isLast = kills >= share;
        last = isLast ? await killed.live() : await killed.liveAndBeKilled(bill.calls);
        if (isLast) expect(last).toBeDefined();
        if (last === undefined) kills += 1;
      }
      const told = (turns: Driven['turns']) => turns.map(({ answer, iterations }) => [answer, iterations]);
      // The turns that the last process asked; those before it are known by the variables and the histories.
      expect(told(last.turns)).toEqual(
        told(undisturbed?.turns ?? []).slice(-last.turns.length || undisturbed?.turns.length),
      );
      const { usage, turns, costUsd } = last.totals;
      expect(turns).toBe(4);
      expect(usage.calls - usage.abandonedCalls).toBe(bill.calls);
      expect([usage.inputTokens, usage.outputTokens]).toEqual([bill.inputTokens, bill.outputTokens]);
      expect(fake.served.length).toBeLessThanOrEqual(bill.calls + usage.abandonedCalls);
      if (usage.abandonedCalls > 0) expect(costUsd).toBeNull();
      else expect(picoUsd(costUsd)).toBe(billTotal(fake.bill).costPicoUsd);
      const events = await killed.events();
      expect(events.filter(({ type }) => type === 'replay.diverged')).toEqual([]);
      const looked = events.filter((event) => event.type === 'run.completed').at(-1);
      expect(looked).toMatchObject({ answer: undisturbed?.turns.at(-1)?.answer });
      started.push(...killed.started);
    }
    if (isDocker) expect(await containersOf(sessionId)).toEqual([]);
    const below = () => new Set(descendants().map(({ pid }) => pid));
    await expect.poll(() => alive(started).filter(({ pid }) => !below().has(pid)), { timeout: 60_000 }).toEqual([]);
  });
});

function unlessKilled(error: unknown): undefined {
  if (RLMError.isInstance(error) && KILLED.includes(error.code)) return;
  throw error;
}

function slowly(script: Script): Script {
  return async (request) => {
    const reply: Reply = await script(request);
    return typeof reply === 'string' ? { text: reply, delayMs: 20 } : reply;
  };
}
