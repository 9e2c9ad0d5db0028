import type { ModelRequest } from './request.ts';

/** Take the request and never answer: the connection stays open until the client closes it. */
export const HANG = { cutBy: 'client' } as const;

/** Cut the connection before answering. */
export const DROP = { cutBy: 'provider' } as const;

/**
 * How a reply ends, other than by itself: cut at its bound, stopped by a filter, declined by the model (which OpenAI says in
 * a field beside the text), in a call of a tool, or nowhere, as its connection is lost. Whatever was said is billed.
 */
export type Ending = 'cut' | 'refused' | 'declined' | 'tool' | 'broken';

/**
 * What the provider does with a request: answer with text (billed, by its length or as `outputTokens` says, and for the
 * whole prompt or the `inputTokens` that it says it read), refuse with a status (not billed), or neither.
 */
export type Reply =
  | string
  | {
      readonly text: string;
      readonly delayMs?: number;
      readonly inputTokens?: number;
      readonly outputTokens?: number;
      readonly ending?: Ending;
    }
  | { readonly status: number; readonly message: string; readonly retryAfterS?: number }
  | typeof HANG
  | typeof DROP;

export type Script = (request: ModelRequest) => Reply | Promise<Reply>;

type Scripted = Reply | ((request: ModelRequest) => Reply | Promise<Reply>);

const play = (scripted: Scripted, request: ModelRequest) =>
  typeof scripted === 'function' ? scripted(request) : scripted;

/** A script of one conversation: the root's turns in order, and an answer to every plain prompt. */
export function conversation(parts: {
  readonly turns: readonly Scripted[];
  readonly prompt?: Scripted;
  readonly childTurns?: readonly Scripted[];
  readonly defaultAnswer?: Scripted;
  readonly summary?: Scripted;
}): Script {
  return (request) => {
    const { turns, prompt, childTurns, defaultAnswer, summary } = parts;
    const scripted = {
      turn: (request.isChild ? childTurns : turns)?.[request.turn - 1],
      prompt,
      default_answer: defaultAnswer,
      compaction: summary,
    }[request.kind];
    if (scripted !== undefined) return play(scripted, request);
    return { status: 400, message: `The script has nothing for a ${request.kind} (turn ${request.turn}).` };
  };
}

/** A model's reply that runs `code` in the REPL. */
export const repl = (code: string) => `Plan: run this.\n\n\`\`\`repl\n${code}\n\`\`\``;

/** A model's reply that submits the value of a Python expression as the answer. */
export const submit = (expression: string) => repl(`answer["content"] = ${expression}\nanswer["ready"] = True`);
