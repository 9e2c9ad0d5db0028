import { isDeepStrictEqual } from 'node:util';
import type { JournalContext } from '@rlm-bridge/protocol';
import type { RLMContext } from '../api/options.ts';
import { hashContent } from '../context/content-hash.ts';
import type { PreparedContext } from '../context/prepare-context.ts';
import { recordedContext } from '../context/recorded-context.ts';
import { replMemoryMb } from '../options/environment-options.ts';
import { readRunOptions } from '../options/read-options.ts';
import { planRun, type RunPlan } from '../options/run-plan.ts';
import type { Stage } from '../run/execute-run.ts';
import { JournaledRun } from '../run/journaled-run.ts';
import { runOnWorker } from '../run/run-on-worker.ts';
import { settleEnvironment } from '../run/settle-environment.ts';
import type { RunEnd } from '../worker/run-end.ts';
import type { SessionBook } from './session-book.ts';
import type { KeptTurn } from './session-state.ts';

/** Does a turn that was left once more, as far as it came. */
export interface Leaves {
  leave(turn: KeptTurn, signal: AbortSignal): Promise<void>;
}

/** A turn of a session that is in a store: a new one, or the one that an earlier process did not finish. */
export async function carryOutTurn(
  stage: Stage,
  context: RLMContext | undefined,
  query: string,
  book: SessionBook,
  session: Leaves,
): Promise<RunEnd> {
  const { binding, options, signal, events } = stage;
  binding.check();
  const plan = planRun(await settleEnvironment(await readRunOptions(query, options), process.env), process.env);
  signal.throwIfAborted();
  const given = await binding.prepareContext(context, signal, replMemoryMb(plan.spec));
  const left = book.unfinished;
  const goesOn = left !== null && isSameTurn(left, plan, query) && (await isSameContext(left, given, signal));
  const prepared = goesOn ? await contextOf(book, left, given, signal) : given;
  const run = new JournaledRun(book.plan, goesOn ? book.goOn(left) : book.newTurn(), events);
  const task = { plan, query, prepared };
  try {
    if (!goesOn) run.startWith((await prepared?.identify((content) => run.takeContent(content), signal)) ?? null);
    if (left !== null && !goesOn) await session.leave(left, signal);
    return await runOnWorker(stage, task, run);
  } finally {
    if (goesOn && run.hasBegun) book.settle();
    await run.close();
  }
}

function isSameTurn({ state }: KeptTurn, plan: RunPlan, query: string): boolean {
  const { spec } = state.header;
  return spec.query === query && isDeepStrictEqual(spec.answer, plan.spec.answer);
}

async function isSameContext(
  { state }: KeptTurn,
  given: PreparedContext | null,
  signal: AbortSignal,
): Promise<boolean> {
  if (given === null) return true;
  const context: JournalContext = await given.identify(hashContent, signal);
  return isDeepStrictEqual(context, state.header.context);
}

async function contextOf(
  book: SessionBook,
  { state }: KeptTurn,
  given: PreparedContext | null,
  signal: AbortSignal,
): Promise<PreparedContext | null> {
  const { context } = state.header;
  if (given !== null || context === null) return given;
  const read = (sha256: string) => book.plan.store.readBlob(book.sessionId, sha256);
  return await recordedContext(context, read, false, signal, 'ask another turn');
}
