import { createHash } from 'node:crypto';
import type { Pointer } from './texts.ts';
import { withTexts } from './texts.ts';

/** From this length on, in characters, a text stands in a journal once. */
export const SHARED_CHARS = 100;

/** From this length on, in characters, a text is a blob of the store. */
export const BLOB_CHARS = 64 * 1024;

/** Texts whose places are kept in mind; of older ones, each stands once more where it comes again. */
const MAX_KNOWN = 200_000;

type PutText = (text: string) => Promise<string>;

/** What stands in a record in place of its texts. */
interface Places {
  same?: Record<Pointer, string>;
  blobs?: Record<Pointer, string>;
}

/** Takes out of the records of one journal, in their order, every text that stands elsewhere. */
export class SharedTexts {
  readonly #put: PutText;
  /** Where texts stand, by their hash: the texts themselves would be all of the journal. */
  readonly #known = new Map<string, string>();

  /** `put` keeps a text as a blob and gives its hash. */
  constructor(put: PutText) {
    this.#put = put;
  }

  /** The record as it is stored: each text that stands elsewhere is "", and its place tells where. */
  async encode<R extends { n: number }>(record: R): Promise<R & Places> {
    const blobs = await this.#putLarge(record);
    const same: Record<Pointer, string> = {};
    const fresh: [hash: string, place: string][] = [];
    const stored = withTexts(record, (text, pointer) => {
      if (Object.hasOwn(blobs, pointer)) return '';
      if (!isShared(text)) return text;
      const hash = hashOf(text);
      const place = this.#known.get(hash);
      if (place === undefined) {
        fresh.push([hash, `${record.n}#${pointer}`]);
        return text;
      }
      same[pointer] = place;
      return '';
    });
    for (const [hash, place] of fresh) this.#learn(hash, place);
    return { ...stored, ...unlessEmpty('same', same), ...unlessEmpty('blobs', blobs) };
  }

  /** Takes note of a record that is stored already. */
  learn(stored: { n: number }): void {
    withTexts(stored, (text, pointer) => {
      if (isShared(text)) this.#learn(hashOf(text), `${stored.n}#${pointer}`);
      return text;
    });
  }

  #learn(hash: string, place: string): void {
    if (this.#known.has(hash)) return;
    const oldest = this.#known.size < MAX_KNOWN ? undefined : this.#known.keys().next().value;
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(hash, place);
  }

  async #putLarge(record: object): Promise<Record<Pointer, string>> {
    const large: [Pointer, string][] = [];
    withTexts(record, (text, pointer) => {
      if (text.length >= BLOB_CHARS && text.isWellFormed()) large.push([pointer, text]);
      return text;
    });
    const blobs: Record<Pointer, string> = {};
    for (const [pointer, text] of large) blobs[pointer] = await this.#put(text);
    return blobs;
  }
}

/** A lone surrogate has no bytes of its own, so such a text has no hash of its own. */
function isShared(text: string): boolean {
  return text.length >= SHARED_CHARS && text.isWellFormed();
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

function unlessEmpty(name: keyof Places, places: Record<Pointer, string>): Places {
  return Object.keys(places).length === 0 ? {} : { [name]: places };
}
