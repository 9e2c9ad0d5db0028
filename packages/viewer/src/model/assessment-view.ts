import type { AssessmentResult, ExcerptLine } from '@rlm-bridge/assess';

/** What a page shows of an assessment. */
export interface AssessmentView {
  /** The result, whole: it has no long texts but quotes and reasons. */
  result: AssessmentResult;
  /** The lines around what findings quote; a finding whose lines are not known is not here. */
  excerpts: ExcerptView[];
  /** Workers of whose findings some have no excerpt. */
  missing: {
    /** Whose work it is. */
    workerId: string;
    /** Why, for a person. */
    reason: string;
  }[];
  /** Which runs judged a worker: ids that the same source has a `RunView` of; empty without a store. */
  runs: JudgeRunView[];
  /** Calls of those runs that had the lines of a finding in their prompts, or its quote in their replies. */
  calls: FindingCallView[];
}

/** Lines around what a finding quotes. */
export interface ExcerptView {
  /** Whose work it is. */
  workerId: string;
  /** Id of the finding. */
  findingId: string;
  /** Where they are from: the context of a run that judged it, or the work itself, read again. */
  from: 'run' | 'work';
  /** The lines, in order. */
  lines: ExcerptLine[];
}

/** A run of the judge. */
export interface JudgeRunView {
  /** Whose work it judged. */
  workerId: string;
  /** Number of the sample, from 1. */
  sample: number;
  /** Id of the run. */
  runId: string;
  /** Documents of the evidence of which a part reached no model that answered, in this run; null: not known. */
  unread:
    | {
        /** Place of the document in the context of the run. */
        document: number;
        /** Its name. */
        name: string;
        /** How much of it was read, from 0 to 1. */
        fraction: number;
      }[]
    | null;
}

/** A call that a finding rests on. */
export interface FindingCallView {
  /** Whose work it is about. */
  workerId: string;
  /** Id of the finding. */
  findingId: string;
  /** Id of the run. */
  runId: string;
  /** Number of the sample, from 1. */
  sample: number;
  /** Name of the call in its run. */
  call: string;
  /** `said`: its reply quotes the lines; `read`: they stood in its prompt, and it did not say so. */
  how: 'said' | 'read';
}
