import { RLMError } from '../api/errors.ts';

/** @throws {RLMError} `context_not_well_formed`, naming the place of the first lone surrogate. */
export function requireWellFormed(text: string, where: string): void {
  if (text.isWellFormed()) return;
  const index = text.search(/\p{Surrogate}/u);
  const advice = 'It is half a character and cannot be UTF-8: clean the text with text.toWellFormed()';
  throw new RLMError('context_not_well_formed', `${where} has a lone surrogate at index ${index}. ${advice}.`);
}
