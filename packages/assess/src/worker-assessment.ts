import { z } from 'zod';
import { Category, Change, LEVELS, Origin, Severity, Tolerance, Verdict } from './terms.ts';

// What an assessment says of one worker: the types, and the checks of what a cache or a file holds.

export const FindingSchema = z.strictObject({
  /** The fingerprint: equal for the same rule, path and quote, wherever the lines have moved. */
  id: z.string(),
  /** How bad it is: the middle of what the samples say, the worse one of two. */
  severity: Severity,
  /** What it is about, and so which dimension it lowers. */
  category: Category,
  /** A criterion of the rubric, or a name in kebab-case that the judge gave. */
  rule: z.string(),
  /** What is wrong, in the judge's words. */
  message: z.string(),
  /** A path in the repository, or the evidence it was found in, such as `evidence:commits`. */
  file: z.string(),
  /** First line of the quote in the file, from 1; for removed lines the line that they stood before. */
  startLine: z.int().min(1),
  /** Last line of the quote in the file; `startLine` for a quote of one line. */
  endLine: z.int().min(1),
  /** The lines that show the fault, as the judge quotes them. */
  quote: z.string(),
  /** Whether the quote is in the file, at these lines. What is not verified never fails the gate. */
  verified: z.boolean(),
  /** What differs between the quote and these lines; empty when nothing but white space does. */
  tolerated: z.array(Tolerance),
  /** In how many of the worker's samples it was found; of a criterion's, in how many that was not met. */
  agreement: z.int().min(1),
  /** The worst that a sample gave it; `severity` is the middle one. */
  worstSeverity: Severity,
  /** What the work did to these lines. */
  change: Change,
  /** Where the fault is from, by the judge's word, else by the diff; null: neither tells. */
  origin: Origin.nullable(),
  /** What would mend it, in the judge's words; absent when the judge has none. */
  suggestion: z.string().optional(),
  /** Whether the baseline has it. */
  known: z.boolean(),
  /** Whether it fails the gate. */
  gating: z.boolean(),
  /** Why it leaves the worker inconclusive though it does not fail the gate; null: it does not. */
  doubt: z.string().nullable(),
});
/** Something wrong with the work, with the lines that show it. */
export type Finding = z.infer<typeof FindingSchema>;

export const AssessmentErrorSchema = z.strictObject({
  /** A literal to branch on: a code of the worker's evidence, of its run, or `internal_error`. */
  code: z.string(),
  /** What went wrong and what to do, for a person. */
  message: z.string(),
});
/** Why something could not be judged. */
export type AssessmentErrorInfo = z.infer<typeof AssessmentErrorSchema>;

export const CriterionOutcomeSchema = z.strictObject({
  /** Id of the criterion; the rule of its findings. */
  id: z.string(),
  /** The question, as the caller asked it. */
  question: z.string(),
  /** Severity of the findings that show it is not met. */
  severity: Severity,
  /** What at least half of the samples say; `not_met` when they are at odds. */
  outcome: z.enum(['met', 'not_met', 'not_applicable']),
  /** In how many samples it was not met. */
  notMetIn: z.int(),
  /** Why, in the words of the first sample that says so. */
  reason: z.string(),
});
/** The judge's answer to a question of the caller's rubric. */
export type CriterionOutcome = z.infer<typeof CriterionOutcomeSchema>;

export const OmittedSchema = z.strictObject({
  /** Path of the file or folder, as the documents are named. */
  file: z.string(),
  /**
   * Why it was not shown. `link`: leads out of what is judged. `special`: a pipe, a socket or a device. `lfs`: content that
   * Git LFS keeps elsewhere. `filtered`: what git keeps of it is made by a filter, which is not run. `not_checked_out`: in a
   * sparse checkout. `not_work`: named so by the caller. `picture`: by its name and how it begins.
   */
  reason: z.enum([
    'binary',
    'picture',
    'submodule',
    'excluded',
    'too_large',
    'link',
    'special',
    'lfs',
    'filtered',
    'nested_repository',
    'not_checked_out',
    'not_work',
  ]),
  /** The same in words, with what is known of it: how large it is, where a link leads. */
  detail: z.string(),
});
/** A part of the work that no model was shown. `too_large` makes the worker inconclusive; the others are facts beside what was. */
export type Omitted = z.infer<typeof OmittedSchema>;

const GradesSchema = z.strictObject({
  /** What each sample gave; empty when none gave one. */
  given: z.array(
    z.strictObject({
      /** How good the dimension is. */
      level: z.enum(LEVELS),
      /** Why, in the judge's words. */
      reason: z.string(),
    }),
  ),
  /** Why there is none; null: there is evidence for it. */
  missing: z.string().nullable(),
});
/** What the judge makes of a dimension. */
export type Grades = z.infer<typeof GradesSchema>;

export const ProvenanceSchema = z.strictObject({
  /** What of the `WorkerSpec` said where the work is. */
  source: z.enum(['worktree', 'branch', 'files', 'diff', 'outputs']),
  /** The top of the work tree, the repository, or the folder that patterns are relative to; null for a patch. */
  path: z.string().nullable(),
  /** The whole name of the ref; null: none, as of a detached HEAD. */
  branch: z.string().nullable(),
  /** The commit that the changes are the difference to: the merge base. Null outside of git. */
  base: z.string().nullable(),
  /** The commit that the work has come to. Null outside of git. */
  head: z.string().nullable(),
  /** Whether the work tree has something that is not committed, judged or not. Null outside of git, and when it could not be read. */
  dirty: z.boolean().nullable(),
});
/** Which work it was that was judged. */
export type Provenance = z.infer<typeof ProvenanceSchema>;

const EvidenceShownSchema = z.strictObject({
  /** Changed files that a model was shown. */
  files: z.int(),
  /** Characters of all the evidence. */
  chars: z.int(),
  /** Fraction of these that reached a model, the least of all samples, from 0 to 1; null: it was not judged. */
  coverage: z.number().nullable(),
  /** What of the work no model was shown, and why. */
  omitted: z.array(OmittedSchema),
  /** The names of the documents that a model was shown. */
  documents: z.array(z.string()),
  /** Those of which a part reached no model in at least one sample, or none that answered. */
  unread: z.array(z.string()),
});

const score = z.number().min(0).max(100).nullable();

export const WorkerAssessmentSchema = z.strictObject({
  /** Id of the worker, as it was given. */
  workerId: z.string(),
  /** What the gate makes of the worker. */
  verdict: Verdict,
  /** The verdict in one line. */
  reason: z.string(),
  /** The weighted mean of the dimensions that have a score, 0 to 100; null when none has. */
  overallScore: score,
  /** Whether the code is correct and fits in, 0 to 100; null when it could not be judged. */
  codeQuality: score,
  /** Whether the criteria are met and tested, 0 to 100; null when it could not be judged, as without criteria. */
  completeness: score,
  /** Whether data, secrets and users stay safe, 0 to 100; null when it could not be judged. */
  security: score,
  /** Whether the commits tell what was done, 0 to 100; null when it could not be judged, as without commits. */
  gitHygiene: score,
  /** Why each score is what it is, or why there is none. */
  scoreReasons: z.strictObject({
    /** What the mean is made of, or that there is none. */
    overallScore: z.string(),
    /** The level of the code and why, in the judge's words, or what is missing. */
    codeQuality: z.string(),
    /** The level of the completeness and why, in the judge's words, or what is missing. */
    completeness: z.string(),
    /** The level of the security and why, in the judge's words, or what is missing. */
    security: z.string(),
    /** The level of the commits and why, in the judge's words, or what is missing. */
    gitHygiene: z.string(),
  }),
  /** What the scores are made of. */
  grades: z.strictObject({
    /** What the samples make of the code. */
    codeQuality: GradesSchema,
    /** What the samples make of the completeness. */
    completeness: GradesSchema,
    /** What the samples make of the security. */
    security: GradesSchema,
    /** What the samples make of the commits. */
    gitHygiene: GradesSchema,
  }),
  /** Which work it was that was judged; null: there was none that could be found. */
  provenance: ProvenanceSchema.nullable(),
  /** What is wrong with the work, those that are not verified included. */
  findings: z.array(FindingSchema),
  /** The answers to the caller's questions, one for each; empty when it could not be judged. */
  rubric: z.array(CriterionOutcomeSchema),
  /** What the work is and how good, in the words of the first sample; `''` when it could not be judged. */
  summary: z.string(),
  /** What the judgement rests on. */
  evidence: EvidenceShownSchema,
  /** How many answers of the judge it is made of. */
  samples: z.int(),
  /** Why there is nothing in it that could be judged; null: there is something, or nobody can tell. */
  nothingToJudge: z.string().nullable(),
  /** Files of the gate's own policy that the work adds, changes or removes; the policy of its base was applied. */
  policyChanges: z.array(z.string()),
  /** Why it, or a sample of it, could not be judged; absent when all could. What was found until then stands. */
  error: AssessmentErrorSchema.optional(),
  /** Whether `onError: 'pass'` lets it through: judging it failed, and nothing was found. */
  excusable: z.boolean(),
});
/** What came of one worker. */
export type WorkerAssessment = z.infer<typeof WorkerAssessmentSchema>;
