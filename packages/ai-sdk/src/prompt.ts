import type { RLMChatMessage } from 'rlm-bridge';
import type { PromptMessage } from './model-spec.ts';

/** Messages as the specification has them. Empty ones are left out: many providers refuse them. */
export function toPrompt(messages: readonly RLMChatMessage[]): PromptMessage[] {
  return messages
    .filter(({ content }) => content !== '')
    .map(({ role, content }) =>
      role === 'system' ? { role, content } : { role, content: [{ type: 'text', text: content }] },
    );
}
