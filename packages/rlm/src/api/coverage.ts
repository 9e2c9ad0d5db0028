/** Which part of the context reached a model, verbatim, as part of a prompt. Fractions are 0 to 1. */
export interface RLMCoverage {
  contextChars: number;
  contextSha256: string;
  seenChars: number;
  seenFraction: number;
  byRole: { root: number; sub: number };
  documents: { name: string; chars: number; seenFraction: number }[];
  /** Offsets in characters; `document` is null for a context of one text. */
  unread: { document: string | null; start: number; end: number }[];
}
