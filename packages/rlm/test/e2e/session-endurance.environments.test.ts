import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { HANG, repl, submit } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { containersOf } from './support/containers.ts';
import { inEachEnvironment } from './support/environment.ts';
import { repls, workers } from './support/processes.ts';
import { provider } from './support/run.ts';
import { byQuery, open, turn } from './support/session.ts';

/** What each turn, or each abort, left behind would be more than {@link MOST_POOLED} of, where threads have some room. */
const TURNS = 39;
const SETTLED = 14;
const EVERY = 3;
/** asyncio's own pool of threads starts one whenever none is idle, up to this. */
const MOST_POOLED = Math.min(32, availableParallelism() + 4);
const LOOKS = 20;
const LOOK_AGAIN_MS = 100;

interface Held {
  descriptors: number;
  threads: number;
  processes: number;
  containers: number;
  ownDescriptors: number;
}

/** The least of several looks: timers and pools of the turn just over end a moment later. */
async function quiet(look: () => Promise<Held>): Promise<Held> {
  const least = await look();
  for (let time = 0; time < LOOKS; time++) {
    await sleep(LOOK_AGAIN_MS);
    const now = await look();
    for (const name of Object.keys(now) as (keyof Held)[]) least[name] = Math.min(least[name], now[name]);
  }
  return least;
}

inEachEnvironment((environment) => {
  test(`${TURNS} turns, every third of them aborted, and nothing grows`, async () => {
    const fake = await provider(
      byQuery(
        {
          work: [
            repl('count = globals().get("count", 0) + 1\nsaid = llm_query_batched(["a", "b", "c", "d"])\nprint(said)'),
            submit('str(count)'),
          ],
          stop: [repl('llm_query_batched(["hang"] * 4)')],
        },
        { prompt: ({ text }) => (text === 'hang' ? HANG : text) },
      ),
    );
    const session = await open(fake, { environment });

    async function held(): Promise<Held> {
      const [worker] = workers();
      if (worker === undefined) throw new Error('no worker runs');
      return {
        descriptors: readdirSync(`/proc/${worker.pid}/fd`).length,
        threads: readdirSync(`/proc/${worker.pid}/task`).length,
        processes: repls().length,
        containers: environment === 'docker' ? (await containersOf(session.id)).length : 0,
        ownDescriptors: readdirSync('/proc/self/fd').length,
      };
    }

    let settled: Held | undefined;
    for (let round = 1; round <= TURNS; round++) {
      if (round % EVERY === 0) {
        const stopped = turn(session, undefined, 'stop');
        stopped.run.catch(() => {});
        await fake.until(
          ({ served }) =>
            served.filter(({ outcome, request }) => outcome === 'open' && request.text === 'hang').length === 4,
        );
        stopped.run.abort();
        await expect(stopped.run).rejects.toMatchObject({ code: 'aborted' });
      } else {
        const { answer } = await session.run(`context ${round}`, 'work');
        expect(answer).toBe(String(round - Math.floor(round / EVERY)));
      }
      if (round === SETTLED + 1) settled = await quiet(held);
    }
    const { answer } = await session.run(undefined, 'work');
    expect(answer).toBe(String(TURNS - TURNS / EVERY + 1));
    const after = await quiet(held);
    for (const name of Object.keys(after) as (keyof Held)[]) {
      const slack = name === 'threads' ? MOST_POOLED : 0;
      expect(after[name], name).toBeLessThanOrEqual((settled?.[name] ?? 0) + slack);
    }
    expect(session.totals).toMatchObject({ turns: TURNS + 1, subCalls: 4 * (TURNS + 1) });
    expect(fake.served.at(-1)?.request.text).toContain(
      `You have ${TURNS - TURNS / EVERY} prior conversation histories`,
    );
  });
});
