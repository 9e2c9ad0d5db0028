import { given } from '@rlm-bridge/options';
import { RLMAbortError, type RLMEvent, type RLMOptions } from 'rlm-bridge';
import { DEFAULT_ASSESS_OPTIONS } from '../api/options.ts';
import { charsOf } from './context.ts';
import type { Judging, Task } from './judging.ts';
import type { KnownRun } from './kept-runs.ts';
import type { Grant } from './purse.ts';
import { runJudge } from './run-judge.ts';
import { type Outcome, readSample } from './sample.ts';
import { UnheardCalls } from './unheard-calls.ts';

/** Evidence that one sub-call of a judge may be taken to read, in characters; sets the default of `maxSubCalls`. */
const CHARS_PER_SUB_CALL = 20_000;

/**
 * One run of the judge. Never rejects: what befalls it is in the outcome.
 * @param attempt 2 for the run after one whose answer was none.
 */
export async function judgeOnce<Answer>(
  judging: Judging,
  task: Task<Answer>,
  attempt: 1 | 2,
): Promise<Outcome<Answer>> {
  const { workerId, metrics, emit, kept } = judging;
  const { sample, reading, context, query, schema, requireCoverage } = task;
  const runId = kept?.runIdOf(workerId, { sample, reading, attempt });
  let costUsd: number | null = 0;
  let paidUsd = 0;
  let grant: Grant | null = null;
  let outcome: Outcome<Answer>;
  try {
    const known = runId === undefined ? null : ((await kept?.find(runId)) ?? null);
    paidUsd = known?.paidUsd ?? 0;
    costUsd = paidUsd;
    if (known?.broken) throw known.broken;
    if (known !== null) task.reference?.forgets();
    grant = await judging.purse.take(task.weight, paidUsd > 0);
    const unheard = known?.unheard ?? new UnheardCalls();
    const onEvent = (event: RLMEvent) => {
      unheard.note(event);
      emit({ type: 'sample.event', workerId, sample, reading, event });
    };
    const maxBudgetUsd = grant.usd === undefined ? undefined : paidUsd + grant.usd;
    const runOptions = {
      ...optionsOf(judging, task, known, onEvent),
      ...given({ maxBudgetUsd, store: kept?.store, runId }),
    };
    const result = await runJudge(context, query, runOptions as RLMOptions<unknown>, (id) =>
      emit({ type: 'sample.started', workerId, sample, reading, runId: id }),
    );
    costUsd = result.costUsd;
    metrics.add(result);
    outcome = readSample(result, { schema, requireCoverage, unheard: unheard.description });
  } catch (cause) {
    if (RLMAbortError.isInstance(cause)) {
      costUsd = cause.result.costUsd;
      metrics.add(cause.result);
    }
    const error = judging.explain(kept === null ? cause : kept.inItsWords(cause));
    outcome = { sample: null, refused: null, unread: [], error };
  }
  const isTypical = outcome.error === null || outcome.error.code === 'budget_exceeded';
  grant?.settle(costUsd === null ? null : Math.max(0, costUsd - paidUsd), isTypical);
  emit({ type: 'sample.completed', workerId, sample, reading, costUsd, error: outcome.error?.message ?? null });
  return outcome;
}

function optionsOf<Answer>(
  { options, signal }: Judging,
  { context, schema, check, requireCoverage, defaults = {}, reference }: Task<Answer>,
  known: KnownRun | null,
  onEvent: NonNullable<RLMOptions['onEvent']>,
): RLMOptions<Answer> {
  const documents = Object.keys(context).length;
  return {
    logDir: false,
    maxDurationMs: DEFAULT_ASSESS_OPTIONS.maxDurationMsPerSample,
    maxRefusals: DEFAULT_ASSESS_OPTIONS.maxRefusals,
    maxSubCalls: Math.max(100, 2 * documents, Math.ceil(charsOf(context) / CHARS_PER_SUB_CALL)),
    ...defaults,
    ...given(options.judge ?? {}),
    ...(reference && { tools: reference.tools(), subTools: [] }),
    schema,
    requireCoverage,
    validate: check(known?.wasAskedAgain ?? false),
    signal,
    onEvent,
  };
}
