import { isDeepStrictEqual } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { RESUME_OPTIONS } from '../../../src/api/go-on-options.ts';
import { memoryStore, type RLMOptions, type RLMResult, type RunStore, resumeRLM } from '../../../src/index.ts';
import { isEffect, isIntent, isReply, killedAfter, linesOf, withoutTimes } from './journals.ts';

const RUN = 'always-replayed';

/** Effects that each life adds to those of the one before, at least. */
const EFFECTS = 3;

/** Lives of one run, at most: each is carried out to its end. */
const LIVES = 12;

/** Ends that a run comes to again in the same place: which calls of a batch a budget still admits, their order decides. */
const SAME_AGAIN = [null, 'max_iterations', 'invalid_answer', 'insufficient_coverage', 'tokens'];

/**
 * Resumes a run again and again, each life from the journal of the one before, which is cut off a few effects further on;
 * gives what each came to. Never where a call is in flight: its cost would be unknown.
 */
export async function inLives(store: RunStore, runId: string, options: RLMOptions): Promise<RLMResult[]> {
  const given = Object.fromEntries(RESUME_OPTIONS.map((name) => [name, options[name]]));
  const results: RLMResult[] = [];
  const all = (await linesOf(store, runId)).filter(isEffect).length;
  const step = Math.max(EFFECTS, Math.ceil(all / LIVES));
  let source = store;
  for (let wanted = 1; ; ) {
    const cut = cutAfter(await linesOf(source, runId), wanted);
    if (cut === undefined) return results;
    wanted = cut.effects + step;
    source = await killedAfter(cut.lines, source, runId);
    results.push(await resumeRLM<string>(runId, { ...given, store: source, onEvent: undefined, signal: undefined }));
  }
}

/** Where so many effects are written and no call is in flight; undefined when the run is over before. */
function cutAfter(lines: string[], wanted: number): { lines: number; effects: number } | undefined {
  let [effects, inFlight, isBegun] = [0, 0, false];
  for (const [n, line] of lines.entries()) {
    if (isEffect(line)) effects += 1;
    if (isIntent(line)) inFlight += 1;
    if (isReply(line)) inFlight -= 1;
    isBegun ||= line.startsWith('{"record":"life"');
    if (isBegun && effects >= wanted && inFlight === 0) return { lines: n + 1, effects };
  }
  return undefined;
}

/** Tests whose runs are not done again, by their names. */
const once = new Set<string | undefined>();

/** Says of the test that runs why what its runs come to is not theirs alone: they are not done again. */
export function comesOnce(_reason: string): void {
  once.add(expect.getState().currentTestName);
}

/**
 * With RLM_TEST_ALWAYS_REPLAY set, every run gets a store, and when its test is over it must come to the same in all lives
 * that are made of its journal.
 */
export function alwaysReplayed(options: RLMOptions): RLMOptions {
  if (!process.env.RLM_TEST_ALWAYS_REPLAY || options.store !== undefined) return options;
  if (once.has(expect.getState().currentTestName)) return options;
  return { ...options, store: memoryStore(), runId: RUN };
}

/** Compares a run of {@link alwaysReplayed} with its lives, when its test is over. */
export function compareLives(run: PromiseLike<RLMResult>, options: RLMOptions): void {
  const { store, runId } = options;
  if (store === undefined || runId !== RUN) return;
  onTestFinished(async () => {
    const result = await Promise.resolve(run).catch(() => null);
    if (result === null || !SAME_AGAIN.includes(result.stopReason)) return;
    for (const other of await inLives(store, runId, options)) {
      if (isDeepStrictEqual(withoutTimes(other), withoutTimes(result))) continue;
      const told = [result, other].map((one) => JSON.stringify(withoutTimes(one)));
      throw new Error(`Life ${other.lives} of the run came to another end:\n${told.join('\n')}`);
    }
  });
}
