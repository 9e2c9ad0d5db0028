import type { AssessmentView } from './assessment-view.ts';
import type { RunSummary } from './run-summary.ts';
import type { RunView } from './run-view.ts';

// What stands in a file of the page, each in a data block: JSON, compressed by gzip, in base64.

/** Ids of the blocks. */
export const BLOCKS = {
  /** A `Filed`. */
  file: 'rlm-file',
  /** A `FiledRun`, by the place of the run in the list. */
  run: (place: number): string => `rlm-run-${place}`,
  /** A text: the characters of all texts of the run, one after the other, from `part * PART_CHARS` on. */
  part: (place: number, part: number): string => `rlm-run-${place}-part-${part}`,
};

/** Characters of a block of texts, but for the last one. */
export const PART_CHARS = 1_048_576;

/** What a file is about. */
export interface Filed {
  runs: RunSummary[];
  assessment: AssessmentView | null;
}

/** A run in a file. */
export interface FiledRun {
  view: RunView;
  /** By the id of a text, where it begins among the characters of all; one that is not here was left out, or there is none. */
  texts: { [id: number]: number };
}
