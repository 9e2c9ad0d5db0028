import type { TextRef } from './texts.ts';

/** Which part of the context stood in prompts that a model answered, and in which ones. Offsets are UTF-16 units. */
export interface CoverageView {
  /** Characters of all documents. */
  chars: number;
  /** Of these, from 0 to 1, what any model read; null: not known, as of a context that is not there any more. */
  fraction: number | null;
  /** The same of the root's own turns and of sub-calls. */
  byRole: {
    /** Part that stood in prompts of the root's own turns. */
    root: number;
    /** Part that stood in prompts of sub-calls. */
    sub: number;
  } | null;
  /** How much had to be read for an answer to be taken, from 0 to 1; null: no such demand. */
  required: number | null;
  /** The texts of the context, in its order. */
  documents: DocumentView[];
  /** Every stretch of a document that stood in the prompt of a call, in the order of the calls. */
  reads: ReadView[];
  /** Why `reads` has less than was read, for a person; null: it has all. */
  incomplete: string | null;
}

/** A text of the context. */
export interface DocumentView {
  /** Its name in the context: a key, a path, or a number of a list; null for a context that is one text. */
  name: string | null;
  /** Its length in characters. */
  chars: number;
  /** The text itself; null: it is not there any more, or has changed since. */
  text: TextRef | null;
  /** Of its characters what was read, from 0 to 1; null: not known. */
  fraction: number | null;
}

/** `[document, start, end, call]`: the place of the document and of the call in their lists, and the characters between. */
export type ReadView = readonly [document: number, start: number, end: number, call: number];
