import { inspect } from 'node:util';

const MAX_CHARS = 2_000;

/**
 * What was thrown, in words: an error's message, a text itself, of anything else a look at it. Whatever it is and
 * whatever its own getters do, this is well-formed text of at most `maxChars` characters, and nothing is thrown.
 */
export function thrownText(thrown: unknown, maxChars: number = MAX_CHARS): string {
  const text = orUndefined(() => messageOf(thrown)) ?? orUndefined(() => look(thrown)) ?? 'something that has no text';
  return (text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`).toWellFormed();
}

function messageOf(thrown: unknown): string | undefined {
  if (typeof thrown === 'string') return thrown === '' ? undefined : thrown;
  if (!(thrown instanceof Error)) return undefined;
  // Of a class of the thrower's: neither need be text.
  const { message, name } = thrown as { message: unknown; name: unknown };
  const text = message === '' || message === undefined ? name : message;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** Calls nothing of the value's own. */
function look(value: unknown): string {
  const options = { depth: 0, maxStringLength: 60, customInspect: false, getters: false };
  return inspect(value, { ...options, breakLength: Number.POSITIVE_INFINITY });
}

function orUndefined<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}
