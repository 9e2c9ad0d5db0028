import type { z } from 'zod';
import type { AssessEvent } from '../api/events.ts';
import type { AssessOptions, Criterion } from '../api/options.ts';
import type { AssessmentErrorInfo } from '../api/worker-assessment.ts';
import type { Evidence } from '../evidence/document.ts';
import type { JudgeAnswer } from './answer.ts';
import type { KeptRuns } from './kept-runs.ts';
import type { MetricsFold } from './metrics.ts';
import type { Purse } from './purse.ts';

/** What the samples of one worker have in common. */
export interface Judging {
  workerId: string;
  evidence: Evidence;
  context: Record<string, string>;
  query: string;
  schema: z.ZodType<JudgeAnswer>;
  criteria: readonly Criterion[];
  options: AssessOptions;
  purse: Purse;
  metrics: MetricsFold;
  /** Null: its runs are kept nowhere. */
  kept: KeptRuns | null;
  signal: AbortSignal;
  emit: (event: AssessEvent) => void;
  /** What an error is to the worker; called for each once. */
  explain: (error: unknown) => AssessmentErrorInfo;
}
