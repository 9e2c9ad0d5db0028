import { createHash } from 'node:crypto';
import type { RLMIterationCompletedEvent } from 'rlm-bridge';
import type { RLMJournalIntent, RLMJournalReply } from 'rlm-bridge/journal';
import type { CallRole, CallView } from '../model/call-view.ts';
import type { TextRef } from '../model/texts.ts';
import type { TextTable } from '../texts/text-table.ts';
import type { Place, Places } from './places.ts';
import { SpentSum } from './spent-sum.ts';
import { type AskedCall, takenUp } from './taken-up.ts';
import { ViewList } from './view-list.ts';

/** Roles of calls that no code asked for: the turns of an RLM itself. */
const OWN_TURNS: readonly CallRole[] = ['root', 'child', 'compaction', 'default_answer'];

/** The last reply of a node. */
export interface LastReply {
  /** Place of its call. */
  call: number;
  ref: TextRef;
  text: string;
}

/** Folds what calls asked and came to. */
export class CallsFold {
  readonly list = new ViewList<CallView>();
  /** Of the whole run. */
  readonly spent = new SpentSum();
  readonly #texts: TextTable;
  /** Places of calls by their names: a name that comes again is a later call. */
  readonly #places = new Map<string, number>();
  /** What a node's own turn said last. */
  readonly #replies = new Map<string, LastReply>();
  /** By what each is known again. */
  readonly #keys: string[] = [];
  /** By its place, the hash of what a node's own turn said. */
  readonly #said = new Map<number, string>();
  #subCalls = 0;
  #hasLeft = false;

  constructor(texts: TextTable) {
    this.#texts = texts;
  }

  get subCalls(): number {
    return this.#subCalls;
  }

  /** The call by which a node said something in an iteration: its last, or one that it had left behind and takes up. */
  saidBy({ node, iteration, response }: RLMIterationCompletedEvent): LastReply | undefined {
    const last = this.#replies.get(node);
    if (last?.text === response || !this.#hasLeft) return last;
    const said = hashOf(response);
    const call = this.list.items.findLastIndex(
      (each, place) =>
        each.isLeftBehind && each.node === node && each.iteration === iteration && this.#said.get(place) === said,
    );
    const ref = this.list.at(call)?.reply;
    return ref ? { call, ref, text: response } : last;
  }

  /** @returns its place, when it is a turn of its node itself. */
  begin(
    { event, iteration, codeBlock, key, prompt }: RLMJournalIntent,
    at: number,
    isInherited: boolean,
  ): number | null {
    const { call, node, role, model, requestedModel, promptChars } = event;
    const isOwnTurn = OWN_TURNS.includes(role);
    const place = this.list.add({
      name: call,
      ...{ node, iteration, codeBlock: isOwnTurn ? null : codeBlock, role, model },
      requestedModel: requestedModel === model ? null : requestedModel,
      startedAt: at,
      endedAt: null,
      outcome: 'pending',
      ...{ finishReason: null, error: null, retries: 0 },
      kept: prompt.kept,
      prompt: prompt.messages.map((message) => ({ role: String(message.role), text: this.#textOf(message.content) })),
      promptChars,
      reply: null,
      ...{ inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0 },
      ...{ costUsd: null, spentUsd: null, isLeftBehind: false },
    });
    this.#places.set(call, place);
    this.#keys[place] = key;
    if (!isInherited && (event.depth > 0 || !isOwnTurn)) this.#subCalls += 1;
    return isOwnTurn ? place : null;
  }

  end({ event, text }: RLMJournalReply, at: number, isInherited: boolean): void {
    const place = this.#places.get(event.call);
    if (place === undefined) return;
    const { node, role, finishReason, error, retries } = event;
    const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = event;
    const tokens = { inputTokens, outputTokens, cachedInputTokens, reasoningTokens };
    if (!isInherited) this.spent.add(event);
    const reply = text === '' && event.outcome !== 'succeeded' ? null : this.#texts.add(text);
    this.list.change(place, {
      ...{ endedAt: at, finishReason, error, retries, reply, ...tokens },
      outcome: isInherited && event.outcome === 'succeeded' ? 'replayed' : event.outcome,
      costUsd: isInherited ? 0 : event.costUsd,
      spentUsd: this.spent.costUsd,
    });
    if (reply === null || !OWN_TURNS.includes(role)) return;
    this.#replies.set(node, { call: place, ref: reply, text });
    this.#said.set(place, hashOf(text));
  }

  leaveBehind(divergence: Place, places: Places): void {
    this.#hasLeft = true;
    for (let place = 0; place < this.list.length; place += 1) {
      const call = this.list.at(place);
      if (call !== undefined && places.isFrom(divergence, call)) this.list.change(place, { isLeftBehind: true });
    }
  }

  /** The reply of a call was taken, though the run had gone another way before: it asked the same again. */
  takeUp(place: number): void {
    if (this.list.at(place)?.isLeftBehind === true) this.list.change(place, { isLeftBehind: false });
  }

  /** A code block ended for which so many calls were made, by itself and below: those that are none of its new ones, it took up. */
  endBlock(block: Place, subCalls: number, places: Places): void {
    if (!this.#hasLeft) return;
    const left: AskedCall[] = [];
    const fresh: AskedCall[] = [];
    let made = 0;
    for (const [place, call] of this.list.items.entries()) {
      if (!places.isOf(block, call)) continue;
      if (!call.isLeftBehind) made += 1;
      const isEnded = call.outcome !== 'pending' && call.outcome !== 'abandoned';
      if (call.node !== block.node || (call.isLeftBehind && !isEnded)) continue;
      (call.isLeftBehind ? left : fresh).push({ place, key: this.#keys[place] ?? '', call });
    }
    for (const { place } of takenUp(left, fresh, subCalls - made)) this.takeUp(place);
  }

  #textOf(content: unknown): TextRef {
    return this.#texts.add(typeof content === 'string' ? content : JSON.stringify(content ?? null));
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
