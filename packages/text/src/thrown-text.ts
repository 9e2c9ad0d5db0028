import { cut } from './cut.ts';
import { show } from './show.ts';

const MAX_CHARS = 2_000;

/**
 * What was thrown, in words: an error's message, a text itself, of anything else a look at it. Whatever it is and
 * whatever its own getters do, this is well-formed text of at most `maxChars` characters, and nothing is thrown.
 */
export function thrownText(thrown: unknown, maxChars: number = MAX_CHARS): string {
  const text = orUndefined(() => messageOf(thrown)) ?? orUndefined(() => show(thrown)) ?? 'something that has no text';
  return cut(text, maxChars);
}

function messageOf(thrown: unknown): string | undefined {
  if (typeof thrown === 'string') return thrown === '' ? undefined : thrown;
  if (!(thrown instanceof Error)) return undefined;
  // Of a class of the thrower's: neither need be text.
  const { message, name } = thrown as { message: unknown; name: unknown };
  const text = message === '' || message === undefined ? name : message;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function orUndefined<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}
