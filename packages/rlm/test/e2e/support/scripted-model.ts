import {
  type Bill,
  billFor,
  HANG,
  readRequest,
  type Script,
  type TokenUsage,
  usageOf,
} from '@rlm-bridge/fake-provider';
import type { RLMHostModel, RLMHostModelReply, RLMHostModelRequest } from '../../../src/index.ts';

/** A call as the function saw it. `signal` is the one it was given. */
export interface HostCall {
  readonly model: string;
  readonly request: RLMHostModelRequest;
  readonly usage: TokenUsage | null;
}

/** What a scripted function makes of a text: how it reports what it used. */
export type Report = (text: string, usage: TokenUsage) => unknown;

/** Tokens and no cost: the table's price counts. */
export const inTokens: Report = (text, usage) => ({
  text,
  usage: {
    inputTokens: usage.input,
    outputTokens: usage.output,
    cachedInputTokens: usage.cached,
    cacheWriteTokens: usage.cacheWrite,
    reasoningTokens: usage.reasoning,
  },
});

/** A function as a model, which plays a script and counts for itself. */
export class ScriptedModel {
  readonly calls: HostCall[] = [];
  readonly model: RLMHostModel;
  readonly #script: Script;
  readonly #report: Report;
  #changed = Promise.withResolvers<void>();

  constructor(script: Script, names: Partial<RLMHostModel> = {}, report: Report = inTokens) {
    this.#script = script;
    this.#report = report;
    this.model = Object.assign((request: RLMHostModelRequest) => this.#serve(request), {
      modelName: 'host-1',
      ...names,
    });
  }

  get bill(): Bill {
    return billFor(this.calls.flatMap(({ model, usage }) => (usage === null ? [] : [{ model, usage }])));
  }

  /** Resolves when `fact` holds of the calls so far. */
  async until(fact: (calls: readonly HostCall[]) => boolean): Promise<void> {
    while (!fact(this.calls)) await this.#changed.promise;
  }

  async #serve(request: RLMHostModelRequest): Promise<RLMHostModelReply> {
    const { model, messages, maxOutputTokens, signal } = request;
    const call = { model, request, usage: null as TokenUsage | null };
    const number = this.calls.push(call);
    this.#note();
    signal.addEventListener('abort', () => this.#note());
    const body = { model, messages, ...(maxOutputTokens !== null && { max_tokens: maxOutputTokens }) };
    const reply = await this.#script(readRequest(number, 'openai', body));
    if (reply === HANG) return await never(signal);
    if (typeof reply !== 'string') throw new Error(`The script does what no function can: ${JSON.stringify(reply)}`);
    call.usage = usageOf(messages, reply, 'openai');
    return this.#report(reply, call.usage) as RLMHostModelReply;
  }

  #note(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** A call that hangs until it is aborted. */
function never(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason));
  return promise;
}
