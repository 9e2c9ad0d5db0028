import type { AssessOptions } from './options.ts';
import type { Metrics } from './result.ts';
import type { Severity } from './terms.ts';

// What a calibration is given, and what it comes to. calibration-schema.ts checks what claims to be one.

/** Lines of a file. */
export interface LabelPlace {
  /** Path of the file, as the judge would name it. */
  file: string;
  /** The first line and the last one, from 1. */
  lines: [number, number];
}

/** What a label of either kind says of where the work is. */
interface LabelledWork {
  /** The commit that is judged, as a change of `base`; without one whole files are. */
  commit?: string | undefined;
  /** What the commit is a change of. Default: its first parent. */
  base?: string | undefined;
  /** Where `commit` is. Default: `cwd` of the options. */
  repository?: string | undefined;
  /** Labels with one name are of one work, and judged together. Default: each commit, and each file, is a work of its own. */
  work?: string | undefined;
  /** Anything for a reader. */
  note?: string | undefined;
}

/** A fault that is there. */
export interface DefectLabel extends LabelledWork, LabelPlace {
  /** What kind of label it is. */
  label: 'defect';
  /** The criterion, or the name that a judge would give; rules of one family are one. */
  rule: string;
  /** Other names by which a finding of it counts. Default: none. */
  also?: string[] | undefined;
  /** How bad it is. */
  severity: Severity;
  /** Other places that show it as well, as of a copy. Default: none. */
  alsoAt?: LabelPlace[] | undefined;
}

/** Nothing is wrong there, beside the faults that are labelled. */
export interface CleanLabel extends LabelledWork {
  /** What kind of label it is. */
  label: 'clean';
  /** The file that it is said of. Default: the whole of the commit. */
  file?: string | undefined;
  /** The lines that it is said of. Default: all. */
  lines?: [number, number] | undefined;
  /** The rule that it is said of. Default: all. */
  rule?: string | undefined;
}

/** A line of a file of labels. */
export type Label = DefectLabel | CleanLabel;

/** Options of `calibrate`: those of `assessWorkers` that say how is judged, and what it is compared with. */
export interface CalibrateOptions
  extends Omit<AssessOptions, 'previous' | 'resolve' | 'outputDir' | 'policyFiles' | 'base' | 'notWork'> {
  /** An earlier calibration: what changed since is said. Default: none. */
  previous?: CalibrationResult | undefined;
  /** The precision that suggested thresholds are to have, above 0 and below 1. Default: 0.8. */
  targetPrecision?: number | undefined;
}

/** A share, with Wilson's 95 % interval. */
export interface Proportion {
  /** How many came out. */
  hits: number;
  /** Of how many. */
  of: number;
  /** `hits / of`; null: of none. */
  value: number | null;
  /** Lower end of the interval; null: of none. */
  low: number | null;
  /** Upper end of the interval; null: of none. */
  high: number | null;
}

/** How good findings are. */
export interface FindingRates {
  /** Of the labelled faults, those that were found. */
  recall: Proportion;
  /** Of the findings that a label speaks of, those that are faults. */
  precision: Proportion;
}

/** A finding of the calibration that is no labelled fault. */
export interface StrayFinding {
  /** The work that it was found in. */
  work: string;
  /** Its rule. */
  rule: string;
  /** Its severity. */
  severity: Severity;
  /** Its file. */
  file: string;
  /** Its first line. */
  startLine: number;
  /** Its last line. */
  endLine: number;
  /** What it claims. */
  message: string;
  /** In how many samples it was found. */
  agreement: number;
}

/** A labelled fault that was not found. */
export interface MissedDefect {
  /** The work that it is in. */
  work: string;
  /** Its rule. */
  rule: string;
  /** Its severity, by the label. */
  severity: Severity;
  /** Its file. */
  file: string;
  /** Its first line. */
  startLine: number;
  /** Its last line. */
  endLine: number;
}

/** A threshold that the figures speak for. */
export interface Suggestion<T> {
  /** Null: the figures speak for none. */
  value: T | null;
  /** Why this one, or why none, with the figures. */
  reason: string;
}

/** By what was judged: calibrations by different ones are of different judges. */
export interface CalibratedJudge {
  /** Name of the model that writes code. */
  rootModel: string;
  /** Name of the model of every sub-call. */
  subModel: string;
  /** Name of the model that takes a second look; null: none does. */
  verifier: string | null;
  /** How often each work was judged. */
  samples: number;
  /** Whether larger work was judged by readings of its parts. */
  incremental: boolean;
  /** Ids of all questions that were asked. */
  rubric: string[];
  /** Hash of the questions with their severities and anchors. */
  rubricHash: string;
  /** Version of what the judge is asked besides. */
  queryVersion: number;
}

/** A figure that left the interval which it had before. */
export interface ChangedFigure {
  /** Which one: `precision of no-secrets`. */
  name: string;
  /** What it was. */
  before: Proportion;
  /** What it is. */
  now: Proportion;
}

/** What is other than at an earlier calibration. */
export interface CalibrationChanges {
  /** Of the judge, one a line: `rootModel: sonnet, was opus`. */
  judge: string[];
  /** Whether the labels are the same ones. */
  sameLabels: boolean;
  /** Figures that lie outside of the interval that they had. */
  figures: ChangedFigure[];
}

/** Works whose overall score lies between two bounds. */
export interface ScoreBin {
  /** Least score, which is in it. */
  from: number;
  /** The score that the next one begins at; 100 is in the last one. */
  to: number;
  /** Of these works, those that are labelled clean and have no fault. */
  sound: Proportion;
}

/** What a second look made of findings. */
export interface LookCounts {
  /** Confirmed. */
  confirmed: number;
  /** Refuted. */
  refuted: number;
  /** Not to be said. */
  cannot_say: number;
  /** Without an answer. */
  failed: number;
}

/** What `calibrate` resolves with. */
export interface CalibrationResult {
  /** Version of the format. */
  version: 1;
  /** By what was judged. */
  judge: CalibratedJudge;
  /** What was judged. */
  labels: {
    /** Labelled faults in works that were judged. */
    defects: number;
    /** Labels that say of something that it is clean, in works that were judged. */
    clean: number;
    /** Works that were judged. */
    works: number;
    /** Works that could not be judged, and count nowhere. */
    unjudged: {
      /** Name of the work. */
      work: string;
      /** Why. */
      reason: string;
    }[];
    /** Hash of all labels. */
    hash: string;
  };
  /** Of all verified findings. */
  overall: FindingRates;
  /** By rule, in order of their names. */
  rules: (FindingRates & {
    /** The rule, by the labels where they name it. */
    rule: string;
  })[];
  /** By severity, worst first: recall by the label's, precision by the finding's. */
  severities: (FindingRates & {
    /** The severity. */
    severity: Severity;
  })[];
  /** Findings whose quote is not in the work: they count nowhere. */
  unverified: number;
  /** Agreement between samples; null: there was one sample. */
  agreement: {
    /** Fleiss' kappa over what is labelled, found or not; null: not defined. */
    findings: number | null;
    /** Subjects that it is of. */
    subjects: number;
    /** Fleiss' kappa over the levels given to each dimension; null: not defined. */
    levels: Record<'codeQuality' | 'completeness' | 'security' | 'gitHygiene', number | null>;
  } | null;
  /** What overall scores are worth. */
  scores: {
    /** Works by their overall score, the lowest first. */
    bins: ScoreBin[];
    /** The probability that a sound work scores higher than one with a fault (area under the ROC curve); null: not both are there. */
    ranking: number | null;
  };
  /** What a second model made of the findings that would have failed the gate; null: none was asked. */
  verifier: {
    /** Of labelled faults. */
    defects: LookCounts;
    /** Of false findings. */
    falseFindings: LookCounts;
  } | null;
  /** Thresholds that the figures speak for. */
  thresholds: {
    /** The precision that they are to have. */
    targetPrecision: number;
    /** How they are chosen, in words. */
    rule: string;
    /** The mildest severity to fail on. */
    failOn: Suggestion<Severity>;
    /** In how many samples a finding is to be. */
    minAgreement: Suggestion<number>;
    /** The overall score below which to fail. */
    minScore: Suggestion<number>;
  };
  /** Findings where the labels say that nothing is wrong. */
  falseFindings: StrayFinding[];
  /** Labelled faults that were not found. */
  missed: MissedDefect[];
  /** Findings that no label speaks of: faults that nobody labelled, or false. They count nowhere; read them and label them. */
  unlabelled: StrayFinding[];
  /** What changed since the option `previous`; null: there was none. */
  changes: CalibrationChanges | null;
  /** What judging used. */
  rlmMetrics: Metrics;
}
