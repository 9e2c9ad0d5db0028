import { given } from '@rlm-bridge/options';
import { RLMAbortError, type RLMEvent, type RLMOptions, type RLMResult, runRLM } from 'rlm-bridge';
import { DEFAULT_ASSESS_OPTIONS } from '../types.ts';
import type { JudgeAnswer } from './answer.ts';
import { answerCheck } from './answer-check.ts';
import type { Judging } from './judging.ts';
import { type Reading, readSample } from './sample.ts';
import { UnheardCalls } from './unheard-calls.ts';

/** Evidence that one sub-call of a judge may be taken to read, in characters; sets the default of `maxSubCalls`. */
const CHARS_PER_SUB_CALL = 20_000;

/** One run of the judge. Never rejects: what befalls it is in the reading. */
export async function judgeOnce(
  judging: Judging,
  sample: number,
  ceilingUsd: number | undefined,
): Promise<Reading & { costUsd: number | null }> {
  const { workerId, context, query, schema, options, budget, metrics, emit } = judging;
  const requireCoverage = options.requireCoverage ?? DEFAULT_ASSESS_OPTIONS.requireCoverage;
  const unheard = new UnheardCalls();
  const onEvent = (event: RLMEvent) => {
    unheard.note(event);
    emit({ type: 'sample.event', workerId, sample, event });
  };
  let costUsd: number | null = 0;
  let maxBudgetUsd: number | undefined;
  let reading: Reading;
  try {
    maxBudgetUsd = budget.take(ceilingUsd);
    const run = runRLM(context, query, {
      ...runOptions(judging, requireCoverage, onEvent),
      ...given({ maxBudgetUsd }),
    });
    emit({ type: 'sample.started', workerId, sample, runId: run.id });
    const result: RLMResult<unknown> = await run;
    costUsd = result.costUsd;
    metrics.add(result);
    reading = readSample(result, { schema, requireCoverage, unheard: unheard.description });
  } catch (cause) {
    if (RLMAbortError.isInstance(cause)) {
      costUsd = cause.result.costUsd;
      metrics.add(cause.result);
    }
    reading = { sample: null, refused: null, unread: [], error: judging.explain(cause) };
  }
  budget.settle(maxBudgetUsd, costUsd);
  emit({ type: 'sample.completed', workerId, sample, costUsd, error: reading.error?.message ?? null });
  return { ...reading, costUsd };
}

function runOptions(
  judging: Judging,
  requireCoverage: number,
  onEvent: NonNullable<RLMOptions['onEvent']>,
): RLMOptions<JudgeAnswer> {
  const { context, evidence, options, schema, criteria, signal } = judging;
  const chars = Object.values(context).reduce((sum, text) => sum + text.length, 0);
  return {
    logDir: false,
    maxDurationMs: DEFAULT_ASSESS_OPTIONS.maxDurationMsPerSample,
    maxSubCalls: Math.max(100, 2 * Object.keys(context).length, Math.ceil(chars / CHARS_PER_SUB_CALL)),
    ...given(options.judge ?? {}),
    schema,
    requireCoverage,
    validate: answerCheck(evidence, criteria),
    signal,
    onEvent,
  };
}
