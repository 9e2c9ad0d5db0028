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
  byRole: { root: number; sub: number };
  /** Every document of the context with its length in characters and the part of it, from 0 to 1, that reached a model. */
  documents: { name: string; chars: number; seenFraction: number }[];
  /** Offsets in characters; `document` is null for a context of one text. */
  unread: { document: string | null; start: number; end: number }[];
}
