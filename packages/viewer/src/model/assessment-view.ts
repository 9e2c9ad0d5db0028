import type { AssessmentResult } from '@rlm-bridge/assess';

/** What a page shows of an assessment. */
export interface AssessmentView {
  /** The result, whole: it has no long texts but quotes and reasons. */
  result: AssessmentResult;
  /** Documents that findings are in, with their numbered lines, by worker and file; one without a text is not here. */
  documents: AssessedDocument[];
  /** Which runs judged a worker: ids that the same source has a `RunView` of; empty without a store. */
  runs: {
    /** Whose work it judged. */
    workerId: string;
    /** Number of the sample, from 1. */
    sample: number;
    /** Id of the run. */
    runId: string;
  }[];
}

/** Lines around the findings of one file. */
export interface AssessedDocument {
  /** Whose work it is. */
  workerId: string;
  /** Its path, as findings name it. */
  file: string;
  /** Runs of lines, in order and apart; all of a short file. */
  excerpts: {
    /** Number of its first line, from 1. */
    firstLine: number;
    /** Its lines, without their ends. */
    lines: string[];
  }[];
}
