import { RLMAbortError, type RLMOptions, type RLMResult, runRLM } from 'rlm-bridge';
import type { z } from 'zod';
import type { Evidence } from '../evidence/document.ts';
import { verifyFindings } from '../findings/verify-findings.ts';
import type { MetricsFold } from '../metrics.ts';
import { type AssessEvent, type AssessOptions, type Criterion, DEFAULT_ASSESS_OPTIONS } from '../types.ts';
import type { JudgeAnswer } from './answer.ts';
import type { Budget } from './budget.ts';
import { readSample, type Sample } from './sample.ts';

/** Evidence that one sub-call of a judge may be taken to read, in characters; sets the default of `maxSubCalls`. */
const CHARS_PER_SUB_CALL = 20_000;

export interface Judging {
  workerId: string;
  evidence: Evidence;
  context: Record<string, string>;
  query: string;
  schema: z.ZodType<JudgeAnswer>;
  criteria: readonly Criterion[];
  options: AssessOptions;
  budget: Budget;
  metrics: MetricsFold;
  signal: AbortSignal;
  emit: (event: AssessEvent) => void;
}

/** Judges a worker as often as asked, one run after the other: a run that fails ends it, and nothing more is spent. */
export async function judgeWorker(judging: Judging): Promise<Sample[]> {
  const { samples: count = DEFAULT_ASSESS_OPTIONS.samples, maxBudgetUsdPerWorker } = judging.options;
  const samples: Sample[] = [];
  let leftUsd = maxBudgetUsdPerWorker;
  for (let sample = 1; sample <= count; sample++) {
    const ceiling = leftUsd === undefined ? undefined : leftUsd / (count - sample + 1);
    const { judged, costUsd } = await judgeOnce(judging, sample, ceiling);
    samples.push(judged);
    if (leftUsd !== undefined) leftUsd -= costUsd ?? ceiling ?? 0;
  }
  return samples;
}

async function judgeOnce(
  judging: Judging,
  sample: number,
  ceilingUsd: number | undefined,
): Promise<{ judged: Sample; costUsd: number | null }> {
  const { workerId, context, query, schema, options, budget, metrics, emit } = judging;
  const requireCoverage = options.requireCoverage ?? DEFAULT_ASSESS_OPTIONS.requireCoverage;
  const maxBudgetUsd = budget.take(ceilingUsd);
  let costUsd: number | null = 0;
  let error: string | null = null;
  try {
    const run = runRLM(context, query, {
      ...runOptions(judging, requireCoverage, (event) => emit({ type: 'sample.event', workerId, sample, event })),
      ...(maxBudgetUsd !== undefined && { maxBudgetUsd }),
    });
    emit({ type: 'sample.started', workerId, sample, runId: run.id });
    const result: RLMResult<unknown> = await run;
    costUsd = result.costUsd;
    metrics.add(result);
    return { judged: readSample(result, { schema, requireCoverage }), costUsd };
  } catch (cause) {
    error = cause instanceof Error ? cause.message : String(cause);
    if (RLMAbortError.isInstance(cause)) {
      costUsd = cause.result.costUsd;
      metrics.add(cause.result);
    }
    throw cause;
  } finally {
    budget.settle(maxBudgetUsd, costUsd);
    emit({ type: 'sample.completed', workerId, sample, costUsd, error });
  }
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
    ...options.judge,
    schema,
    requireCoverage,
    validate: answerCheck(evidence, criteria),
    signal,
    onEvent,
  };
}

/**
 * Hands an answer back whose claims do not hold: a criterion that is not met without a finding, always; a quote that is
 * not in the evidence, once, after which it stays as unverified.
 */
function answerCheck(evidence: Evidence, criteria: readonly Criterion[]): (answer: JudgeAnswer) => string | undefined {
  let asked = false;
  return ({ findings, criteria: outcomes }) => {
    const problems = criteria
      .filter(({ id }) => outcomes[id]?.outcome === 'not_met' && !findings.some(({ rule }) => rule === id))
      .map(({ id }) => `criteria.${id} is not_met, and no finding has the rule "${id}" to show it.`);
    if (!asked) {
      const checked = verifyFindings(findings, evidence.documents);
      for (const [index, { verified, file }] of checked.entries()) {
        if (!verified)
          problems.push(
            `The quote of findings[${index}] is not in the document ${JSON.stringify(file)}. Copy it verbatim, or drop the finding.`,
          );
      }
      asked = problems.length > 0;
    }
    return problems.length > 0 ? problems.join('\n') : undefined;
  };
}
