import type {
  RLMCodeBlockCompletedEvent,
  RLMCodeBlockOutputEvent,
  RLMCodeBlockStartedEvent,
  RLMIterationCompletedEvent,
} from 'rlm-bridge';
import type { CodeBlockView, IterationView } from '../model/run-view.ts';
import type { TextRef } from '../model/texts.ts';
import { boundNames } from '../texts/bound-names.ts';
import type { TextTable } from '../texts/text-table.ts';
import type { LastReply } from './calls-fold.ts';
import type { Place, Places } from './places.ts';
import { ViewList } from './view-list.ts';

type Stream = 'stdout' | 'stderr';

/** Folds iterations and their code blocks. */
export class IterationsFold {
  readonly iterations = new ViewList<IterationView>();
  readonly codeBlocks = new ViewList<CodeBlockView>();
  readonly #texts: TextTable;
  readonly #places = new Map<string, number>();
  /** What code blocks that run have printed so far. */
  readonly #printed = new Map<string, string>();
  /** The code block of each node that runs. */
  readonly #running = new Map<string, RLMCodeBlockStartedEvent>();
  /** What each node held as its answer last. */
  readonly #answers = new Map<string, { ref: TextRef; text: string }>();

  constructor(texts: TextTable) {
    this.#texts = texts;
  }

  /** The code block of a node that runs now. */
  runningIn(node: string): RLMCodeBlockStartedEvent | undefined {
    return this.#running.get(node);
  }

  begin(node: string, number: number, at: number): void {
    const begun = { node, number, startedAt: at, endedAt: null, call: null, response: null, answer: null };
    this.#put(this.iterations, `${node} ${number}`, { ...begun, isLeftBehind: false });
  }

  /** The model is asked for what it does in an iteration. */
  ask(node: string, number: number, call: number): void {
    this.#change(this.iterations, `${node} ${number}`, { call });
  }

  /** @returns what the node holds as its answer */
  end(event: RLMIterationCompletedEvent, at: number, said: LastReply | undefined): TextRef | null {
    const { node, iteration, response, answer: text } = event;
    const isSaid = said?.text === response;
    const answer = text === null ? null : this.#answerOf(node, text);
    this.#change(this.iterations, `${node} ${iteration}`, {
      endedAt: at,
      response: isSaid ? said.ref : this.#texts.add(response),
      answer,
      ...(isSaid && { call: said.call }),
    });
    return answer;
  }

  beginBlock(event: RLMCodeBlockStartedEvent, at: number): void {
    const { node, iteration, codeBlock, code } = event;
    this.#running.set(node, event);
    const begun = { node, iteration, number: codeBlock, startedAt: at, endedAt: null, code: this.#texts.add(code) };
    const rest = { stdout: null, stderr: null, status: null, binds: boundNames(code), isLeftBehind: false };
    this.#put(this.codeBlocks, keyOf(event), { ...begun, ...rest });
    this.#forget(event);
  }

  print({ stream, text, ...block }: RLMCodeBlockOutputEvent): void {
    const key = `${keyOf(block)} ${stream}`;
    const before = this.#printed.get(key);
    const printed = (before ?? '') + text;
    this.#printed.set(key, printed);
    const ref = this.#blockAt(block)?.[stream] ?? null;
    const next = ref === null ? this.#texts.add(printed) : this.#texts.change(ref, printed);
    this.#change(this.codeBlocks, keyOf(block), { [stream]: next });
  }

  endBlock({ status, stdout, stderr, ...block }: Omit<RLMCodeBlockCompletedEvent, 'type'>, at: number): void {
    const known = this.#blockAt(block);
    const [out, err] = [this.#whole(known?.stdout, stdout), this.#whole(known?.stderr, stderr)];
    this.#change(this.codeBlocks, keyOf(block), { endedAt: at, status, stdout: out, stderr: err });
    this.#running.delete(block.node);
    this.#forget(block);
  }

  /** Another process runs again what did not come to its end, and prints it again. */
  beginLife(): void {
    this.#printed.clear();
    this.#running.clear();
  }

  leaveBehind(divergence: Place, places: Places): void {
    this.iterations.items.forEach(({ node, number }, place) => {
      const isFrom = places.isFrom({ ...divergence, codeBlock: null }, { node, iteration: number, codeBlock: null });
      const isSame = node === divergence.node && number === divergence.iteration;
      if (isFrom && !isSame) this.iterations.change(place, { isLeftBehind: true });
    });
    this.codeBlocks.items.forEach(({ number: codeBlock, ...block }, place) => {
      if (places.isFrom(divergence, { ...block, codeBlock })) this.codeBlocks.change(place, { isLeftBehind: true });
    });
  }

  #whole(known: TextRef | null | undefined, text: string): TextRef | null {
    if (known) return this.#texts.change(known, text);
    return text === '' ? null : this.#texts.add(text);
  }

  #answerOf(node: string, text: string): TextRef {
    const known = this.#answers.get(node);
    const ref = known?.text === text ? known.ref : this.#texts.add(text);
    this.#answers.set(node, { ref, text });
    return ref;
  }

  #blockAt(block: BlockPlace): CodeBlockView | undefined {
    return this.codeBlocks.at(this.#places.get(keyOf(block)) ?? -1);
  }

  #forget(block: BlockPlace): void {
    for (const stream of ['stdout', 'stderr'] satisfies Stream[]) this.#printed.delete(`${keyOf(block)} ${stream}`);
  }

  /** A new item, or one that is begun again in its place. */
  #put<T extends object>(list: ViewList<T>, key: string, item: T): void {
    const place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, list.add(item));
    else list.change(place, item);
  }

  #change<T extends object>(list: ViewList<T>, key: string, fields: Partial<T>): void {
    list.change(this.#places.get(key) ?? -1, fields);
  }
}

interface BlockPlace {
  node: string;
  iteration: number;
  codeBlock: number;
}

function keyOf({ node, iteration, codeBlock }: BlockPlace): string {
  return `${node} ${iteration}.${codeBlock}`;
}
