import { isDeepStrictEqual } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { RESUME_OPTIONS } from '../../../src/api/go-on-options.ts';
import {
  memoryStore,
  type RLMOptions,
  type RLMResult,
  type RLMSessionOptions,
  type RunStore,
  resumeRLM,
} from '../../../src/index.ts';
import { isEffect, isIntent, isReply, killedAfter, linesOf, withoutTimes } from './journals.ts';

/** Of a run or a session that is done again. */
export const AGAIN_ID = 'always-replayed';

/** Effects that each life adds to those of the one before, at least. */
const EFFECTS = 3;

/** Lives of one run, at most: each is carried out to its end. */
const LIVES = 12;

/** Ends that a run comes to again. */
const AGAIN = [
  'answered',
  'max_iterations',
  'invalid_answer',
  'insufficient_coverage',
  'tokens',
  'errors',
  'budget',
] as const satisfies RLMResult['stopReason'][];

/** Of them, those that may come at another call: their order decides which ones of a batch a budget still admits. */
const ELSEWHERE: readonly RLMResult['stopReason'][] = ['budget', 'tokens'];

/**
 * Resumes a run again and again, each life from the journal of the one before, which is cut off a few effects further on;
 * gives what each came to. Never where a call is in flight: its cost would be unknown.
 */
export async function inLives(store: RunStore, runId: string, options: RLMOptions): Promise<RLMResult[]> {
  const given = Object.fromEntries(RESUME_OPTIONS.map((name) => [name, options[name]]));
  const results: RLMResult[] = [];
  const step = stepIn(await linesOf(store, runId));
  let source = store;
  for (let wanted = 1; ; ) {
    const cut = cutAfter(await linesOf(source, runId), wanted);
    if (cut === undefined) return results;
    wanted = cut.effects + step;
    source = await killedAfter(cut.lines, source, runId);
    results.push(await resumeRLM<string>(runId, { ...given, store: source, onEvent: undefined, signal: undefined }));
  }
}

/** Where a journal is cut off so that each life of many has a few effects more than the one before: after so many lines. */
export function* cutsOf(lines: string[]): Generator<number> {
  const step = stepIn(lines);
  for (let cut = cutAfter(lines, 1); cut !== undefined; cut = cutAfter(lines, cut.effects + step)) yield cut.lines;
}

function stepIn(lines: string[]): number {
  return Math.max(EFFECTS, Math.ceil(lines.filter(isEffect).length / LIVES));
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

/** Tests whose runs are not done again: several files of tests share a process. */
const once = new Set<string>();

function testThatRuns(): string {
  const { testPath, currentTestName } = expect.getState();
  return `${testPath} ${currentTestName}`;
}

/** Says of the test that runs why what its runs come to is not theirs alone: they are not done again. */
export function comesOnce(_reason: string): void {
  once.add(testThatRuns());
}

/** Whether what the test that runs does is done again, which RLM_TEST_ALWAYS_REPLAY asks for. */
export function isDoneAgain(options: { store?: RunStore | undefined }): boolean {
  if (!process.env.RLM_TEST_ALWAYS_REPLAY || options.store !== undefined) return false;
  return !once.has(testThatRuns());
}

/** The same options with a store, where what is done with them is done again. */
export function alwaysReplayed<O extends RLMOptions | RLMSessionOptions>(options: O, id: 'runId' | 'sessionId'): O {
  return isDoneAgain(options) ? { ...options, store: memoryStore(), [id]: AGAIN_ID } : options;
}

/** Compares a run of {@link alwaysReplayed} with all lives that are made of its journal, when its test is over. */
export function compareLives(run: PromiseLike<RLMResult>, options: RLMOptions): void {
  const { store, runId } = options;
  if (store === undefined || runId !== AGAIN_ID) return;
  onTestFinished(async () => {
    const result = await Promise.resolve(run).catch(() => null);
    if (result === null || !comesAgain(result)) return;
    for (const other of await inLives(store, runId, options)) requireSame(other, result);
  });
}

/** Whether a run comes to its end again, and not to what is beside it: an abort, a provider, a clock. */
export function comesAgain({ stopReason }: RLMResult<unknown>): boolean {
  return (AGAIN as readonly unknown[]).includes(stopReason);
}

/** @throws {Error} when a life came to something else. Of an end that may come elsewhere, the end alone is the same. */
export function requireSame(other: RLMResult<unknown>, result: RLMResult<unknown>): void {
  const what = ELSEWHERE.includes(result.stopReason) ? endOf : withoutTimes;
  if (isDeepStrictEqual(what(other), what(result))) return;
  const told = [result, other].map((one) => JSON.stringify(withoutTimes(one)));
  throw new Error(`Life ${other.lives} of the run came to another end:\n${told.join('\n')}`);
}

function endOf({ success, stopReason, error, answer }: RLMResult<unknown>): unknown {
  return { success, stopReason, code: error?.code, answer };
}
