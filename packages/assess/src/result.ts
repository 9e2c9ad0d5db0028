import { z } from 'zod';

// What an assessment is, defined once: the types, the checks of what a cache or a file holds, and the JSON Schema.

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

/** `inconclusive`: the work could not be judged. It is never a pass. */
export const Verdict: z.ZodEnum<{ pass: 'pass'; fail: 'fail'; inconclusive: 'inconclusive' }> = z.enum([
  'pass',
  'fail',
  'inconclusive',
]);
export type Verdict = z.infer<typeof Verdict>;

/** The scored dimensions of a worker, by their names in the result. */
export const DIMENSIONS = ['codeQuality', 'completeness', 'security', 'gitHygiene'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

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
  /** Whether the quote is in the file, at these lines. What is not verified never gates. */
  verified: z.boolean(),
  /** In how many of the worker's samples it was found. */
  agreement: z.int().min(1),
  suggestion: z.string().optional(),
  /** Whether the baseline has it. */
  known: z.boolean(),
  /** Whether it fails the gate. */
  gating: z.boolean(),
});
/** Something wrong with the work, with the lines that show it. */
export type Finding = z.infer<typeof FindingSchema>;

export const AssessmentErrorSchema = z.strictObject({ code: z.string(), message: z.string() });
/** Why something could not be judged. */
export type AssessmentErrorInfo = z.infer<typeof AssessmentErrorSchema>;

export const CriterionOutcomeSchema = z.strictObject({
  id: z.string(),
  question: z.string(),
  outcome: z.enum(['met', 'not_met', 'not_applicable']),
  reason: z.string(),
});
/** The judge's answer to a question of the caller's rubric. */
export type CriterionOutcome = z.infer<typeof CriterionOutcomeSchema>;

export const OmittedSchema = z.strictObject({
  file: z.string(),
  /** `link`: leads out of what is judged. `special`: a pipe, a socket or a device. */
  reason: z.enum(['binary', 'submodule', 'excluded', 'too_large', 'link', 'special']),
  detail: z.string(),
});
/** A part of the work that no model was shown. `too_large` makes the worker inconclusive; the others are facts. */
export type Omitted = z.infer<typeof OmittedSchema>;

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
  }),
  /** How often it was judged. */
  samples: z.int(),
  /** Files of the gate's own policy that the work adds, changes or removes; the policy of its base was applied. */
  policyChanges: z.array(z.string()),
  error: AssessmentErrorSchema.optional(),
});
/** What came of one worker. */
export type WorkerAssessment = z.infer<typeof WorkerAssessmentSchema>;

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
  newOnly: z.boolean(),
  onError: z.enum(['fail', 'pass']),
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
