import { isInstance, notify } from '@rlm-bridge/callbacks';
import { given } from '@rlm-bridge/options';
import { thrownText } from '@rlm-bridge/text';
import PQueue from 'p-queue';
import { RLMError } from 'rlm-bridge';
import { AssessAbortError, AssessError, WorkerError } from './api/errors.ts';
import type { AssessEvent } from './api/events.ts';
import { type AssessOptions, type Criterion, DEFAULT_ASSESS_OPTIONS, type WorkerSpec } from './api/options.ts';
import type { AssessmentResult } from './api/result.ts';
import type { AssessmentErrorInfo, WorkerAssessment } from './api/worker-assessment.ts';
import { policyChangesOf } from './base/policy-changes.ts';
import { collectEvidence } from './evidence/collect-evidence.ts';
import { specOf } from './evidence/resolve-worker.ts';
import { answerSchema } from './judge/answer.ts';
import { Budget } from './judge/budget.ts';
import { CachedJudgement, cacheKey } from './judge/cache.ts';
import { charsOf, contextOf } from './judge/context.ts';
import { type Judged, judgeWorker } from './judge/judge-worker.ts';
import { KeptRuns } from './judge/kept-runs.ts';
import { MetricsFold } from './judge/metrics.ts';
import { judgeQuery, QUERY_VERSION } from './judge/query.ts';
import { PRESETS } from './judge/rubric.ts';
import { validateAssessOptions } from './options/validate-options.ts';
import { aggregate } from './verdict/aggregate.ts';
import { type Collected, emptyAssessment, judgedAssessment, unjudgedAssessment } from './verdict/assessment.ts';
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
  return await new Assessing(given, workers.length).all(workers);
}

const NO_MODEL =
  "backend 'offline' is a program and no model: it can judge nothing. Set a provider's key and name no backend, or one with a model.";

/** One call. */
class Assessing {
  readonly #options: AssessOptions;
  readonly #criteria: readonly Criterion[];
  readonly #metrics = new MetricsFold();
  readonly #budget: Budget;
  readonly #stopping = new AbortController();
  readonly #signal: AbortSignal;
  #kept: Promise<KeptRuns | null> = Promise.resolve(null);

  constructor(options: AssessOptions, workers: number) {
    this.#options = options;
    this.#criteria = [...(options.rubric ?? []), ...(options.presets ?? []).flatMap((preset) => PRESETS[preset])];
    this.#budget = new Budget(options.maxBudgetUsd, workers * this.#samples);
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

  async #judgeAll(workers: readonly (string | WorkerSpec)[], startedAt: number): Promise<AssessmentResult> {
    const queue = new PQueue({ concurrency: this.#options.concurrency ?? DEFAULT_ASSESS_OPTIONS.concurrency });
    const assessments = await queue.addAll(workers.map((worker) => () => this.#one(worker)));
    const result = this.#result(assessments, performance.now() - startedAt);
    if (this.#stopping.signal.aborted) throw this.#stopping.signal.reason;
    if (this.#options.signal?.aborted) throw new AssessAbortError(this.#options.signal.reason, result);
    return result;
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

  /** Never rejects: what befalls a worker is in its assessment. */
  async #one(worker: string | WorkerSpec): Promise<WorkerAssessment> {
    const workerId = typeof worker === 'string' ? worker : worker.id;
    this.#emit({ type: 'worker.started', workerId });
    const assessment = decide(await this.#assess(workerId, worker), this.#options.gate);
    this.#emit({ type: 'worker.completed', workerId, assessment });
    return assessment;
  }

  async #assess(workerId: string, worker: string | WorkerSpec): Promise<Ungated> {
    let collected: Collected | null = null;
    let policyChanges: string[] = [];
    try {
      this.#signal.throwIfAborted();
      const spec = await specOf(worker, this.#options, this.#signal);
      policyChanges = await policyChangesOf(spec, { ...this.#options, signal: this.#signal });
      const evidence = await collectEvidence(spec, this.#options, this.#signal);
      const context = contextOf(evidence);
      collected = { evidence, chars: charsOf(context) };
      const { files } = unjudgedAssessment(workerId, collected, { code: '', message: '' }).evidence;
      const documents = Object.keys(context).length;
      this.#emit({ type: 'evidence.collected', workerId, files, chars: collected.chars, documents });
      if (evidence.nothingToJudge !== null) return { ...emptyAssessment(workerId, evidence), policyChanges };
      const judged = await this.#judge(workerId, collected, context);
      return { ...judgedAssessment(workerId, collected, judged, this.#criteria), policyChanges };
    } catch (error) {
      const found = isInstance(error, WorkerError) ? error.provenance : null;
      return { ...unjudgedAssessment(workerId, collected, this.#explain(error), found), policyChanges };
    }
  }

  async #judge(workerId: string, { evidence }: Collected, context: Record<string, string>): Promise<Judged> {
    const options = this.#options;
    if ([options.judge?.backend, options.judge?.subBackend].includes('offline'))
      throw new WorkerError('no_model', NO_MODEL);
    const kept = await this.#kept;
    const dimensions = judgeableDimensions(evidence.documents);
    const query = judgeQuery(dimensions, this.#criteria);
    const schema = answerSchema(
      dimensions,
      this.#criteria.map(({ id }) => id),
    );
    const key = cacheKey({
      context,
      query,
      queryVersion: QUERY_VERSION,
      samples: this.#samples,
      requireCoverage: options.requireCoverage ?? DEFAULT_ASSESS_OPTIONS.requireCoverage,
      judge: options.judge ?? {},
      env: process.env,
    });
    const cache = key === null ? null : cacheOf(options.cache, key);
    const cached = (await cache?.get(schema, this.#samples)) ?? null;
    if (cached !== null) {
      this.#budget.release(this.#samples);
      this.#metrics.addCached();
      this.#emit({ type: 'worker.cached', workerId });
      return { samples: cached, refused: [], unread: new Set(), error: null };
    }
    const judged = await judgeWorker({
      workerId,
      evidence,
      context,
      query,
      schema,
      criteria: this.#criteria,
      options,
      budget: this.#budget,
      metrics: this.#metrics,
      kept,
      signal: this.#signal,
      emit: (event) => this.#emit(event),
      explain: (error) => this.#explain(error),
    });
    if (judged.error === null) await cache?.put(judged.samples);
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

function cacheOf(cache: AssessOptions['cache'], key: string): CachedJudgement | null {
  if (cache === false) return null;
  return new CachedJudgement(key, typeof cache === 'object' ? cache.dir : undefined);
}
