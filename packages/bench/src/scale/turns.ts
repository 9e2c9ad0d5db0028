import { repl, submit } from '@rlm-bridge/fake-provider';

const look = (part: number) =>
  repl(`piece = context[${part} * len(context) // 4:][:200]\nsaid = llm_query("Look: " + piece)\nprint(said)`);

/** Four turns with one sub-call each. */
export const FOUR_TURNS = [look(0), look(1), look(2), `${look(3)}\n\n${submit('said')}`];

/** One turn with a sub-call, and the answer. */
export const ONE_TURN = [`${look(0)}\n\n${submit('said')}`];

/** One that runs `code`, and one that answers. */
export const thenDone = (code: string) => [repl(code), submit('"done"')];
