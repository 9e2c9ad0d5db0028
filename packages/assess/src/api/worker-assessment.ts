import type {
  Category,
  Change,
  GoneState,
  Level,
  Origin,
  Severity,
  Since,
  SuppressionState,
  Tolerance,
  Verdict,
} from './terms.ts';
import type { Verification } from './verification.ts';

// What an assessment says of one worker. result-schema.ts checks what claims to be one.

/** Something wrong with the work, with the lines that show it. */
export interface Finding {
  /** The fingerprint: equal for the same rule, path and quote, wherever the lines have moved. */
  id: string;
  /** How bad it is: the middle of what the samples say, the worse one of two. */
  severity: Severity;
  /** What it is about, and so which dimension it lowers. */
  category: Category;
  /** A criterion of the rubric, or a name in kebab-case that the judge gave. */
  rule: string;
  /** What is wrong, in the judge's words. */
  message: string;
  /** A path in the repository, or the evidence it was found in, such as `evidence:commits`. */
  file: string;
  /** First line of the quote in the file, from 1; for removed lines the line that they stood before. */
  startLine: number;
  /** Last line of the quote in the file; `startLine` for a quote of one line. */
  endLine: number;
  /** Where the quote begins in `startLine`, in UTF-16 code units from 1; null when it is not verified, or its lines were removed. */
  startColumn: number | null;
  /** The column after its end in `endLine`; null where `startColumn` is. */
  endColumn: number | null;
  /** The lines that show the fault, as the judge quotes them. */
  quote: string;
  /** Whether the quote is in the file, at these lines. What is not verified never fails the gate. */
  verified: boolean;
  /** What differs between the quote and these lines; empty when nothing but white space does. */
  tolerated: Tolerance[];
  /** In how many of the worker's samples it was found; of a criterion's, in how many that was not met. */
  agreement: number;
  /** The worst that a sample gave it; `severity` is the middle one. */
  worstSeverity: Severity;
  /** What the work did to these lines. */
  change: Change;
  /** Where the fault is from, by the judge's word, else by the diff; null: neither tells. */
  origin: Origin | null;
  /** What would mend it, in the judge's words; absent when the judge has none. */
  suggestion?: string | undefined;
  /** Places outside of the work that show it, in the repository as the work found it or in `context`; absent when the judge names none. */
  reference?:
    | {
        /** A path in the repository, or `context:NAME`. */
        file: string;
        /** The line that the quote begins on, from 1. */
        line: number;
        /** The lines there, as the judge quotes them. */
        quote: string;
        /** Whether the quote is there. */
        verified: boolean;
      }[]
    | undefined;
  /** Hashes of the whole lines that it is on, whatever part of them is quoted; empty when it is not verified. */
  lines: string[];
  /** Hashes of the lines beside these, three on each side at most. */
  beside: string[];
  /** Whether the option `previous` has it, too; null: there was no assessment of the worker before. */
  since: Since | null;
  /** The comment in the file that asks to let it be; null: there is none. */
  suppression: {
    /** Why, in the words of the comment. */
    reason: string;
    /** Whose comment it is; see {@link Suppression}. */
    state: SuppressionState;
  } | null;
  /** What a second model makes of it; null: none was asked about it. */
  verification: Verification | null;
  /** Whether the baseline has it. */
  known: boolean;
  /** Whether it fails the gate. */
  gating: boolean;
  /** Why it leaves the worker inconclusive though it does not fail the gate; null: it does not. */
  doubt: string | null;
}

/** A comment `rlm-ignore RULE -- reason` in a file of the work. */
export interface Suppression {
  /** The file that it is in. */
  file: string;
  /** Its line there, from 1. */
  line: number;
  /** The rules that it names. */
  rules: string[];
  /** Why; `''` where it does not say, and then it asks for nothing. */
  reason: string;
  /**
   * `of_base`: it stands where the work started, and so do the lines of its finding, which is let be.
   * `of_base_on_changed_lines`: the work changed these, which leaves a doubt. `new`: the work brings it, and it is obeyed
   * under `allowNewSuppressions` alone. `unused`: no finding is there. `no_reason`: it says none.
   */
  state: SuppressionState;
}

/** A finding of the assessment before that is none of this one. */
export interface GoneFinding
  extends Pick<Finding, 'id' | 'severity' | 'rule' | 'message' | 'file' | 'startLine' | 'endLine'> {
  /**
   * `fixed`: its lines are others now, or the change was taken back. `not_found_again`: its lines stand as they were, and
   * nobody found it: mended elsewhere, or overlooked. `not_judged`: nobody looked.
   */
  state: GoneState;
}

/** A file of a repository that has another path than it had. */
export interface Rename {
  /** The path before. */
  from: string;
  /** The path now. */
  to: string;
}

/** Why something could not be judged. */
export interface AssessmentErrorInfo {
  /** A literal to branch on: a code of the worker's evidence, of its run, or `internal_error`. */
  code: string;
  /** What went wrong and what to do, for a person. */
  message: string;
}

/** The judge's answer to a question of the caller's rubric. */
export interface CriterionOutcome {
  /** Id of the criterion; the rule of its findings. */
  id: string;
  /** The question, as the caller asked it. */
  question: string;
  /** Severity of the findings that show it is not met. */
  severity: Severity;
  /** What at least half of the samples say; `not_met` when they are at odds. */
  outcome: 'met' | 'not_met' | 'not_applicable';
  /** In how many samples it was not met. */
  notMetIn: number;
  /** Why, in the words of the first sample that says so. */
  reason: string;
}

/** A part of the work that no model was shown. `too_large` makes the worker inconclusive; the others are facts beside what was. */
export interface Omitted {
  /** Path of the file or folder, as the documents are named. */
  file: string;
  /**
   * Why it was not shown. `link`: leads out of what is judged. `special`: a pipe, a socket or a device. `lfs`: content that
   * Git LFS keeps elsewhere. `filtered`: what git keeps of it is made by a filter, which is not run. `not_checked_out`: in a
   * sparse checkout. `not_work`: named so by the caller. `picture`: by its name and how it begins.
   */
  reason:
    | 'binary'
    | 'picture'
    | 'submodule'
    | 'excluded'
    | 'too_large'
    | 'link'
    | 'special'
    | 'lfs'
    | 'filtered'
    | 'nested_repository'
    | 'not_checked_out'
    | 'not_work';
  /** The same in words, with what is known of it: how large it is, where a link leads. */
  detail: string;
}

/** What the judge makes of a dimension. */
export interface Grades {
  /** What each sample gave; empty when none gave one. */
  given: {
    /** How good the dimension is. */
    level: Level;
    /** Why, in the judge's words. */
    reason: string;
  }[];
  /** Why there is none; null: there is evidence for it. */
  missing: string | null;
}

/** Which work it was that was judged. */
export interface Provenance {
  /** What of the `WorkerSpec` said where the work is. */
  source: 'worktree' | 'branch' | 'files' | 'diff' | 'outputs';
  /** The top of the work tree, the repository, or the folder that patterns are relative to; null for a patch. */
  path: string | null;
  /** The whole name of the ref; null: none, as of a detached HEAD. */
  branch: string | null;
  /** The commit that the changes are the difference to: the merge base. Null outside of git. */
  base: string | null;
  /** The commit that the work has come to. Null outside of git. */
  head: string | null;
  /** Whether the work tree has something that is not committed, judged or not. Null outside of git, and when it could not be read. */
  dirty: boolean | null;
}

/** What a judgement rests on. */
export interface EvidenceShown {
  /** Changed files that a model was shown. */
  files: number;
  /** Characters of all the evidence. */
  chars: number;
  /** Fraction of these that reached a model, the least of all samples (0 to 1); null: it was not judged. */
  coverage: number | null;
  /** What of the work no model was shown, and why. */
  omitted: Omitted[];
  /** The names of the documents that a model was shown. */
  documents: string[];
  /** Those of which a part reached no model in at least one sample, or none that answered. */
  unread: string[];
  /** Those that are a part of their file: its changes alone. */
  partial: string[];
  /** Files that were renamed, by this work or since a baseline or an assessment that it is compared with was made. */
  renames: Rename[];
}

/** What came of one worker. */
export interface WorkerAssessment {
  /** Id of the worker, as it was given. */
  workerId: string;
  /** What the gate makes of the worker. */
  verdict: Verdict;
  /** The verdict in one line. */
  reason: string;
  /** The weighted mean of the dimensions that have a score, 0 to 100; null when none has. */
  overallScore: number | null;
  /** Whether the code is correct and fits in, 0 to 100; null when it could not be judged. */
  codeQuality: number | null;
  /** Whether the criteria are met and tested, 0 to 100; null when it could not be judged, as without criteria. */
  completeness: number | null;
  /** Whether data, secrets and users stay safe, 0 to 100; null when it could not be judged. */
  security: number | null;
  /** Whether the commits tell what was done, 0 to 100; null when it could not be judged, as without commits. */
  gitHygiene: number | null;
  /** Why each score is what it is, or why there is none. */
  scoreReasons: {
    /** What the mean is made of, or that there is none. */
    overallScore: string;
    /** The level of the code and why, in the judge's words, or what is missing. */
    codeQuality: string;
    /** The level of the completeness and why, in the judge's words, or what is missing. */
    completeness: string;
    /** The level of the security and why, in the judge's words, or what is missing. */
    security: string;
    /** The level of the commits and why, in the judge's words, or what is missing. */
    gitHygiene: string;
  };
  /** What the scores are made of. */
  grades: {
    /** What the samples make of the code. */
    codeQuality: Grades;
    /** What the samples make of the completeness. */
    completeness: Grades;
    /** What the samples make of the security. */
    security: Grades;
    /** What the samples make of the commits. */
    gitHygiene: Grades;
  };
  /** Which work it was that was judged; null: there was none that could be found. */
  provenance: Provenance | null;
  /** What is wrong with the work, those that are not verified included. */
  findings: Finding[];
  /** Comments in the work that ask to let findings be, obeyed or not. */
  suppressions: Suppression[];
  /** Findings of the option `previous` that are none of this assessment. */
  gone: GoneFinding[];
  /** The answers to the caller's questions, one for each; empty when it could not be judged. */
  rubric: CriterionOutcome[];
  /** What the work is and how good, in the words of the first sample; `''` when it could not be judged. */
  summary: string;
  /** What the judgement rests on. */
  evidence: EvidenceShown;
  /** How many answers of the judge it is made of. */
  samples: number;
  /** Name of the model that takes a second look at what the verdict rests on; null: the option `verifier` names none. */
  verifier: string | null;
  /** Why there is nothing in it that could be judged; null: there is something, or nobody can tell. */
  nothingToJudge: string | null;
  /** Files of the gate's own policy that the work adds, changes or removes; the policy of its base was applied. */
  policyChanges: string[];
  /** Why it, or a sample of it, could not be judged; absent when all could. What was found until then stands. */
  error?: AssessmentErrorInfo | undefined;
  /** Whether `onError: 'pass'` lets it through: judging it failed, and nothing was found. */
  excusable: boolean;
}
