/** A line of the evidence beside a finding, as the judge had it. */
export interface ExcerptLine {
  /** What the work did to it: added, removed, or left as it was. */
  mark: '+' | '-' | ' ';
  /** Its number in the new file, from 1; null for a removed one. */
  number: number | null;
  /** Its text without its end; what could hide or turn it is written out. */
  text: string;
  /** Whether the finding quotes it. */
  isQuoted: boolean;
}

/** The lines around what a finding quotes. */
export interface FindingExcerpt {
  /** Id of the finding. */
  findingId: string;
  /** Six lines on each side of the quote at most, and 60 lines in all. */
  lines: ExcerptLine[];
  /** Characters of the quoted lines in the document that the judge had, from the first up to the one after the last. */
  place: {
    /** The first. */
    start: number;
    /** The one after the last. */
    end: number;
  };
}
