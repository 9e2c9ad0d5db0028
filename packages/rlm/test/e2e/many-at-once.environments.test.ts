import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { billFor, type FakeProvider, type ModelRequest, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  configureWorkers,
  RLMAbortError,
  type RLMEvent,
  type RLMOptions,
  type RLMResult,
  runRLM,
} from '../../src/index.ts';
import { DEFAULT_RUNS_PER_WORKER } from '../../src/worker/pool.ts';
import { expectExactBill } from './support/bill.ts';
import { containersGone } from './support/containers.ts';
import { endWorkers } from './support/end-workers.ts';
import { inEachEnvironment } from './support/environment.ts';
import { gone, repls, workers } from './support/processes.ts';
import { optionsFor, provider } from './support/run.ts';

/** How many at once: `RLM_TEST_MANY=1000` is the endurance run. In containers a tenth of them. */
const MANY = Number(process.env.RLM_TEST_MANY ?? 40);

/** An odd one, so that the runs of each of two workers have all fates. */
const EACH = 13;

/** What becomes of the runs, by their number modulo so many; those of the worker that is killed end with it. */
const FATES = { 3: 'aborted', 6: 'over budget', 9: 'out of time' } as const;
type Fate = (typeof FATES)[keyof typeof FATES] | 'good';
const fateOf = (n: number): Fate => (FATES as Record<number, Fate>)[n % EACH] ?? 'good';

const numberIn = (words: string) => Number(/run (\d+)\./.exec(words)?.[1]);
const whose = ({ messages }: ModelRequest) => numberIn(messages.map(({ content }) => content).join('\n'));

/** Mixed lengths: one to four turns before the answer, each with a batch of sub-calls that hold the whole context. */
const script: Script = (request) => {
  const n = whose(request);
  if (request.kind === 'prompt') return { text: `heard ${n}`, delayMs: 20 };
  if (request.turn <= 1 + (n % 4)) return { text: repl('said = llm_query_batched([context] * 3)'), delayMs: 50 };
  const fate = fateOf(n);
  if (fate === 'aborted' || fate === 'out of time') return { cutBy: 'client' };
  if (fate === 'over budget') return { text: repl('said = llm_query(context)'), inputTokens: 100_000_000 };
  return { text: submit('said[0]'), delayMs: 50 };
};

interface Outcome {
  n: number;
  result: RLMResult<string>;
  events: RLMEvent[];
  isAborted: boolean;
}

async function live(n: number, options: RLMOptions): Promise<Outcome> {
  const events: RLMEvent[] = [];
  const fate = fateOf(n);
  const abort = new AbortController();
  const onEvent = (event: RLMEvent) => {
    events.push(event);
    if (fate === 'aborted' && event.type === 'iteration.started' && event.iteration > 1 + (n % 4))
      abort.abort('enough');
  };
  const limits = { ...(fate === 'over budget' && { maxBudgetUsd: 5 }), ...(fate === 'out of time' && TIMED) };
  const all = { ...options, ...limits, onEvent, signal: abort.signal };
  try {
    return {
      n,
      result: await runRLM(`The context of run ${n}.`, `What says run ${n}.?`, all),
      events,
      isAborted: false,
    };
  } catch (error) {
    if (!RLMAbortError.isInstance(error)) throw error;
    return { n, result: error.result as RLMResult<string>, events, isAborted: true };
  }
}

/** Longer than any of them takes to its last turn. */
const TIMED = { maxDurationMs: 4_000 + 20 * MANY };

/** What the provider billed each of the runs. */
function billsOf(fake: FakeProvider): (n: number) => Pick<FakeProvider, 'bill'> {
  const served = Map.groupBy(fake.served, ({ request }) => whose(request));
  const billed = (n: number) =>
    (served.get(n) ?? []).flatMap(({ request, usage }) => (usage === null ? [] : [{ model: request.model, usage }]));
  return (n) => ({ bill: billFor(billed(n)) });
}

/** What its worker, when it was killed, had not said yet, was not counted; what was counted was said. */
function expectNoMoreThan({ result }: Outcome, { bill }: Pick<FakeProvider, 'bill'>): void {
  for (const [model, { calls, inputTokens }] of Object.entries(result.usage.byModel)) {
    expect(calls).toBeGreaterThan(0);
    expect(inputTokens).toBeLessThanOrEqual(bill[model]?.inputTokens ?? 0);
  }
}

/** What its worker, when it was killed, had under way may be billed; what all else came to is known. */
function expectUnknownIfUnderWay({ result, events }: Outcome): void {
  const count = (type: RLMEvent['type']) => events.filter((event) => event.type === type).length;
  expect(result.costUsd === null).toBe(count('call.started') > count('call.completed'));
}

inEachEnvironment((environment) => {
  const runs = environment === 'docker' ? MANY / 10 : MANY;

  // Runs are spread over workers that have enough to do: so few are, by what one of them has room for.
  beforeAll(() => configureWorkers({ runsPerWorker: Math.max(runs / 2, 1) }));
  afterAll(async () => {
    configureWorkers({ runsPerWorker: DEFAULT_RUNS_PER_WORKER });
    await endWorkers();
  });

  describe.runIf(runs >= 4)(`${runs} mixed runs at once, beside a worker that is killed`, () => {
    test('have their own bill, coverage and log, and leave nothing', async () => {
      const logDir = await mkdtemp(join(tmpdir(), 'rlm-many-'));
      onTestFinished(() => rm(logDir, { recursive: true }));
      const fake = await provider(script);
      const options = optionsFor(fake, { environment, logDir });
      const living = Promise.all(Array.from({ length: runs }, (_, n) => live(n, options)));
      await fake.until(({ served }) => served.length >= 3 * runs);
      const started = [...workers(), ...repls()];
      process.kill(workers()[0]?.pid ?? 0, 'SIGKILL');
      const outcomes = await living;
      const billOf = billsOf(fake);
      const killed = outcomes.filter(({ result }) => result.stopReason === 'worker_exit');
      expect(killed).not.toEqual([]);
      const lived = outcomes.filter((outcome) => !killed.includes(outcome));
      expect(new Set(lived.map(({ n }) => fateOf(n)))).toEqual(new Set(outcomes.map(({ n }) => fateOf(n))));
      expect(new Set(lived.map(({ result }) => result.logFile)).size).toBe(lived.length);
      for (const outcome of outcomes) {
        const { n, result, events, isAborted } = outcome;
        expect(new Set(events.map(({ runId }) => runId))).toEqual(new Set([result.runId]));
        const log = result.logFile === null ? '' : await readFile(result.logFile, 'utf8');
        expect(numbersIn(log).filter((other) => other !== n)).toEqual([]);
        if (result.stopReason === 'worker_exit') {
          expectNoMoreThan(outcome, billOf(n));
          expectUnknownIfUnderWay(outcome);
        } else if (fateOf(n) === 'good') {
          expect([result.answer, result.coverage?.seenFraction]).toEqual([`heard ${n}`, 1]);
          expect(log).toContain(`heard ${n}`);
          expectExactBill(outcome, billOf(n));
        } else {
          const ends = { aborted: isAborted, 'over budget': 'budget', 'out of time': 'duration' } as const;
          expect(fateOf(n) === 'aborted' ? isAborted : result.stopReason).toBe(ends[fateOf(n) as keyof typeof ends]);
          if (fateOf(n) === 'over budget') expectExactBill(outcome, billOf(n));
          else expectNoMoreThan(outcome, billOf(n));
        }
      }
      await endWorkers();
      await gone(started);
      // Those of a worker that was killed are removed by their daemon, when their clients have gone.
      if (environment === 'docker') for (const { result } of outcomes) await containersGone(result.runId);
    });
  });
});

function numbersIn(log: string): number[] {
  return [...new Set([...log.matchAll(/run (\d+)\.|heard (\d+)/g)].map(([, n, heard]) => Number(n ?? heard)))];
}
