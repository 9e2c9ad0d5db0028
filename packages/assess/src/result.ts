import { z } from 'zod';
import { DIMENSIONS, NOTHING_TO_JUDGE, SCOPES, Severity, Verdict } from './terms.ts';
import { AssessmentErrorSchema, WorkerAssessmentSchema } from './worker-assessment.ts';

// What an assessment is, defined once: the types, the checks of what a cache or a file holds, and the JSON Schema.

/** How a model's reply may have ended. */
export const FINISH_REASONS = ['stop', 'length', 'refused', 'empty', 'broken', 'unsupported'] as const;

const tokens = {
  /** Model calls that were made, failed ones included. */
  calls: z.int(),
  /** Tokens of the prompts, cached ones included. */
  inputTokens: z.int(),
  /** Tokens of the replies, reasoning included. */
  outputTokens: z.int(),
  /** Tokens of the input that were read from the provider's cache. */
  cachedInputTokens: z.int(),
  /** Tokens of the input that were written to the provider's cache. */
  cacheWriteTokens: z.int(),
  /** Tokens of the output that were reasoning. */
  reasoningTokens: z.int(),
};

export const MetricsSchema = z.strictObject({
  /** Iterations that the root models completed, in all runs. */
  iterations: z.int(),
  /** Model calls made from a REPL at any depth, in all runs. */
  subCalls: z.int(),
  /** US dollars; null when the price of any call is unknown. */
  costUsd: z.number().nullable(),
  /** Milliseconds of the whole call. */
  durationMs: z.number(),
  /** Calls and tokens of all runs. */
  usage: z.strictObject({
    ...tokens,
    /** How many replies ended in each way. */
    finishReasons: z.record(z.enum(FINISH_REASONS), z.int()),
    /** What each model used, by its name. */
    byModel: z.record(
      z.string(),
      z.strictObject({
        ...tokens,
        /** US dollars; null when the price of any of these calls is unknown. */
        costUsd: z.number().nullable(),
      }),
    ),
  }),
  /** Workers whose judgement came from the cache, without a model call. */
  cachedWorkers: z.int(),
});
/** What this call used; a judgement from the cache uses nothing. */
export type Metrics = z.infer<typeof MetricsSchema>;

export const GateSchema = z.strictObject({
  /** The mildest severity of a finding that fails; `never`: no finding does. */
  failOn: z.union([Severity, z.literal('never')]),
  /** Least overall score, 0 to 100; null: none. */
  minScore: z.number().nullable(),
  /** Least score of single dimensions, 0 to 100; one that is absent has none. */
  minScores: z.partialRecord(z.enum(DIMENSIONS), z.number()),
  /** In how many samples a finding must be found to fail. */
  minAgreement: z.int(),
  /** Which findings can fail: what the work did (`changed`), or also what it left as it was (`all`). */
  scope: z.enum(SCOPES),
  /** Whether only findings that the baseline does not have fail. */
  newOnly: z.boolean(),
  /** What the exit code makes of work that could not be judged. */
  onError: z.enum(['fail', 'pass']),
  /** What work comes to that holds nothing to judge. */
  nothingToJudge: z.enum(NOTHING_TO_JUDGE),
});
/** The policy that the verdict was reached by. */
export type AppliedGate = z.infer<typeof GateSchema>;

/** What `assessWorkers` resolves with, as a zod schema: to check a result that was kept in a file. */
export const AssessmentResultSchema = z.strictObject({
  /** Whether every worker could be judged. */
  success: z.boolean(),
  /** What the gate makes of all workers: `fail` when one fails, else `inconclusive` when one is. */
  verdict: Verdict,
  /** The verdict in one line. */
  reason: z.string(),
  /** The policy that the verdict was reached by, with its defaults. */
  gate: GateSchema,
  /** What came of each worker, in the order in which they were given. */
  workers: z.array(WorkerAssessmentSchema),
  /** What the workers' findings have in common, counted; no model writes it. */
  aggregateFindings: z.strictObject({
    /** Findings of all workers, those that are not verified included. */
    totalIssues: z.int(),
    /** Verified findings of severity `critical`. */
    criticalIssues: z.int(),
    /** Rules with more than one verified finding, the most frequent first, at most 10: `no-secrets: 2 findings in …`. */
    commonPatterns: z.array(z.string()),
    /** What would mend the worst verified findings, at most 10, each with its file and line. */
    recommendations: z.array(z.string()),
  }),
  /** What the call used: iterations, model calls, tokens, money, time. */
  rlmMetrics: MetricsSchema,
  /** The first worker's error; absent when every worker could be judged. */
  error: AssessmentErrorSchema.optional(),
});
/** What `assessWorkers` resolves with. */
export type AssessmentResult = z.infer<typeof AssessmentResultSchema>;

/** JSON Schema (draft 2020-12) of {@link AssessmentResult}. */
export const assessmentResultJsonSchema = z.toJSONSchema(AssessmentResultSchema);
