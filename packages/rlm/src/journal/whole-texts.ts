import type { Pointer } from './texts.ts';
import { textAt, withTexts } from './texts.ts';

/** Characters of lines that are kept: what is told again soon after is not read again. */
const MAX_KEPT_CHARS = 64_000_000;

/** A record as it is stored. */
export interface StoredRecord {
  n: number;
  same?: Record<Pointer, string> | undefined;
  blobs?: Record<Pointer, string> | undefined;
}

/** Where a decoder finds what a record has not. */
export interface TextSources {
  /** A record by its number, as it is stored. */
  record(n: number): Promise<unknown>;
  /** The text of a blob. */
  blob(sha256: string): Promise<string>;
}

/** What a record refers to is not there. */
export class TextMissing extends Error {
  override readonly name = 'TextMissing';
}

/** Puts the texts of one journal back where they were. What it keeps is bounded, whatever the journal's size. */
export class WholeTexts {
  readonly #sources: TextSources;
  readonly #kept = new Map<number, { record: StoredRecord; chars: number }>();
  #chars = 0;

  constructor(sources: TextSources) {
    this.#sources = sources;
  }

  /** The record as it was; `chars`: how long its line is. @throws {TextMissing} (as a rejection) */
  async decode<R extends StoredRecord>(stored: R, chars: number): Promise<Omit<R, keyof TextPlaces>> {
    this.#keep(stored, chars);
    const { same = {}, blobs = {}, ...record } = stored;
    const texts = new Map<Pointer, string>();
    for (const [pointer, place] of Object.entries(same)) texts.set(pointer, await this.#sharedText(place, stored.n));
    for (const [pointer, sha256] of Object.entries(blobs)) texts.set(pointer, await this.#sources.blob(sha256));
    if (texts.size === 0) return record;
    for (const pointer of texts.keys()) {
      if (textAt(record, pointer) !== '')
        throw new TextMissing(`a text is to stand at ${pointer}, where none is left out`);
    }
    return withTexts(record, (text, pointer) => texts.get(pointer) ?? text);
  }

  async #sharedText(place: string, n: number): Promise<string> {
    const [, number, pointer = ''] = /^(\d+)#(.*)$/s.exec(place) ?? [];
    const source = Number(number);
    const record = source < n ? (this.#kept.get(source)?.record ?? (await this.#sources.record(source))) : undefined;
    const text = textAt(record, pointer);
    if (text === undefined || text === '') throw new TextMissing(`it has a text of ${place}, where none stands`);
    return text;
  }

  #keep(record: StoredRecord, chars: number): void {
    this.#kept.set(record.n, { record, chars });
    this.#chars += chars;
    for (const [n, { chars: freed }] of this.#kept) {
      if (this.#chars <= MAX_KEPT_CHARS || n === record.n) return;
      this.#kept.delete(n);
      this.#chars -= freed;
    }
  }
}

interface TextPlaces {
  same?: unknown;
  blobs?: unknown;
}
