import type { CallView } from '../model/call-view.ts';
import type { CodeBlockView, IterationView, NodeView, RunView } from '../model/run-view.ts';
import type { Spent, TextRef } from '../model/texts.ts';
import { boundNames } from '../texts/bound-names.ts';
import type { TextTable } from '../texts/text-table.ts';
import { isObject, type LogObject, numberOf, objectsOf, textOf } from './log-values.ts';
import { answerOf } from './read-log.ts';

type Lists = Pick<RunView, 'nodes' | 'iterations' | 'codeBlocks' | 'calls'>;

const NO_TOKENS = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0 };

/** What a list shows of a call before it is known how it went. */
const UNKNOWN = { ...NO_TOKENS, requestedModel: null, retries: 0, costUsd: null, spentUsd: null, isLeftBehind: false };

/** Folds iterations of a log. It has no time of a call: what an iteration did is laid out evenly over its time. */
export class LogFold {
  readonly lists: Lists = { nodes: [], iterations: [], codeBlocks: [], calls: [] };
  readonly #texts: TextTable;

  constructor(texts: TextTable) {
    this.#texts = texts;
  }

  /** An RLM with its iterations, and those of its children. @returns what it spent, as far as the log says */
  addNode(
    node: Pick<NodeView, 'path' | 'parent' | 'from' | 'query' | 'model'>,
    iterations: readonly LogObject[],
  ): Spent {
    const place = this.lists.nodes.length;
    const depth = node.path.split('/').length - 1;
    const nothing: Spent = { calls: 0, ...NO_TOKENS, costUsd: null };
    this.lists.nodes.push({
      ...node,
      depth,
      answer: null,
      startedAt: null,
      endedAt: null,
      own: nothing,
      whole: nothing,
    });
    let own = nothing;
    let whole = nothing;
    let before: LogObject[] = [];
    let lastAt: number | null = null;
    const first = this.lists.iterations.length;
    for (const [index, iteration] of iterations.entries()) {
      const messages = messagesOf(iteration.prompt);
      const spent = this.#addIteration(node, index + 1, iteration, messages, before, lastAt);
      own = plus(own, spent.own);
      whole = plus(whole, spent.whole);
      before = messages;
      lastAt = this.lists.iterations.findLast((view) => view.node === node.path)?.endedAt ?? null;
    }
    const mine = this.lists.iterations.slice(first).filter((view) => view.node === node.path);
    const known = this.lists.nodes[place] as NodeView;
    const answer = mine.findLast((view) => view.answer !== null)?.answer ?? null;
    const times = { startedAt: mine[0]?.startedAt ?? null, endedAt: mine.at(-1)?.endedAt ?? null };
    this.lists.nodes[place] = { ...known, answer, ...times, own, whole };
    return whole;
  }

  #addIteration(
    { path, model }: Pick<NodeView, 'path' | 'model'>,
    number: number,
    iteration: LogObject,
    messages: LogObject[],
    before: readonly LogObject[],
    lastAt: number | null,
  ): { own: Spent; whole: Spent } {
    const blocks = objectsOf(iteration.code_blocks);
    const endedAt = timeOf(iteration.timestamp);
    const seconds = numberOf(iteration.iteration_time);
    const startedAt = endedAt === null ? null : seconds === null ? (lastAt ?? endedAt) : endedAt - seconds * 1000;
    const inBlocks = blocks.reduce((sum, { result }) => sum + blockMs(result), 0);
    const askedUntil = endedAt === null ? null : Math.max(startedAt ?? 0, endedAt - inBlocks);
    const response = this.#texts.add(textOf(iteration.response ?? ''));
    const kept = before.findIndex((message, place) => JSON.stringify(message) !== JSON.stringify(messages[place]));
    const keptMessages = Math.min(kept === -1 ? before.length : kept, messages.length);
    const call = this.#addCall({
      ...UNKNOWN,
      ...{ name: `call-${this.lists.calls.length + 1}`, node: path, iteration: number, codeBlock: null },
      ...{ role: path === '0' ? ('root' as const) : ('child' as const), model, startedAt, endedAt: askedUntil },
      ...{ outcome: 'succeeded' as const, finishReason: null, error: null, kept: keptMessages },
      prompt: messages.slice(keptMessages).map((message) => this.#message(message)),
      promptChars: messages.reduce((sum, { content }) => sum + textOf(content).length, 0),
      reply: response,
    });
    const answer = answerOf(iteration);
    const view: IterationView = {
      ...{ node: path, number, startedAt, endedAt, call, response, isLeftBehind: false },
      answer: answer === null ? null : this.#texts.add(answer),
    };
    this.lists.iterations.push(view);
    let own: Spent = { calls: 1, ...NO_TOKENS, costUsd: null };
    let whole = own;
    let at = askedUntil;
    for (const [index, block] of blocks.entries()) {
      const spent = this.#addBlock({ path, number, index, at }, block);
      own = plus(own, spent.own);
      whole = plus(whole, spent.whole);
      at = at === null ? null : at + blockMs(block.result);
    }
    return { own, whole };
  }

  #addBlock(
    { path, number, index, at }: { path: string; number: number; index: number; at: number | null },
    { code: text, result: told }: LogObject,
  ): { own: Spent; whole: Spent } {
    const result = isObject(told) ? told : {};
    const code = textOf(text ?? '');
    const stderr = textOf(result.stderr ?? '');
    const block: CodeBlockView = {
      ...{ node: path, iteration: number, number: index, startedAt: at, isLeftBehind: false },
      endedAt: at === null ? null : at + blockMs(result),
      ...{ code: this.#texts.add(code), binds: boundNames(code) },
      ...{ stdout: this.#printed(textOf(result.stdout ?? '')), stderr: this.#printed(stderr) },
      status: stderr === '' ? 'ok' : 'error',
    };
    this.lists.codeBlocks.push(block);
    const calls = objectsOf(result.rlm_calls);
    const step = blockMs(result) / Math.max(1, calls.length);
    let own: Spent = { calls: 0, ...NO_TOKENS, costUsd: 0 };
    let whole = own;
    for (const [place, call] of calls.entries()) {
      const spent = usageOf(call);
      const begin = at === null ? null : at + place * step;
      whole = plus(whole, spent);
      if (isObject(call.metadata)) this.#addChild(path, { iteration: number, codeBlock: index }, call, spent);
      else {
        own = plus(own, spent);
        this.#addSubCall({ node: path, iteration: number, codeBlock: index }, call, spent, begin, step);
      }
    }
    return { own, whole };
  }

  /** What a child spent is told in one sum, with the tokens of its own turns. */
  #addChild(parent: string, from: NodeView['from'], call: LogObject, spent: Spent): void {
    const number = this.lists.nodes.filter((node) => node.parent === parent).length + 1;
    const query = this.#texts.add(textOf(call.prompt ?? ''));
    const path = `${parent}/${number}`;
    const place = this.lists.nodes.length;
    const metadata = isObject(call.metadata) ? call.metadata : {};
    this.addNode({ path, parent, from, query, model: textOf(call.root_model ?? '') }, objectsOf(metadata.iterations));
    const node = this.lists.nodes[place] as NodeView;
    const answer = node.answer ?? this.#texts.add(textOf(call.response ?? ''));
    this.lists.nodes[place] = { ...node, answer, whole: spent };
  }

  #addSubCall(
    place: Pick<CallView, 'node' | 'iteration' | 'codeBlock'>,
    call: LogObject,
    spent: Spent,
    startedAt: number | null,
    step: number,
  ): void {
    const messages = Array.isArray(call.prompt)
      ? messagesOf(call.prompt)
      : [{ role: 'user', content: call.prompt ?? '' }];
    const error = call.error === null || call.error === undefined ? null : textOf(call.error);
    const { calls: _, ...used } = spent;
    this.#addCall({
      ...UNKNOWN,
      ...used,
      ...{ name: `call-${this.lists.calls.length + 1}`, ...place, role: 'llm_query' },
      ...{ model: textOf(call.root_model ?? ''), startedAt, endedAt: startedAt === null ? null : startedAt + step },
      ...{ outcome: error === null ? 'succeeded' : 'failed', finishReason: null, kept: 0 },
      error: error === null ? null : { code: 'provider_error', message: error },
      prompt: messages.map((message) => this.#message(message)),
      promptChars: messages.reduce((sum, { content }) => sum + textOf(content).length, 0),
      reply: this.#texts.add(textOf(call.response ?? '')),
    });
  }

  #addCall(call: CallView): number {
    return this.lists.calls.push(call) - 1;
  }

  #message({ role, content }: LogObject): CallView['prompt'][number] {
    return { role: textOf(role ?? 'user'), text: this.#texts.add(textOf(content ?? '')) };
  }

  #printed(text: string): TextRef | null {
    return text === '' ? null : this.#texts.add(text);
  }
}

/** A prompt is a list of messages, or one text. */
export function messagesOf(prompt: unknown): LogObject[] {
  return Array.isArray(prompt) ? objectsOf(prompt) : [{ role: 'user', content: textOf(prompt ?? '') }];
}

function blockMs(result: unknown): number {
  return isObject(result) ? (numberOf(result.execution_time) ?? 0) * 1000 : 0;
}

/** A log has the local time of where it was written, without saying where that is. */
function timeOf(timestamp: unknown): number | null {
  const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** Before version 0.1.0 a call told its tokens itself. */
function usageOf({ usage_summary: summary, prompt_tokens: input, completion_tokens: output }: LogObject): Spent {
  if (!isObject(summary)) {
    const tokens = { inputTokens: numberOf(input) ?? 0, outputTokens: numberOf(output) ?? 0 };
    return { calls: 1, ...NO_TOKENS, ...tokens, costUsd: null };
  }
  const models = isObject(summary.model_usage_summaries) ? summary.model_usage_summaries : {};
  const all = Object.values(models).filter(isObject);
  const sum = (field: string) => all.reduce((total, model) => total + (numberOf(model[field]) ?? 0), 0);
  const tokens = { inputTokens: sum('total_input_tokens'), outputTokens: sum('total_output_tokens') };
  const costUsd = numberOf(summary.total_cost);
  return { calls: Math.max(1, sum('total_calls')), ...NO_TOKENS, ...tokens, costUsd };
}

function plus(a: Spent, b: Spent): Spent {
  return {
    calls: a.calls + b.calls,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedInputTokens: 0,
    reasoningTokens: 0,
    costUsd: a.costUsd === null || b.costUsd === null ? null : a.costUsd + b.costUsd,
  };
}
