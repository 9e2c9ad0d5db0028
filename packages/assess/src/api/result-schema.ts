import { z } from 'zod';
import type { AppliedGate, AssessmentResult, Metrics } from './result.ts';
import {
  Category,
  Change,
  DIMENSIONS,
  FINISH_REASONS,
  GoneState,
  LEVELS,
  NOTHING_TO_JUDGE,
  Origin,
  SCOPES,
  Severity,
  Since,
  SuppressionState,
  Tolerance,
  UNSHOWN,
  Verdict,
  VerificationOutcome,
} from './terms.ts';
import type { Verification } from './verification.ts';
import type {
  AssessmentErrorInfo,
  CriterionOutcome,
  EvidenceShown,
  Finding,
  GoneFinding,
  Grades,
  Omitted,
  Provenance,
  Suppression,
  WorkerAssessment,
} from './worker-assessment.ts';

// The checks of what a file holds. What each field means stands with the types: declaration files keep no comment of a value.

const VerificationSchema: z.ZodType<Verification> = z.strictObject({
  model: z.string(),
  outcome: VerificationOutcome,
  reason: z.string(),
  costUsd: z.number().nullable(),
});

const FindingSchema: z.ZodType<Finding> = z.strictObject({
  id: z.string(),
  severity: Severity,
  category: Category,
  rule: z.string(),
  message: z.string(),
  file: z.string(),
  startLine: z.int().min(1),
  endLine: z.int().min(1),
  startColumn: z.int().min(1).nullable(),
  endColumn: z.int().min(1).nullable(),
  quote: z.string(),
  verified: z.boolean(),
  tolerated: z.array(Tolerance),
  agreement: z.int().min(1),
  worstSeverity: Severity,
  change: Change,
  origin: Origin.nullable(),
  suggestion: z.string().optional(),
  reference: z
    .array(z.strictObject({ file: z.string(), line: z.int().min(1), quote: z.string(), verified: z.boolean() }))
    .optional(),
  lines: z.array(z.string()),
  beside: z.array(z.string()),
  since: Since.nullable(),
  suppression: z.strictObject({ reason: z.string(), state: SuppressionState }).nullable(),
  verification: VerificationSchema.nullable(),
  known: z.boolean(),
  gating: z.boolean(),
  doubt: z.string().nullable(),
});

const GoneFindingSchema: z.ZodType<GoneFinding> = z.strictObject({
  id: z.string(),
  severity: Severity,
  rule: z.string(),
  message: z.string(),
  file: z.string(),
  startLine: z.int().min(1),
  endLine: z.int().min(1),
  state: GoneState,
});

const SuppressionSchema: z.ZodType<Suppression> = z.strictObject({
  file: z.string(),
  line: z.int().min(1),
  rules: z.array(z.string()),
  reason: z.string(),
  state: SuppressionState,
});

const AssessmentErrorSchema: z.ZodType<AssessmentErrorInfo> = z.strictObject({
  code: z.string(),
  message: z.string(),
});

const CriterionOutcomeSchema: z.ZodType<CriterionOutcome> = z.strictObject({
  id: z.string(),
  question: z.string(),
  severity: Severity,
  outcome: z.enum(['met', 'not_met', 'not_applicable']),
  notMetIn: z.int(),
  reason: z.string(),
});

const OmittedSchema: z.ZodType<Omitted> = z.strictObject({
  file: z.string(),
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

const GradesSchema: z.ZodType<Grades> = z.strictObject({
  given: z.array(
    z.strictObject({
      level: z.enum(LEVELS),
      reason: z.string(),
    }),
  ),
  missing: z.string().nullable(),
});

const ProvenanceSchema: z.ZodType<Provenance> = z.strictObject({
  source: z.enum(['worktree', 'branch', 'files', 'diff', 'outputs']),
  path: z.string().nullable(),
  branch: z.string().nullable(),
  base: z.string().nullable(),
  head: z.string().nullable(),
  dirty: z.boolean().nullable(),
});

const EvidenceShownSchema: z.ZodType<EvidenceShown> = z.strictObject({
  files: z.int(),
  chars: z.int(),
  coverage: z.number().nullable(),
  omitted: z.array(OmittedSchema),
  documents: z.array(z.string()),
  unread: z.array(z.string()),
  partial: z.array(z.string()),
  renames: z.array(z.strictObject({ from: z.string(), to: z.string() })),
});

const score = z.number().min(0).max(100).nullable();

const WorkerAssessmentSchema: z.ZodType<WorkerAssessment> = z.strictObject({
  workerId: z.string(),
  verdict: Verdict,
  reason: z.string(),
  overallScore: score,
  codeQuality: score,
  completeness: score,
  security: score,
  gitHygiene: score,
  scoreReasons: z.strictObject({
    overallScore: z.string(),
    codeQuality: z.string(),
    completeness: z.string(),
    security: z.string(),
    gitHygiene: z.string(),
  }),
  grades: z.strictObject({
    codeQuality: GradesSchema,
    completeness: GradesSchema,
    security: GradesSchema,
    gitHygiene: GradesSchema,
  }),
  provenance: ProvenanceSchema.nullable(),
  findings: z.array(FindingSchema),
  suppressions: z.array(SuppressionSchema),
  gone: z.array(GoneFindingSchema),
  rubric: z.array(CriterionOutcomeSchema),
  summary: z.string(),
  evidence: EvidenceShownSchema,
  samples: z.int(),
  verifier: z.string().nullable(),
  nothingToJudge: z.string().nullable(),
  policyChanges: z.array(z.string()),
  error: AssessmentErrorSchema.optional(),
  excusable: z.boolean(),
});

const tokens = {
  calls: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  cachedInputTokens: z.int(),
  cacheWriteTokens: z.int(),
  reasoningTokens: z.int(),
};

/** Of an assessment, and of what is made of one. */
export const MetricsSchema: z.ZodType<Metrics> = z.strictObject({
  iterations: z.int(),
  subCalls: z.int(),
  costUsd: z.number().nullable(),
  durationMs: z.number(),
  usage: z.strictObject({
    ...tokens,
    finishReasons: z.record(z.enum(FINISH_REASONS), z.int()),
    byModel: z.record(
      z.string(),
      z.strictObject({
        ...tokens,
        costUsd: z.number().nullable(),
      }),
    ),
  }),
  environments: z.array(z.string()),
  cachedWorkers: z.int(),
  readings: z.strictObject({ kept: z.int(), made: z.int() }),
  earlier: z.strictObject({ runs: z.int(), calls: z.int(), costUsd: z.number().nullable() }),
});

const GateSchema: z.ZodType<AppliedGate> = z.strictObject({
  failOn: z.union([Severity, z.literal('never')]),
  minScore: z.number().nullable(),
  minScores: z.partialRecord(z.enum(DIMENSIONS), z.number()),
  minAgreement: z.int(),
  scope: z.enum(SCOPES),
  newOnly: z.boolean(),
  allowNewSuppressions: z.boolean(),
  onError: z.enum(['fail', 'pass']),
  nothingToJudge: z.enum(NOTHING_TO_JUDGE),
  unshown: z.enum(UNSHOWN),
});

/** What `assessWorkers` resolves with, for zod: checks a result that was kept in a file. */
export const AssessmentResultSchema: z.ZodType<AssessmentResult> = z.strictObject({
  success: z.boolean(),
  verdict: Verdict,
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

/** JSON Schema (draft 2020-12) of {@link AssessmentResult}. */
export const assessmentResultJsonSchema: z.core.ZodStandardJSONSchemaPayload<typeof AssessmentResultSchema> =
  z.toJSONSchema(AssessmentResultSchema);
