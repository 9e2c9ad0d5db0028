import { isInstance, notify } from '@rlm-bridge/callbacks';
import { given } from '@rlm-bridge/options';
import { thrownText } from '@rlm-bridge/text';
import PQueue from 'p-queue';
import { RLMError } from 'rlm-bridge';
import { AssessAbortError, AssessError, WorkerError } from './api/errors.ts';
import type { AssessEvent } from './api/events.ts';
import { type AssessOptions, type Criterion, DEFAULT_ASSESS_OPTIONS, type WorkerSpec } from './api/options.ts';
import type { AssessmentResult } from './api/result.ts';
import type { AssessmentErrorInfo, Rename, WorkerAssessment } from './api/worker-assessment.ts';
import { policyChangesOf } from './base/policy-changes.ts';
import { renamesOf } from './base/renames.ts';
import { collectEvidence } from './evidence/collect-evidence.ts';
import type { Evidence } from './evidence/document.ts';
import { specOf } from './evidence/resolve-worker.ts';
import { Budget, weightOf } from './judge/budget.ts';
import { type Judged, judgeWorker } from './judge/judge-worker.ts';
import { KeptRuns } from './judge/kept-runs.ts';
import { MetricsFold } from './judge/metrics.ts';
import { Purse } from './judge/purse.ts';
import { type JudgeRequest, judgeRequest, KeptJudgements } from './judge/request.ts';
import { criteriaOf } from './judge/rubric.ts';
import type { Sample } from './judge/sample.ts';
import { validateAssessOptions } from './options/validate-options.ts';
import { aggregate } from './verdict/aggregate.ts';
import {
  type Assessed,
  type Collected,
  comparedWith,
  emptyAssessment,
  judgedAssessment,
  unjudgedAssessment,
} from './verdict/assessment.ts';
import { judgeableDimensions } from './verdict/score.ts';
import { applyDefaults, decide, decideAll, type Ungated } from './verdict/verdict.ts';

/**
 * Judges the work of coding workers with a Recursive Language Model over the whole of their evidence.
 *
 * Resolves whatever came of it: a worker that cannot be judged has its own `error` and is inconclusive, and the others
 * are judged. Nothing is checked out, fetched or changed.
 * @param workers Ids, or where the work is; see {@link WorkerSpec}. Not empty.
 * @param options What is judged, how, and what fails; a string is `outputDir`, the folder of `<id>.output` transcripts.
 * @throws {AssessError} (as a rejection) for what is wrong before anything is judged.
 * @throws {AssessAbortError} (as a rejection) when the call was aborted, with what was judged until then.
 * @example
 * ```ts
 * const assessment = await assessWorkers(['auth', 'docs'], { base: 'main' });
 * console.log(formatAssessmentResult(assessment));
 * ```
 */
export async function assessWorkers(
  workers: readonly (string | WorkerSpec)[],
  options: AssessOptions | string = {},
): Promise<AssessmentResult> {
  const given = typeof options === 'string' ? { outputDir: options } : options;
  validateAssessOptions(workers, given);
  return await new Assessing(given).all(workers);
}

const NO_MODEL =
  "backend 'offline' is a program and no model: it can judge nothing. Set a provider's key and name no backend, or one with a model.";

/** A worker whose evidence is collected: to be judged, or over. */
type Prepared =
  | { workerId: string; request: JudgeRequest; collected: Collected; compared: (assessed: Assessed) => Ungated }
  | { workerId: string; request: null; assessed: Ungated };

/** One call. */
class Assessing {
  readonly #options: AssessOptions;
  readonly #criteria: readonly Criterion[];
  readonly #metrics = new MetricsFold();
  readonly #budget: Budget;
  readonly #judgements: KeptJudgements;
  /** What is judged or being judged, by the work. */
  readonly #judging = new Map<string, Promise<Judged>>();
  readonly #stopping = new AbortController();
  readonly #signal: AbortSignal;
  #kept: Promise<KeptRuns | null> = Promise.resolve(null);

  constructor(options: AssessOptions) {
    this.#options = options;
    this.#criteria = criteriaOf(options);
    const { concurrency = DEFAULT_ASSESS_OPTIONS.concurrency, maxBudgetUsd } = options;
    this.#budget = new Budget(maxBudgetUsd, concurrency * this.#samples);
    this.#judgements = new KeptJudgements(options);
    this.#signal = AbortSignal.any([this.#stopping.signal, ...(options.signal ? [options.signal] : [])]);
  }

  get #samples(): number {
    return this.#options.samples ?? DEFAULT_ASSESS_OPTIONS.samples;
  }

  async all(workers: readonly (string | WorkerSpec)[]): Promise<AssessmentResult> {
    const startedAt = performance.now();
    this.#kept = this.#open();
    // Every worker that needs it learns of a failure.
    this.#kept.catch(() => {});
    try {
      return await this.#judgeAll(workers, startedAt);
    } finally {
      await this.#close();
    }
  }

  /**
   * Where money is shared, all evidence is collected before any of it is judged, and the least of it first: then as many
   * workers as can be are judged, in whatever order they were named.
   */
  async #judgeAll(workers: readonly (string | WorkerSpec)[], startedAt: number): Promise<AssessmentResult> {
    const { concurrency = DEFAULT_ASSESS_OPTIONS.concurrency, maxBudgetUsd } = this.#options;
    const queue = new PQueue({ concurrency });
    const done = new Map<string | WorkerSpec, WorkerAssessment>();
    const judge = async (worker: string | WorkerSpec, prepared: Prepared) => {
      done.set(worker, await this.#finish(prepared));
    };
    if (maxBudgetUsd === undefined) {
      await queue.addAll(workers.map((worker) => async () => judge(worker, await this.#prepare(worker))));
    } else {
      const prepared = await queue.addAll(workers.map((worker) => () => this.#prepare(worker)));
      const ordered = [...workers.entries()].flatMap(([index, worker]) => {
        const one = prepared[index];
        return one === undefined ? [] : [{ worker, prepared: one }];
      });
      ordered.sort((a, b) => sizeOf(a.prepared) - sizeOf(b.prepared));
      this.#expect(ordered.map((one) => one.prepared));
      await queue.addAll(ordered.map((one) => () => judge(one.worker, one.prepared)));
    }
    const result = this.#result(
      workers.flatMap((worker) => done.get(worker) ?? []),
      performance.now() - startedAt,
    );
    if (this.#stopping.signal.aborted) throw this.#stopping.signal.reason;
    if (this.#options.signal?.aborted) throw new AssessAbortError(this.#options.signal.reason, result);
    return result;
  }

  /** Counts on the runs that will judge: of equal works one judgement is made. */
  #expect(prepared: readonly Prepared[]): void {
    const works = new Map(prepared.flatMap(({ request }) => (request === null ? [] : [[request.work, request.chars]])));
    for (const chars of works.values()) this.#budget.expect(weightOf(chars), this.#samples);
  }

  /** What earlier calls of the assessment did and spent. Whoever needs it learns why there is none. */
  async #open(): Promise<KeptRuns | null> {
    const { store, assessmentId } = this.#options;
    if (store === undefined || assessmentId === undefined) return null;
    const kept = await KeptRuns.open(store, assessmentId);
    for (const { bill } of kept.earlier) this.#metrics.addEarlier(bill);
    this.#budget.pay(kept.paidUsd());
    return kept;
  }

  async #close(): Promise<void> {
    const kept = await this.#kept.catch(() => null);
    await kept?.close();
  }

  #result(workers: WorkerAssessment[], durationMs: number): AssessmentResult {
    const { success, verdict, reason } = decideAll(workers);
    const error = workers.find((worker) => worker.error !== undefined)?.error;
    return {
      success,
      verdict,
      reason,
      gate: applyDefaults(this.#options.gate),
      workers,
      aggregateFindings: aggregate(workers),
      rlmMetrics: this.#metrics.metrics(durationMs),
      ...given({ error }),
    };
  }

  /** The evidence of a worker, and what is known of it without a model. Never rejects: what befalls it is in its assessment. */
  async #prepare(worker: string | WorkerSpec): Promise<Prepared> {
    const workerId = typeof worker === 'string' ? worker : worker.id;
    this.#emit({ type: 'worker.started', workerId });
    const before = this.#options.previous?.workers.find((one) => one.workerId === workerId) ?? null;
    let collected: Collected | null = null;
    let policyChanges: string[] = [];
    let renames: Rename[] = [];
    const compared = (assessed: Assessed): Ungated => ({
      ...comparedWith(before, assessed, collected?.evidence ?? null, renames),
      policyChanges,
    });
    const over = (assessed: Assessed): Prepared => ({ workerId, request: null, assessed: compared(assessed) });
    try {
      this.#signal.throwIfAborted();
      const spec = await specOf(worker, this.#options, this.#signal);
      policyChanges = await policyChangesOf(spec, { ...this.#options, signal: this.#signal });
      renames = await renamesOf(spec, { ...this.#options, signal: this.#signal }, before);
      const evidence = await collectEvidence(spec, this.#options, this.#signal);
      const dimensions = judgeableDimensions(evidence.documents);
      const request = await judgeRequest(evidence, dimensions, this.#criteria, this.#signal);
      collected = { evidence, chars: request.chars };
      const { files } = unjudgedAssessment(workerId, collected, { code: '', message: '' }).evidence;
      const documents = Object.keys(request.context).length;
      this.#emit({ type: 'evidence.collected', workerId, files, chars: collected.chars, documents });
      if (evidence.nothingToJudge !== null) return over(emptyAssessment(workerId, evidence));
      await this.#requireJudge();
      const samples = await this.#judgements.find(request);
      if (samples === null) return { workerId, request, collected, compared };
      return over(judgedAssessment(workerId, collected, this.#known(workerId, samples), this.#criteria));
    } catch (error) {
      const found = isInstance(error, WorkerError) ? error.provenance : null;
      return over(unjudgedAssessment(workerId, collected, this.#explain(error), found));
    }
  }

  /** @throws {WorkerError} (as a rejection) where nothing would be judged, whatever was kept of earlier judgements. */
  async #requireJudge(): Promise<void> {
    const { backend, subBackend } = this.#options.judge ?? {};
    if ([backend, subBackend].includes('offline')) throw new WorkerError('no_model', NO_MODEL);
    await this.#kept;
  }

  /** Never rejects either. */
  async #finish(prepared: Prepared): Promise<WorkerAssessment> {
    const { workerId } = prepared;
    const assessment = decide(await this.#assess(prepared), this.#options.gate);
    this.#emit({ type: 'worker.completed', workerId, assessment });
    return assessment;
  }

  async #assess(prepared: Prepared): Promise<Ungated> {
    if (prepared.request === null) return prepared.assessed;
    const { workerId, request, collected, compared } = prepared;
    try {
      const judged = await this.#judgeOnce(workerId, collected.evidence, request);
      return compared(judgedAssessment(workerId, collected, judged, this.#criteria));
    } catch (error) {
      return compared(unjudgedAssessment(workerId, collected, this.#explain(error)));
    }
  }

  /** Of works that are equal one is judged. What a store has begun goes on, whatever else is equal to it. */
  async #judgeOnce(workerId: string, evidence: Evidence, request: JudgeRequest): Promise<Judged> {
    const kept = await this.#kept;
    const equal = this.#judging.get(request.work);
    if (equal === undefined || kept?.hasBegun(workerId) === true) {
      const judging = this.#judge(workerId, evidence, request, kept);
      if (equal === undefined) this.#judging.set(request.work, judging);
      return await judging;
    }
    const judged = await equal;
    return judged.error === null ? this.#known(workerId, judged.samples) : judged;
  }

  /** A judgement that no model is asked for. */
  #known(workerId: string, samples: Sample[]): Judged {
    this.#metrics.addCached();
    this.#emit({ type: 'worker.cached', workerId });
    return { samples, refused: [], unread: new Set(), error: null };
  }

  async #judge(workerId: string, evidence: Evidence, request: JudgeRequest, kept: KeptRuns | null): Promise<Judged> {
    const options = this.#options;
    const purse = new Purse(this.#budget, {
      ownUsd: options.maxBudgetUsdPerWorker,
      weight: weightOf(request.chars),
      runs: this.#samples,
    });
    purse.pay(kept?.paidUsd(workerId) ?? 0);
    const judged = await judgeWorker({
      workerId,
      evidence,
      context: request.context,
      query: request.query,
      schema: request.schema,
      criteria: this.#criteria,
      options,
      purse,
      metrics: this.#metrics,
      kept,
      signal: this.#signal,
      emit: (event) => this.#emit(event),
      explain: (error) => this.#explain(error),
    });
    if (judged.error === null) await this.#judgements.keep(request, judged.samples);
    return judged;
  }

  /** Options that `runRLM` refuses are the caller's mistake, and the same for every worker: they end the call. */
  #explain(error: unknown): AssessmentErrorInfo {
    if (this.#signal.aborted) return { code: 'aborted', message: 'The assessment was aborted.' };
    const message = thrownText(error);
    if (RLMError.isInstance(error) && error.code === 'invalid_options') {
      this.#stopping.abort(new AssessError('invalid_options', `judge: ${message}`, { cause: error }));
    }
    const known = isInstance(error, WorkerError) || RLMError.isInstance(error);
    return { code: known ? error.code : 'internal_error', message };
  }

  #emit(event: AssessEvent): void {
    const warn = (message: string) =>
      process.emitWarning(`onEvent threw on "${event.type}": ${message}`, { code: 'RLM_ON_EVENT' });
    notify(() => this.#options.onEvent?.(event), warn);
  }
}

/** The least evidence first; what is over already holds nothing up. */
function sizeOf({ request }: Prepared): number {
  return request?.chars ?? 0;
}
