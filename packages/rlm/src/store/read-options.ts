import { RLMError } from '../api/errors.ts';

/** How many lines to pass over. @throws {RLMError} `invalid_options` */
export function checkFrom(from: unknown = 0): number {
  if (Number.isSafeInteger(from) && Number(from) >= 0) return Number(from);
  throw new RLMError(
    'invalid_options',
    `from is the number of lines to pass over, 0 or more: ${String(from)} is none.`,
  );
}
