import { textOf } from './log-values.ts';

const QUESTIONS = [
  /^Answer the following: ([\s\S]*?)\n\nYour context/,
  /answer the (?:original )?(?:prompt|query): "([\s\S]*?)"(?:\.|\n|$)/,
];

const SIZE = /context is a \w+ of (\d+) total characters/;
const SIZE_BEFORE = /context is a \w+ with (\d+) total characters/;

/** What was asked, by the words of the first prompt; null: nothing was. */
export function questionIn(messages: readonly { content?: unknown }[]): string | null {
  for (const { content } of messages) {
    for (const words of QUESTIONS) {
      const question = words.exec(textOf(content))?.[1];
      if (question !== undefined) return question;
    }
  }
  return null;
}

/** Characters of the context, by the words of the first prompt; null: it does not say. */
export function contextCharsIn(messages: readonly { content?: unknown }[]): number | null {
  for (const { content } of messages) {
    const size = (SIZE.exec(textOf(content)) ?? SIZE_BEFORE.exec(textOf(content)))?.[1];
    if (size !== undefined) return Number(size);
  }
  return null;
}
