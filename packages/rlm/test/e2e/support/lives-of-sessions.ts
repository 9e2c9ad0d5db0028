import { expect, onTestFinished } from 'vitest';
import { openSession, type RLMResult, type RLMSession, type RLMSessionOptions } from '../../../src/index.ts';
import { killedAfter, linesOf } from './journals.ts';
import { AGAIN_ID, comesAgain, cutsOf, requireSame } from './lives.ts';

/** What a session was asked, and what came of it. */
interface Turn {
  readonly asked: readonly unknown[];
  readonly result: Promise<RLMResult<unknown> | null>;
}

type Ask = (...asked: readonly unknown[]) => ReturnType<RLMSession['run']>;

/**
 * Compares a session that is done again with all that are made of its journal, when its test is over: each goes on with
 * the turn that it was cut off in, which comes to the same, and the whole one has the same sums.
 */
export function compareLivesOf(session: RLMSession, options: RLMSessionOptions): RLMSession {
  const { store, sessionId } = options;
  if (store === undefined || sessionId !== AGAIN_ID) return session;
  const turns: Turn[] = [];
  const ask = session.run.bind(session) as Ask;
  const run: Ask = (...asked) => {
    const going = ask(...asked);
    turns.push({ asked, result: Promise.resolve(going).catch(() => null) });
    return going;
  };
  onTestFinished(async () => {
    const results = await Promise.all(turns.map(({ result }) => result));
    if (!results.every((result) => result !== null && comesAgain(result))) return;
    const again = { ...options, onEvent: undefined, signal: undefined };
    const lines = await linesOf(store, sessionId);
    for (const cut of cutsOf(lines)) {
      await using other = await openSession({ ...again, store: await killedAfter(cut, store, sessionId) });
      const last = lines.slice(0, cut).filter((line) => line.startsWith('{"record":"turn"')).length - 1;
      const [turn, result] = [turns[last], results[last]];
      if (other.unfinished === null || turn === undefined || !result) continue;
      requireSame(await (other.run.bind(other) as Ask)(...turn.asked), result);
    }
    await using whole = await openSession(again);
    expect([whole.unfinished, whole.totals]).toEqual([null, session.totals]);
  });
  return Object.assign(session, { run });
}
