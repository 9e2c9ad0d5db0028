import { given } from '@rlm-bridge/options';
import { RLMAbortError, type RLMEvent, type RLMOptions } from 'rlm-bridge';
import { DEFAULT_ASSESS_OPTIONS } from '../api/options.ts';
import type { JudgeAnswer } from './answer.ts';
import { answerCheck } from './answer-check.ts';
import type { Judging } from './judging.ts';
import type { KnownRun } from './kept-runs.ts';
import type { Grant } from './purse.ts';
import { runJudge } from './run-judge.ts';
import { type Reading, readSample } from './sample.ts';
import { UnheardCalls } from './unheard-calls.ts';

/** Evidence that one sub-call of a judge may be taken to read, in characters; sets the default of `maxSubCalls`. */
const CHARS_PER_SUB_CALL = 20_000;

/** Which run of a worker it is. */
export interface Attempt {
  /** Number of the sample, from 1. */
  sample: number;
  /** 2 for the run after one whose answer was none. */
  attempt: 1 | 2;
}

/** One run of the judge. Never rejects: what befalls it is in the reading. */
export async function judgeOnce(judging: Judging, { sample, attempt }: Attempt): Promise<Reading> {
  const { workerId, context, query, schema, options, metrics, emit, kept } = judging;
  const requireCoverage = options.requireCoverage ?? DEFAULT_ASSESS_OPTIONS.requireCoverage;
  const runId = kept?.runIdOf(workerId, sample, attempt);
  let costUsd: number | null = 0;
  let paidUsd = 0;
  let grant: Grant | null = null;
  let reading: Reading;
  try {
    const known = runId === undefined ? null : ((await kept?.find(runId)) ?? null);
    paidUsd = known?.paidUsd ?? 0;
    costUsd = paidUsd;
    if (known?.broken) throw known.broken;
    grant = await judging.purse.take(paidUsd > 0);
    const unheard = known?.unheard ?? new UnheardCalls();
    const onEvent = (event: RLMEvent) => {
      unheard.note(event);
      emit({ type: 'sample.event', workerId, sample, event });
    };
    const maxBudgetUsd = grant.usd === undefined ? undefined : paidUsd + grant.usd;
    const runOptions = {
      ...optionsOf(judging, known, requireCoverage, onEvent),
      ...given({ maxBudgetUsd, store: kept?.store, runId }),
    };
    const result = await runJudge(context, query, runOptions as RLMOptions<unknown>, (id) =>
      emit({ type: 'sample.started', workerId, sample, runId: id }),
    );
    costUsd = result.costUsd;
    metrics.add(result);
    reading = readSample(result, { schema, requireCoverage, unheard: unheard.description });
  } catch (cause) {
    if (RLMAbortError.isInstance(cause)) {
      costUsd = cause.result.costUsd;
      metrics.add(cause.result);
    }
    const error = judging.explain(kept === null ? cause : kept.inItsWords(cause));
    reading = { sample: null, refused: null, unread: [], error };
  }
  const isTypical = reading.error === null || reading.error.code === 'budget_exceeded';
  grant?.settle(costUsd === null ? null : Math.max(0, costUsd - paidUsd), isTypical);
  emit({ type: 'sample.completed', workerId, sample, costUsd, error: reading.error?.message ?? null });
  return reading;
}

function optionsOf(
  judging: Judging,
  known: KnownRun | null,
  requireCoverage: number,
  onEvent: NonNullable<RLMOptions['onEvent']>,
): RLMOptions<JudgeAnswer> {
  const { context, evidence, options, schema, criteria, signal } = judging;
  const chars = Object.values(context).reduce((sum, text) => sum + text.length, 0);
  return {
    logDir: false,
    maxDurationMs: DEFAULT_ASSESS_OPTIONS.maxDurationMsPerSample,
    maxRefusals: DEFAULT_ASSESS_OPTIONS.maxRefusals,
    maxSubCalls: Math.max(100, 2 * Object.keys(context).length, Math.ceil(chars / CHARS_PER_SUB_CALL)),
    ...given(options.judge ?? {}),
    schema,
    requireCoverage,
    validate: answerCheck(evidence, criteria, known?.wasAskedAgain),
    signal,
    onEvent,
  };
}
