import PQueue from 'p-queue';
import { AssessAbortError, AssessError } from './api/errors.ts';
import { type AssessOptions, DEFAULT_ASSESS_OPTIONS } from './api/options.ts';
import type { AssessmentResult } from './api/result.ts';
import type { WorkerAssessment } from './api/worker-assessment.ts';
import { Assessing } from './assessing.ts';
import { type Given, idOf, workerOf } from './base/given.ts';
import type { FindingLog } from './findings/finding-log.ts';
import type { Prepared } from './prepared.ts';

/** A worker of a call, and what the call has of it. */
interface Tended {
  given: Given;
  /** Ends its judging alone; another one for each time that it is judged. */
  aborting: AbortController;
  /** Settled once it is judged. */
  done: PromiseWithResolvers<void>;
  assessment: WorkerAssessment | null;
}

/** One call: which of its workers is judged when, again, or not any more. */
export class AssessmentCall {
  readonly #options: AssessOptions;
  readonly #assessing: Assessing;
  readonly #log: FindingLog;
  readonly #queue: PQueue;
  /** By its id, in the order in which they were given. */
  readonly #workers: ReadonlyMap<string, Tended>;
  readonly #retries = new Set<Promise<void>>();
  #isOver = false;

  constructor(workers: readonly Given[], options: AssessOptions, log: FindingLog) {
    this.#options = options;
    this.#assessing = new Assessing(options);
    this.#log = log;
    this.#queue = new PQueue({ concurrency: options.concurrency ?? DEFAULT_ASSESS_OPTIONS.concurrency });
    this.#workers = new Map(
      workers.map((given) => [
        idOf(given),
        { given, aborting: new AbortController(), done: Promise.withResolvers(), assessment: null },
      ]),
    );
  }

  async all(): Promise<AssessmentResult> {
    const startedAt = performance.now();
    this.#assessing.open();
    try {
      await this.#judgeAll([...this.#workers.values()]);
      while (this.#retries.size > 0) await Promise.all(this.#retries);
      return this.#end(startedAt);
    } finally {
      this.#isOver = true;
      await this.#assessing.close();
    }
  }

  /** @throws {AssessError} `invalid_options` */
  abortWorker(workerId: string): void {
    this.#tended(workerId).aborting.abort();
  }

  /** @throws {AssessError} `invalid_options` */
  retryWorker(workerId: string): void {
    const tended = this.#tended(workerId);
    if (this.#isOver) {
      throw new AssessError('invalid_options', 'The assessment has ended. Call assessWorkers again for the worker.');
    }
    const before = tended.done.promise;
    tended.done = Promise.withResolvers();
    const retry = before.then(() =>
      this.#queue.add(async () => {
        tended.aborting = new AbortController();
        await this.#judge(
          tended,
          await this.#assessing.prepare(workerOf(tended.given), tended.aborting.signal, true),
          tended.done,
        );
      }),
    );
    this.#retries.add(retry);
    retry.finally(() => this.#retries.delete(retry)).catch(() => {});
  }

  /**
   * Where money is shared, all evidence is collected before any of it is judged, and the least of it first: then as many
   * workers as can be are judged, in whatever order they were named.
   */
  async #judgeAll(workers: readonly Tended[]): Promise<void> {
    const begun = workers.map((tended) => ({ tended, done: tended.done }));
    const prepare = ({ given, aborting }: Tended) => this.#assessing.prepare(given, aborting.signal);
    if (this.#options.maxBudgetUsd === undefined) {
      const tasks = begun.map(
        ({ tended, done }) =>
          async () =>
            this.#judge(tended, await prepare(tended), done),
      );
      await this.#queue.addAll(tasks);
      return;
    }
    const prepared = await this.#queue.addAll(
      begun.map((one) => async () => ({ ...one, prepared: await prepare(one.tended) })),
    );
    prepared.sort((a, b) => sizeOf(a.prepared) - sizeOf(b.prepared));
    this.#assessing.expect(prepared.map((one) => one.prepared));
    await this.#queue.addAll(prepared.map((one) => () => this.#judge(one.tended, one.prepared, one.done)));
  }

  async #judge(tended: Tended, prepared: Prepared, done: PromiseWithResolvers<void>): Promise<void> {
    const { workerId } = prepared;
    tended.assessment = await this.#assessing.finish(prepared);
    this.#log.push(tended.assessment.findings.map((finding) => ({ workerId, finding })));
    done.resolve();
  }

  #end(startedAt: number): AssessmentResult {
    this.#isOver = true;
    const assessments = [...this.#workers.values()].flatMap(({ assessment }) => assessment ?? []);
    const result = this.#assessing.result(assessments, performance.now() - startedAt);
    const { mistake } = this.#assessing;
    if (mistake !== null) throw mistake;
    if (this.#options.signal?.aborted) throw new AssessAbortError(this.#options.signal.reason, result);
    return result;
  }

  #tended(workerId: string): Tended {
    const tended = this.#workers.get(workerId);
    if (tended !== undefined) return tended;
    const ids = [...this.#workers.keys()].join(', ');
    throw new AssessError('invalid_options', `There is no worker "${workerId}" in this assessment. It has ${ids}.`);
  }
}

/** The least evidence first; what is over already holds nothing up. */
function sizeOf({ request }: Prepared): number {
  return request?.chars ?? 0;
}
