import type { Dimension, FINISH_REASONS, NOTHING_TO_JUDGE, SCOPES, Severity, UNSHOWN, Verdict } from './terms.ts';
import type { AssessmentErrorInfo, WorkerAssessment } from './worker-assessment.ts';

// What an assessment is. result-schema.ts checks what claims to be one.

/** Model calls and their tokens, without the money. */
interface Tokens {
  /** Model calls that were made, failed ones included. */
  calls: number;
  /** Tokens of the prompts, cached ones included. */
  inputTokens: number;
  /** Tokens of the replies, reasoning included. */
  outputTokens: number;
  /** Tokens of the input that were read from the provider's cache. */
  cachedInputTokens: number;
  /** Tokens of the input that were written to the provider's cache. */
  cacheWriteTokens: number;
  /** Tokens of the output that were reasoning. */
  reasoningTokens: number;
}

/** What one model used. */
interface ModelUsage extends Tokens {
  /** US dollars; null when the price of any of these calls is unknown. */
  costUsd: number | null;
}

/** What the assessment used, over all calls that went on with it; a judgement from the cache uses nothing. */
export interface Metrics {
  /** Iterations that the root models completed, in all runs. */
  iterations: number;
  /** Model calls made from a REPL at any depth, in all runs. */
  subCalls: number;
  /** US dollars; null when the price of any call is unknown. */
  costUsd: number | null;
  /** Milliseconds of the whole call. */
  durationMs: number;
  /** Calls and tokens of all runs. */
  usage: Tokens & {
    /** How many replies ended in each way. */
    finishReasons: Record<(typeof FINISH_REASONS)[number], number>;
    /** What each model used, by its name. */
    byModel: Record<string, ModelUsage>;
  };
  /**
   * Where code ran that models wrote, each environment once: `docker`, `landlock` or `local`, say. Empty when none ran, as
   * when every judgement was kept.
   */
  environments: string[];
  /** Workers whose judgement was there already, without a model call: kept by an earlier call, or of a worker with equal work. */
  cachedWorkers: number;
  /** Readings of parts of the work, under `incremental`: those that were kept from before, and those that were made. */
  readings: {
    /** Readings that no model was asked for. */
    kept: number;
    /** Readings that models made; what failed is not among them. */
    made: number;
  };
  /** What of all this earlier calls of the same assessment did; zeros without a `store`. It was not done or paid again. */
  earlier: {
    /** Runs that they began: those with a result gave it again, the others went on. */
    runs: number;
    /** Model calls that they made. */
    calls: number;
    /** US dollars that they spent; null when the price of any call is unknown. */
    costUsd: number | null;
  };
}

/** The policy that the verdict was reached by. */
export interface AppliedGate {
  /** The mildest severity of a finding that fails; `never`: no finding does. */
  failOn: Severity | 'never';
  /** Least overall score, 0 to 100; null: none. */
  minScore: number | null;
  /** Least score of single dimensions, 0 to 100; one that is absent has none. */
  minScores: { [D in Dimension]?: number | undefined };
  /** In how many samples a finding must be found to fail. */
  minAgreement: number;
  /** Which findings can fail: what the work did (`changed`), or also what it left as it was (`all`). */
  scope: (typeof SCOPES)[number];
  /** Whether only findings that the baseline does not have fail. */
  newOnly: boolean;
  /** Whether comments that the work brings let findings be. */
  allowNewSuppressions: boolean;
  /** What the exit code makes of work that could not be judged. */
  onError: 'fail' | 'pass';
  /** What work comes to that holds nothing to judge. */
  nothingToJudge: (typeof NOTHING_TO_JUDGE)[number];
  /** What changes come to that no model can be shown. */
  unshown: (typeof UNSHOWN)[number];
}

/** What `assessWorkers` resolves with. */
export interface AssessmentResult {
  /** Whether every worker could be judged. */
  success: boolean;
  /** What the gate makes of all workers: `fail` when one fails, else `inconclusive` when one is. */
  verdict: Verdict;
  /** The verdict in one line. */
  reason: string;
  /** The policy that the verdict was reached by, with its defaults. */
  gate: AppliedGate;
  /** What came of each worker, in the order in which they were given. */
  workers: WorkerAssessment[];
  /** What the workers' findings have in common, counted; no model writes it. */
  aggregateFindings: {
    /** Findings of all workers, those that are not verified included. */
    totalIssues: number;
    /** Verified findings of severity `critical`. */
    criticalIssues: number;
    /** Rules with more than one verified finding, the most frequent first, at most 10: `no-secrets: 2 findings in …`. */
    commonPatterns: string[];
    /** What would mend the worst verified findings, at most 10, each with its file and line. */
    recommendations: string[];
  };
  /** What the call used: iterations, model calls, tokens, money, time. */
  rlmMetrics: Metrics;
  /** The first worker's error; absent when every worker could be judged. */
  error?: AssessmentErrorInfo | undefined;
}
