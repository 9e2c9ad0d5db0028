import type { AssessmentResult } from '@rlm-bridge/assess';

/** What a page shows of an assessment. */
export interface AssessmentView {
  /** The result, whole: it has no long texts but quotes and reasons. */
  result: AssessmentResult;
  /** Documents that findings are in, with their numbered lines, by worker and file; one without a text is not here. */
  documents: AssessedDocument[];
  /** Which runs judged a worker: ids that the same source has a `RunView` of; empty without a store. */
  runs: { workerId: string; sample: number; runId: string }[];
}

/** Lines around the findings of one file. */
export interface AssessedDocument {
  workerId: string;
  file: string;
  /** Runs of lines, in order and apart; all of a short file. */
  excerpts: { firstLine: number; lines: string[] }[];
}
