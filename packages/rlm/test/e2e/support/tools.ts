import { repl } from '@rlm-bridge/fake-provider';
import type { RLMEvent, RLMToolCall } from '../../../src/index.ts';

/** Prints what each expression gives, or how it fails. */
export const attempts = (expressions: readonly string[]) =>
  repl(
    expressions
      .map((one) => `try:\n    print(${one})\nexcept Exception as e:\n    print(type(e).__name__ + ': ' + str(e))`)
      .join('\n'),
  );

export const blocksOf = (events: readonly RLMEvent[]) => events.filter((event) => event.type === 'codeBlock.completed');

/** Resolves when `execute` is in it, and then with its signal's abort. */
export function hanging() {
  const entered = Promise.withResolvers<RLMToolCall>();
  const aborted = Promise.withResolvers<unknown>();
  const execute = (_: unknown, call: RLMToolCall) => {
    call.signal.addEventListener('abort', () => aborted.resolve(call.signal.reason));
    entered.resolve(call);
    return new Promise<never>(() => {});
  };
  return { entered: entered.promise, aborted: aborted.promise, execute };
}
