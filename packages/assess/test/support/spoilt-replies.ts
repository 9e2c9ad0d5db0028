import type { ModelRequest, Reply, Script } from '@rlm-bridge/fake-provider';

/** Replies of providers named by their misbehaviour. The last says that it read a little of the prompt. */
export const SPOILT = {
  refusing: { text: 'I cannot help.', ending: 'declined' },
  blocking: { text: '', ending: 'refused' },
  cutting: { text: '[]', ending: 'cut' },
  empty: ' \n',
  dropping: { text: '[]', inputTokens: 40, outputTokens: 20 },
} as const satisfies Record<string, Reply>;

/** The script, but for sub-calls with these words in their prompt. */
export function spoilt(script: Script, words: string, reply: Reply): Script {
  const isSpoilt = ({ kind, text }: ModelRequest) => kind === 'prompt' && text.includes(words);
  return (request) => (isSpoilt(request) ? reply : script(request));
}
