import { isSubCall } from '@rlm-bridge/usage';
import type { RLMJournalIntent, RLMJournalReply } from 'rlm-bridge/journal';
import type { ReadView } from '../model/coverage-view.ts';
import { EndIndex } from './end-index.ts';
import { LEAST_END_BYTES, type Span, utf8Bytes } from './matches.ts';
import { ReadParts } from './read-parts.ts';
import { WindowIndex } from './window-index.ts';

type Role = 'root' | 'sub';

/** A message of a prompt: what of the context is in it. It counts once, for the first call that was answered. */
interface Message {
  spans: Span[];
  isRead: boolean;
}

/** Folds which stretches of the context stood in prompts that a model answered. */
export class CoverageFold {
  readonly reads: ReadView[] = [];
  readonly #texts: readonly string[];
  readonly #windows: WindowIndex;
  readonly #ends: EndIndex;
  readonly #parts = { root: new ReadParts(), sub: new ReadParts() };
  readonly #prompts = new Map<string, Message[]>();
  readonly #asked = new Map<string, { place: number; messages: Message[] }>();
  #calls = 0;

  /** `windows`: of the texts. */
  constructor(texts: readonly string[], windows = WindowIndex.of(texts)) {
    this.#texts = texts;
    this.#windows = windows;
    this.#ends = new EndIndex(texts);
  }

  /** Whether a prompt was not compared with all that it may have had. */
  get isCut(): boolean {
    return this.#windows.isCut || this.#ends.isCut;
  }

  ask({ event, prompt }: RLMJournalIntent): void {
    const chain = `${event.node} ${event.role}`;
    const kept = (this.#prompts.get(chain) ?? []).slice(0, prompt.kept);
    const fresh = prompt.messages.map(({ content }) => ({ spans: this.#spansIn(textOf(content)), isRead: false }));
    const messages = [...kept, ...fresh];
    this.#prompts.set(chain, messages);
    this.#asked.set(event.call, { place: this.#calls, messages });
    this.#calls += 1;
  }

  /** @returns whether a stretch was read in its prompt */
  reply({ event }: RLMJournalReply): boolean {
    const asked = this.#asked.get(event.call);
    this.#asked.delete(event.call);
    if (asked === undefined || event.outcome !== 'succeeded' || event.finishReason !== 'stop') return false;
    const before = this.reads.length;
    for (const message of asked.messages) {
      if (message.isRead) continue;
      message.isRead = true;
      for (const span of message.spans) this.#read(isSubCall(event) ? 'sub' : 'root', span, asked.place);
    }
    return this.reads.length > before;
  }

  /** Units of documents that were read, by document: of a role, or of any. */
  seen(document: number, role?: Role): number {
    const parts = role === undefined ? this.#both(document) : this.#parts[role];
    return parts.of(document).reduce((sum, [start, end]) => sum + end - start, 0);
  }

  /** Parts of a document that were read by any model. */
  partsOf(document: number): readonly (readonly [start: number, end: number])[] {
    return this.#both(document).of(document);
  }

  /** Ends of documents that are too short to count by themselves, and count after what was read: by role. */
  restsOf(role: Role): { document: number; start: number; text: string }[] {
    return this.#texts.flatMap((text, document) => {
      const start = this.#parts[role].of(document).at(-1)?.[1] ?? 0;
      const isRest = start > 0 && start < text.length && utf8Bytes(text, start) < LEAST_END_BYTES;
      return isRest ? [{ document, start, text: text.slice(start) }] : [];
    });
  }

  /** A rest that stood in a prompt. */
  readRest(
    role: Role,
    { document, start, text }: { document: number; start: number; text: string },
    call: number,
  ): void {
    this.#read(role, { document, start, end: start + text.length }, call);
  }

  #read(role: Role, span: Span, call: number): void {
    this.#parts[role].add(span);
    this.reads.push([span.document, span.start, span.end, call]);
  }

  #both(document: number): ReadParts {
    const both = new ReadParts();
    for (const parts of Object.values(this.#parts)) {
      for (const [start, end] of parts.of(document)) both.add({ document, start, end });
    }
    return both;
  }

  #spansIn(message: string): Span[] {
    const parts = new ReadParts();
    const spans = [...this.#windows.spansIn(message), ...this.#ends.spansIn(message)];
    for (const span of spans) parts.add(span);
    return [...new Set(spans.map(({ document }) => document))].flatMap((document) =>
      parts.of(document).map(([start, end]) => ({ document, start, end })),
    );
  }
}

/** What a model reads of a message. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts: unknown[] = Array.isArray(content) ? content : [];
  return parts.map((part) => (isText(part) ? part.text : '')).join('');
}

function isText(part: unknown): part is { text: string } {
  return typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string';
}
