import { conversation, repl, type Script, submit } from '@rlm-bridge/fake-provider';

/** Each RLM hands two longer prompts down, in parallel, until the depth is used up. */
export const TREE: Script = conversation({
  turns: [repl('said = rlm_query_batched(["a", "bb", "ccc"])\nprint(said)'), submit('" ".join(said)')],
  childTurns: [repl('said = rlm_query_batched([context + "x", context + "yy" * 90])'), submit('"+".join(said)')],
  prompt: ({ text }) => String(text.length),
});
