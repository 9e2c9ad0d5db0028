import { given } from '@rlm-bridge/options';
import { RLMAbortError, type RLMEvent, type RLMOptions } from 'rlm-bridge';
import type { AssessEvent } from '../api/events.ts';
import type { JudgeOptions } from '../api/options.ts';
import type { AssessmentErrorInfo } from '../api/worker-assessment.ts';
import { weightOf } from '../judge/budget.ts';
import type { KeptRuns } from '../judge/kept-runs.ts';
import type { MetricsFold } from '../judge/metrics.ts';
import type { Grant, Purse } from '../judge/purse.ts';
import { runJudge } from '../judge/run-judge.ts';
import { type Look, LookSchema } from './query.ts';

/** One claim, and what its run needs. */
interface LookRequest {
  workerId: string;
  findingId: string;
  /** Hash of what is asked: the name of the run in a store. */
  work: string;
  context: Record<string, string>;
  chars: number;
  query: string;
  options: JudgeOptions;
  purse: Purse;
  metrics: MetricsFold;
  kept: KeptRuns | null;
  signal: AbortSignal;
  emit: (event: AssessEvent) => void;
  explain: (error: unknown) => AssessmentErrorInfo;
}

/** Either a look, or why there is none. */
type Looked =
  | { look: Look; error: null; costUsd: number | null }
  | { look: null; error: string; costUsd: number | null };

/** One call of the verifier. Never rejects: an error, a refusal, an answer of another shape or no money is no look. */
export async function lookOnce(request: LookRequest): Promise<Looked> {
  const { kept, metrics } = request;
  let costUsd: number | null = 0;
  let paidUsd = 0;
  let grant: Grant | null = null;
  let looked: Looked;
  try {
    const runId = kept?.lookIdOf(request.workerId, request.work);
    const known = runId === undefined ? null : ((await kept?.find(runId)) ?? null);
    paidUsd = known?.paidUsd ?? 0;
    costUsd = paidUsd;
    if (known?.broken) throw known.broken;
    // As a run's: one call sets as much aside for its reply as any of a run does.
    const weight = weightOf(request.chars);
    request.purse.expect(weight);
    grant = await request.purse.take(weight, paidUsd > 0);
    const result = await runJudge(
      request.context,
      request.query,
      runOptions(request, { runId, maxBudgetUsd: grant.usd === undefined ? undefined : paidUsd + grant.usd }),
      (id) => emitStarted(request, id),
    );
    costUsd = result.costUsd;
    metrics.add(result);
    const answer = result.success ? LookSchema.safeParse(result.answer) : null;
    const error = result.success ? 'its answer has another shape than was asked for' : result.error.message;
    looked = answer?.success ? { look: answer.data, error: null, costUsd } : { look: null, error, costUsd };
  } catch (cause) {
    if (RLMAbortError.isInstance(cause)) {
      costUsd = cause.result.costUsd;
      metrics.add(cause.result);
    }
    const { code, message } = request.explain(kept === null ? cause : kept.inItsWords(cause));
    looked = { look: null, error: code === 'budget_exhausted' ? NO_MONEY : message, costUsd };
  }
  // What it cost says nothing of what a judgement costs.
  grant?.settle(costUsd === null ? null : Math.max(0, costUsd - paidUsd), false);
  return looked;
}

const NO_MONEY = 'no money was left for it. Raise the budget';

function emitStarted({ emit, workerId, findingId }: LookRequest, runId: string): void {
  emit({ type: 'verification.started', workerId, findingId, runId });
}

function runOptions(
  { options, kept, signal, emit, workerId, findingId }: LookRequest,
  money: { runId: string | undefined; maxBudgetUsd: number | undefined },
): RLMOptions<unknown> {
  const onEvent = (event: RLMEvent) => emit({ type: 'verification.event', workerId, findingId, event });
  const own = { schema: LookSchema, requireCoverage: 1, signal, onEvent };
  return { ...options, ...own, ...given({ ...money, store: kept?.store }) } as RLMOptions<unknown>;
}
