import { z } from 'zod';

// What an assessment is, defined once: the types, the checks of what a cache or a file holds, and the JSON Schema.

const TOLERANCES = [
  'file-name',
  'gutter',
  'diff-sign',
  'code-fence',
  'mask',
  'elision',
  'escapes',
  'typography',
  'invisible-characters',
  'white-space',
  'cut',
] as const;
const CHANGES = ['added', 'changed', 'removed', 'untouched'] as const;
const ORIGINS = ['introduced', 'existing', 'mended'] as const;
/** `changed`: what the work added, changed or brought about by what it removed; `all`: what it left as it was, too. */
export const SCOPES = ['changed', 'all'] as const;
/** What work that holds nothing to judge may come to, mildest first. */
export const NOTHING_TO_JUDGE = ['pass', 'inconclusive', 'fail'] as const;

/** How bad a finding is, worst first. */
export const Severity: z.ZodEnum<{ critical: 'critical'; high: 'high'; medium: 'medium'; low: 'low' }> = z.enum([
  'critical',
  'high',
  'medium',
  'low',
]);
export type Severity = z.infer<typeof Severity>;

/** What a finding is about; each category lowers the score of one dimension. */
export const Category: z.ZodEnum<{
  code: 'code';
  completeness: 'completeness';
  security: 'security';
  git: 'git';
}> = z.enum(['code', 'completeness', 'security', 'git']);
export type Category = z.infer<typeof Category>;

const VERDICTS = ['pass', 'fail', 'inconclusive', 'nothing_to_judge'] as const;
/**
 * `inconclusive`: the work could not be judged. It is never a pass. `nothing_to_judge`: there is nothing in the work that could
 * be judged, and nothing in it is hidden.
 */
export const Verdict: z.ZodEnum<{ [name in (typeof VERDICTS)[number]]: name }> = z.enum(VERDICTS);
export type Verdict = z.infer<typeof Verdict>;

/** The scored dimensions of a worker, by their names in the result. */
export const DIMENSIONS = ['codeQuality', 'completeness', 'security', 'gitHygiene'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** How good a dimension is, best first; the anchors of each are in the judge's rubric. */
export const LEVELS = ['excellent', 'good', 'acceptable', 'poor', 'unacceptable'] as const;
export type Level = (typeof LEVELS)[number];

/** What may differ between a quote and the lines it is in; white space as such is not counted. */
export const Tolerance: z.ZodEnum<{ [name in (typeof TOLERANCES)[number]]: name }> = z.enum(TOLERANCES);
export type Tolerance = z.infer<typeof Tolerance>;

/** What the work did to the lines of a finding. */
export const Change: z.ZodEnum<{ [name in (typeof CHANGES)[number]]: name }> = z.enum(CHANGES);
export type Change = z.infer<typeof Change>;

/** Where a fault is from: the work brings it in, it was there before and still is, or it was and is gone. */
export const Origin: z.ZodEnum<{ [name in (typeof ORIGINS)[number]]: name }> = z.enum(ORIGINS);
export type Origin = z.infer<typeof Origin>;

const score = z.number().min(0).max(100).nullable();

export const FindingSchema = z.strictObject({
  /** The fingerprint: equal for the same rule, path and quote, wherever the lines have moved. */
  id: z.string(),
  severity: Severity,
  category: Category,
  /** A criterion of the rubric, or a name in kebab-case that the judge gave. */
  rule: z.string(),
  message: z.string(),
  /** A path in the repository, or the evidence it was found in, such as `evidence:commits`. */
  file: z.string(),
  startLine: z.int().min(1),
  endLine: z.int().min(1),
  quote: z.string(),
  /** Whether the quote is in the file, at these lines. What is not verified never fails the gate. */
  verified: z.boolean(),
  /** What differs between the quote and these lines. */
  tolerated: z.array(Tolerance),
  /** In how many of the worker's samples it was found; of a criterion's, in how many that was not met. */
  agreement: z.int().min(1),
  /** The worst that a sample gave it; `severity` is the middle one. */
  worstSeverity: Severity,
  change: Change,
  /** By the judge's word, else by the diff; null: neither tells. */
  origin: Origin.nullable(),
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

export const AssessmentErrorSchema = z.strictObject({ code: z.string(), message: z.string() });
/** Why something could not be judged. */
export type AssessmentErrorInfo = z.infer<typeof AssessmentErrorSchema>;

export const CriterionOutcomeSchema = z.strictObject({
  id: z.string(),
  question: z.string(),
  severity: Severity,
  outcome: z.enum(['met', 'not_met', 'not_applicable']),
  /** In how many samples it was not met. */
  notMetIn: z.int(),
  reason: z.string(),
});
/** The judge's answer to a question of the caller's rubric. */
export type CriterionOutcome = z.infer<typeof CriterionOutcomeSchema>;

export const OmittedSchema = z.strictObject({
  file: z.string(),
  /**
   * `link`: leads out of what is judged. `special`: a pipe, a socket or a device. `lfs`: content that Git LFS keeps elsewhere.
   * `filtered`: what git keeps of it is made by a filter, which is not run. `not_checked_out`: in a sparse checkout.
   * `not_work`: named so by the caller. `picture`: by its name and how it begins.
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
  detail: z.string(),
});
/** A part of the work that no model was shown. `too_large` makes the worker inconclusive; the others are facts beside what was. */
export type Omitted = z.infer<typeof OmittedSchema>;

const GradesSchema = z.strictObject({
  /** One for each sample. */
  given: z.array(z.strictObject({ level: z.enum(LEVELS), reason: z.string() })),
  /** Why there is none; null: there is evidence for it. */
  missing: z.string().nullable(),
});
/** What the judge makes of a dimension. */
export type Grades = z.infer<typeof GradesSchema>;

export const ProvenanceSchema = z.strictObject({
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

export const WorkerAssessmentSchema = z.strictObject({
  workerId: z.string(),
  verdict: Verdict,
  /** The verdict in one line. */
  reason: z.string(),
  overallScore: score,
  codeQuality: score,
  completeness: score,
  security: score,
  gitHygiene: score,
  /** Why each score is what it is, or why there is none. */
  scoreReasons: z.strictObject({
    overallScore: z.string(),
    codeQuality: z.string(),
    completeness: z.string(),
    security: z.string(),
    gitHygiene: z.string(),
  }),
  /** What the scores are made of. */
  grades: z.strictObject({
    codeQuality: GradesSchema,
    completeness: GradesSchema,
    security: GradesSchema,
    gitHygiene: GradesSchema,
  }),
  /** Null: there was none that could be found. */
  provenance: ProvenanceSchema.nullable(),
  findings: z.array(FindingSchema),
  rubric: z.array(CriterionOutcomeSchema),
  summary: z.string(),
  evidence: z.strictObject({
    /** Changed files that a model was shown. */
    files: z.int(),
    /** Characters of all the evidence. */
    chars: z.int(),
    /** Fraction of these that reached a model, the least of all samples; null: it was not judged. */
    coverage: z.number().nullable(),
    omitted: z.array(OmittedSchema),
    /** The names of the documents that a model was shown. */
    documents: z.array(z.string()),
    /** Those of which a part reached no model in at least one sample, or none that answered. */
    unread: z.array(z.string()),
  }),
  /** How many answers of the judge it is made of. */
  samples: z.int(),
  /** Why there is nothing in it that could be judged; null: there is something, or nobody can tell. */
  nothingToJudge: z.string().nullable(),
  /** Files of the gate's own policy that the work adds, changes or removes; the policy of its base was applied. */
  policyChanges: z.array(z.string()),
  /** Why it, or a sample of it, could not be judged. What was found until then stands. */
  error: AssessmentErrorSchema.optional(),
  /** Whether `onError: 'pass'` lets it through: judging it failed, and nothing was found. */
  excusable: z.boolean(),
});
/** What came of one worker. */
export type WorkerAssessment = z.infer<typeof WorkerAssessmentSchema>;

/** How a model's reply may have ended. */
export const FINISH_REASONS = ['stop', 'length', 'refused', 'empty', 'broken', 'unsupported'] as const;

const tokens = {
  calls: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  cachedInputTokens: z.int(),
  cacheWriteTokens: z.int(),
  reasoningTokens: z.int(),
};

export const MetricsSchema = z.strictObject({
  iterations: z.int(),
  subCalls: z.int(),
  /** Null when the price of any call is unknown. */
  costUsd: z.number().nullable(),
  durationMs: z.number(),
  usage: z.strictObject({
    ...tokens,
    /** How many replies ended in each way. */
    finishReasons: z.record(z.enum(FINISH_REASONS), z.int()),
    byModel: z.record(z.string(), z.strictObject({ ...tokens, costUsd: z.number().nullable() })),
  }),
  /** Workers whose judgement came from the cache, without a model call. */
  cachedWorkers: z.int(),
});
/** What this call used; a judgement from the cache uses nothing. */
export type Metrics = z.infer<typeof MetricsSchema>;

export const GateSchema = z.strictObject({
  failOn: z.union([Severity, z.literal('never')]),
  minScore: z.number().nullable(),
  minScores: z.partialRecord(z.enum(DIMENSIONS), z.number()),
  minAgreement: z.int(),
  scope: z.enum(SCOPES),
  newOnly: z.boolean(),
  onError: z.enum(['fail', 'pass']),
  nothingToJudge: z.enum(NOTHING_TO_JUDGE),
});
/** The policy that the verdict was reached by. */
export type AppliedGate = z.infer<typeof GateSchema>;

export const AssessmentResultSchema = z.strictObject({
  /** Whether every worker could be judged. */
  success: z.boolean(),
  verdict: Verdict,
  /** The verdict in one line. */
  reason: z.string(),
  gate: GateSchema,
  workers: z.array(WorkerAssessmentSchema),
  aggregateFindings: z.strictObject({
    totalIssues: z.int(),
    criticalIssues: z.int(),
    commonPatterns: z.array(z.string()),
    recommendations: z.array(z.string()),
  }),
  rlmMetrics: MetricsSchema,
  error: AssessmentErrorSchema.optional(),
});
/** What `assessWorkers` resolves with. */
export type AssessmentResult = z.infer<typeof AssessmentResultSchema>;

/** JSON Schema (draft 2020-12) of {@link AssessmentResult}. */
export const assessmentResultJsonSchema = z.toJSONSchema(AssessmentResultSchema);
