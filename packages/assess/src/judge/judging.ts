import type { RLMOptions } from 'rlm-bridge';
import type { z } from 'zod';
import type { AssessEvent, ReadingPart } from '../api/events.ts';
import type { AssessOptions } from '../api/options.ts';
import type { AssessmentErrorInfo } from '../api/worker-assessment.ts';
import type { KeptRuns } from './kept-runs.ts';
import type { MetricsFold } from './metrics.ts';
import type { Purse } from './purse.ts';

/** What the runs that judge one worker have in common. */
export interface Judging {
  workerId: string;
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

/** What a run may search by functions of ours. */
export interface Searchable {
  tools(): NonNullable<RLMOptions['tools']>;
  /** The run goes on from an earlier life, whose questions nobody remembers. */
  forgets(): void;
}

/** What one run of the judge is given and asked. */
export interface Task<Answer> {
  /** Number of the sample, from 1. */
  sample: number;
  /** Which reading of the sample it is; null: it judges the whole. */
  reading: ReadingPart | null;
  context: Record<string, string>;
  query: string;
  schema: z.ZodType<Answer>;
  /** What its answers must hold beside their shape. `wasAskedAgain`: what is handed back once only was, in an earlier life of the run. */
  check: (wasAskedAgain: boolean) => (answer: Answer) => Promise<string | undefined>;
  requireCoverage: number;
  /** Its part of the money; see `weightOf`. */
  weight: number;
  /** How it runs where the caller does not say. */
  defaults?: Pick<RLMOptions, 'strategy'>;
  /** What it may search beside the evidence. Default: nothing. */
  reference?: Searchable | null;
}
