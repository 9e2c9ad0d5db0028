/** Which part of the context reached a model, verbatim, as part of a prompt. Fractions are 0 to 1. */
export interface RLMCoverage {
  /** Length of the context in characters. */
  contextChars: number;
  /** SHA-256 of the context, in hex. */
  contextSha256: string;
  /** Characters of the context that reached a model. */
  seenChars: number;
  /** Part of the context that reached a model, from 0 to 1. */
  seenFraction: number;
  /** Parts of the context, from 0 to 1, that reached the root model and the sub-calls. */
  byRole: {
    /** Part that stood in prompts of the root model, from 0 to 1. */
    root: number;
    /** Part that stood in prompts of sub-calls, from 0 to 1. */
    sub: number;
  };
  /** Every document of the context: one for a string, one for each text of a list or dict. */
  documents: {
    /** Its key in a dict, such as `src/a.ts`, or its number in a list. */
    name: string;
    /** Length of the document in characters. */
    chars: number;
    /** Part of the document that reached a model, from 0 to 1. */
    seenFraction: number;
  }[];
  /** Every stretch of the context that reached no model, in order; empty when all was read. */
  unread: {
    /** Name of the document that it is in; null for a context of one text. */
    document: string | null;
    /** Offset in the document, in characters, of the first one that was not read. */
    start: number;
    /** Offset in the document, in characters, after the last one that was not read. */
    end: number;
  }[];
}
