import { createContext, Script } from 'node:vm';

/** What `stoppable` throws when the time is over. */
export class BlockedError extends Error {
  override readonly name = 'BlockedError';
}

const place: { call: (() => unknown) | undefined } = { call: undefined };
const context = createContext(place);
const script = new Script('call()');

/**
 * Calls a function, and stops it in its tracks when it has not returned after `limitMs`: a loop without end or a pattern
 * that backtracks would hold the whole process. What it does later, when it is async, is not bounded here.
 * @throws {BlockedError} when it was stopped, and whatever the function throws.
 */
export function stoppable<T>(limitMs: number, call: () => T): T {
  place.call = call;
  try {
    // The platform stops everything that runs inside of a script with a time limit, regular expressions too.
    return script.runInContext(context, { timeout: limitMs });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw new BlockedError(
      `It held the whole process for more than ${limitMs} ms and was stopped; a pattern that backtracks does that.`,
    );
  } finally {
    place.call = undefined;
  }
}

function isTimeout(error: unknown): boolean {
  try {
    return Object(error).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
  } catch {
    return false;
  }
}
