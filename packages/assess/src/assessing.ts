import { isInstance, notify } from '@rlm-bridge/callbacks';
import { given } from '@rlm-bridge/options';
import { thrownText } from '@rlm-bridge/text';
import { RLMError } from 'rlm-bridge';
import { AssessError, WorkerError } from './api/errors.ts';
import type { AssessEvent } from './api/events.ts';
import { type AssessOptions, type Criterion, DEFAULT_ASSESS_OPTIONS } from './api/options.ts';
import type { AssessmentResult } from './api/result.ts';
import type { AssessmentErrorInfo, Rename, WorkerAssessment } from './api/worker-assessment.ts';
import { type Given, idOf, withWork } from './base/given.ts';
import { policyChangesOf } from './base/policy-changes.ts';
import { renamesOf } from './base/renames.ts';
import { collectEvidence } from './evidence/collect-evidence.ts';
import { Budget } from './judge/budget.ts';
import { type Judged, judgeWorker } from './judge/judge-worker.ts';
import type { Judging } from './judge/judging.ts';
import { KeptRuns } from './judge/kept-runs.ts';
import { MetricsFold } from './judge/metrics.ts';
import { Purse } from './judge/purse.ts';
import { judgeRequest } from './judge/request.ts';
import { criteriaOf } from './judge/rubric.ts';
import type { Sample } from './judge/sample.ts';
import type { Prepared, ToJudge } from './prepared.ts';
import { READINGS_AT_ONCE } from './readings/judge-by-parts.ts';
import { partsOf, readingsOf, runWeights } from './readings/parts.ts';
import { sampling } from './readings/sampling.ts';
import { KeptJudgements } from './reference/kept-judgements.ts';
import { Reference } from './reference/reference.ts';
import { referenceOf } from './reference/reference-of.ts';
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
import { SecondLooks } from './verifier/second-looks.ts';
import { withSecondLooks } from './verifier/verified.ts';

const NO_MODEL =
  "backend 'offline' is a program and no model: it can judge nothing. Set a provider's key and name no backend, or one with a model.";

/** Judges the workers of one call, each by itself; what it was said to cost, and what is kept, is the call's. */
export class Assessing {
  readonly #options: AssessOptions;
  readonly #criteria: readonly Criterion[];
  readonly #metrics = new MetricsFold();
  readonly #budget: Budget;
  readonly #judgements: KeptJudgements;
  /** What is judged or being judged, by the work. */
  readonly #judging = new Map<string, Promise<Judged>>();
  readonly #stopping = new AbortController();
  readonly #signal: AbortSignal;
  /** What each worker may cost, its second looks included. */
  readonly #purses = new Map<string, Purse>();
  #kept: Promise<KeptRuns | null> = Promise.resolve(null);
  #looks: SecondLooks | null = null;

  constructor(options: AssessOptions) {
    this.#options = options;
    this.#criteria = criteriaOf(options);
    const { concurrency = DEFAULT_ASSESS_OPTIONS.concurrency, maxBudgetUsd } = options;
    this.#budget = new Budget(maxBudgetUsd, concurrency * this.#runsAtOnce);
    this.#judgements = new KeptJudgements(options, this.#criteria);
    this.#signal = AbortSignal.any([this.#stopping.signal, ...(options.signal ? [options.signal] : [])]);
  }

  get #samples(): number {
    return this.#options.samples ?? DEFAULT_ASSESS_OPTIONS.samples;
  }

  /** Of one worker. */
  get #runsAtOnce(): number {
    return this.#samples * (this.#options.incremental === true ? READINGS_AT_ONCE : 1);
  }

  /** Counts on the runs that will judge: of equal works one judgement is made. */
  expect(prepared: readonly Prepared[]): void {
    const works = new Map(prepared.flatMap((one) => (one.request === null ? [] : [[one.request.equal, one]])));
    for (const one of works.values()) this.#expectRunsOf(one);
  }

  #expectRunsOf({ request, parts }: Pick<ToJudge, 'request' | 'parts'>): void {
    for (const weight of runWeights(request, parts, this.#samples)) this.#budget.expect(weight);
  }

  /** Takes the assessment's runs of a store, where it has one. @throws {AssessError} `invalid_options` of the verifier. */
  open(): void {
    const { verifier } = this.#options;
    const call = { criteria: this.#criteria, metrics: this.#metrics, emit: (event: AssessEvent) => this.#emit(event) };
    this.#looks = verifier === undefined ? null : new SecondLooks(verifier, this.#options, call);
    this.#kept = this.#open();
    // Every worker that needs it learns of a failure.
    this.#kept.catch(() => {});
  }

  /** What the caller got wrong, which a run was the first to find; null: nothing. */
  get mistake(): unknown {
    return this.#stopping.signal.aborted ? this.#stopping.signal.reason : null;
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

  async close(): Promise<void> {
    const kept = await this.#kept.catch(() => null);
    await kept?.close();
  }

  result(workers: WorkerAssessment[], durationMs: number): AssessmentResult {
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
  async prepare(given: Given, own: AbortSignal, isAgain = false): Promise<Prepared> {
    const signal = AbortSignal.any([this.#signal, own]);
    const workerId = idOf(given);
    this.#emit({ type: 'worker.started', workerId });
    const before = this.#options.previous?.workers.find((one) => one.workerId === workerId) ?? null;
    let collected: Collected | null = null;
    let policyChanges: string[] = [];
    let renames: Rename[] = [];
    const compared = (assessed: Assessed): Ungated => ({
      ...comparedWith(before, assessed, collected?.evidence ?? null, renames),
      policyChanges,
    });
    const over = (assessed: Assessed): Prepared => {
      return { workerId, signal, request: null, collected, assessed: compared(assessed) };
    };
    try {
      signal.throwIfAborted();
      const evidence = await withWork(given, this.#options, signal, async (spec, work) => {
        policyChanges = await policyChangesOf(work, this.#options.policyFiles);
        renames = await renamesOf(work, this.#options.gate ?? {}, before);
        return await collectEvidence(spec, this.#options, signal, work);
      });
      const dimensions = judgeableDimensions(evidence.documents);
      const tree = referenceOf(evidence.provenance, { ...this.#options, signal });
      const request = await judgeRequest(evidence, dimensions, this.#criteria, { signal, beside: tree });
      collected = { evidence, chars: request.chars };
      const { files } = unjudgedAssessment(workerId, collected, { code: '', message: '' }).evidence;
      const documents = Object.keys(request.context).length;
      this.#emit({ type: 'evidence.collected', workerId, files, chars: collected.chars, documents });
      if (evidence.nothingToJudge !== null) return over(emptyAssessment(workerId, evidence));
      await this.#requireJudge();
      const samples = isAgain ? null : await this.#judgements.find(request, this.#options.incremental === true, tree);
      if (samples === null) {
        const parts = await partsOf(evidence, request, this.#criteria, this.#options, signal);
        if (isAgain) this.#expectRunsOf({ request, parts });
        return { workerId, request, parts, tree, collected, compared, signal, isAgain };
      }
      return over(await judgedAssessment(workerId, collected, this.#known(workerId, samples), this.#criteria));
    } catch (error) {
      const found = isInstance(error, WorkerError) ? error : null;
      return over(unjudgedAssessment(workerId, collected, this.#explain(error, signal), found));
    }
  }

  /** @throws {WorkerError} (as a rejection) where nothing would be judged, whatever was kept of earlier judgements. */
  async #requireJudge(): Promise<void> {
    const { backend, subBackend } = this.#options.judge ?? {};
    if ([backend, subBackend].includes('offline')) throw new WorkerError('no_model', NO_MODEL);
    this.#looks?.requireModel();
    await this.#kept;
  }

  /** Never rejects either. */
  async finish(prepared: Prepared): Promise<WorkerAssessment> {
    const { workerId } = prepared;
    const assessed = await this.#lookAgain(await this.#assess(prepared), prepared);
    const assessment = decide(assessed, this.#options.gate);
    this.#emit({ type: 'worker.completed', workerId, assessment });
    return assessment;
  }

  async #assess(prepared: Prepared): Promise<Ungated> {
    if (prepared.request === null) return prepared.assessed;
    const { workerId, collected, compared, signal } = prepared;
    try {
      const judged = await this.#judgeOnce(prepared);
      return compared(await judgedAssessment(workerId, collected, judged, this.#criteria));
    } catch (error) {
      return compared(unjudgedAssessment(workerId, collected, this.#explain(error, signal)));
    }
  }

  /** A second look at what the verdict rests on, where one is asked for. */
  async #lookAgain(assessed: Ungated, { workerId, collected, signal }: Prepared): Promise<Ungated> {
    if (this.#looks === null) return assessed;
    const kept = await this.#kept.catch(() => null);
    const explain = (error: unknown) => this.#explain(error, signal, 'verifier');
    const looking = collected && {
      workerId,
      documents: collected.evidence.documents,
      purse: this.#purses.get(workerId) ?? this.#purseOf(workerId, [], kept),
      ...{ kept, signal, explain },
    };
    return await withSecondLooks(assessed, this.#looks, this.#options.gate, looking);
  }

  /** Of works that are equal one is judged. What a store has begun goes on, whatever else is equal to it. */
  async #judgeOnce(prepared: ToJudge): Promise<Judged> {
    const { workerId, request, signal, isAgain } = prepared;
    const kept = await this.#kept;
    const equal = isAgain ? undefined : this.#judging.get(request.equal);
    if (equal === undefined || kept?.hasBegun(workerId) === true) return await this.#judgeFor(prepared, kept);
    const judged = await equal;
    if (judged.error === null) return this.#known(workerId, judged.samples);
    // Whoever had it judged was aborted, and this one was not.
    const isOthers = judged.error.code === 'aborted' && !signal.aborted;
    return isOthers ? await this.#judgeFor(prepared, kept) : judged;
  }

  async #judgeFor(prepared: ToJudge, kept: KeptRuns | null): Promise<Judged> {
    const { equal } = prepared.request;
    const judging = this.#judge(prepared, kept);
    if (prepared.isAgain || !this.#judging.has(equal)) this.#judging.set(equal, judging);
    return await judging;
  }

  /** A judgement that no model is asked for. */
  #known(workerId: string, samples: Sample[]): Judged {
    this.#metrics.addCached();
    this.#emit({ type: 'worker.cached', workerId });
    return { samples, refused: [], unread: new Set(), error: null };
  }

  async #judge(prepared: ToJudge, kept: KeptRuns | null): Promise<Judged> {
    const { workerId, request, parts, tree, collected, signal } = prepared;
    const options = this.#options;
    const purse = this.#purseOf(workerId, runWeights(request, parts, this.#samples), kept);
    const judging: Judging = {
      workerId,
      options,
      purse,
      metrics: this.#metrics,
      kept,
      signal,
      emit: (event) => this.#emit(event),
      explain: (error) => this.#explain(error, signal),
    };
    if (parts !== null) this.#emit({ type: 'readings.planned', workerId, ...readingsOf(parts) });
    const reference = tree && new Reference(tree);
    const work = { request, evidence: collected.evidence, criteria: this.#criteria, parts, reference };
    const judged = await judgeWorker(judging, sampling(judging, work));
    const asked = reference?.asked ?? null;
    const mayKeep = judged.error === null && (reference === null || asked !== null);
    if (mayKeep) await this.#judgements.keep(request, parts !== null, { samples: judged.samples, asked });
    return judged;
  }

  #purseOf(workerId: string, weights: readonly number[], kept: KeptRuns | null): Purse {
    const ownUsd = this.#options.maxBudgetUsdPerWorker;
    const purse = new Purse(this.#budget, { ownUsd, weights, atOnce: this.#runsAtOnce });
    purse.pay(kept?.paidUsd(workerId) ?? 0);
    this.#purses.set(workerId, purse);
    return purse;
  }

  /** Options that `runRLM` refuses are the caller's mistake, and the same for every worker: they end the call. */
  #explain(error: unknown, signal: AbortSignal, of: 'judge' | 'verifier' = 'judge'): AssessmentErrorInfo {
    if (this.#signal.aborted) return { code: 'aborted', message: 'The assessment was aborted.' };
    if (signal.aborted) return { code: 'aborted', message: 'The judging of this worker was aborted.' };
    const message = thrownText(error);
    if (RLMError.isInstance(error) && error.code === 'invalid_options') {
      this.#stopping.abort(new AssessError('invalid_options', `${of}: ${message}`, { cause: error }));
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
