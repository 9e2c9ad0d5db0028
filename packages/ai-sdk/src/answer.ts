import type { RLMHostModelReply } from 'rlm-bridge';
import type { AISDKResult } from './model-spec.ts';

type FinishReason = NonNullable<RLMHostModelReply['finishReason']>;

/** The SDK's words for the end of an answer. What it cannot tell apart (`other`, `unknown`) is told by the text alone. */
const FINISH_REASONS = new Map<string, FinishReason>([
  ['stop', 'stop'],
  ['length', 'length'],
  ['content-filter', 'refused'],
  ['tool-calls', 'unsupported'],
  ['error', 'broken'],
  ['interrupted', 'broken'],
]);

/** The text of an answer, its reasoning left out, and how it ended. */
export function readAnswer({ content, finishReason }: AISDKResult): Pick<RLMHostModelReply, 'text' | 'finishReason'> {
  const word = typeof finishReason === 'string' ? finishReason : finishReason.unified;
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return { text, finishReason: FINISH_REASONS.get(word) };
}
