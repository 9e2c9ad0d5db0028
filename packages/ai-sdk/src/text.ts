import type { AISDKResult } from './model-spec.ts';

/**
 * The text of an answer, its reasoning left out. An answer may be empty, but not one that a content filter emptied.
 * @throws {Error} when the provider did not finish the answer, or kept it back.
 */
export function textOf({ content, finishReason }: AISDKResult): string {
  const reason = typeof finishReason === 'string' ? { unified: finishReason, raw: undefined } : finishReason;
  const said = reason.raw === undefined ? '' : ` (${reason.raw})`;
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  switch (reason.unified) {
    case 'error':
      throw new Error(`The model stopped because of an error${said}.`);
    case 'interrupted':
      throw new Error(`The model's answer broke off${said}.`);
    case 'content-filter':
      if (text === '') throw new Error(`The provider's content filter kept the answer back${said}.`);
      return text;
    default:
      return text;
  }
}
