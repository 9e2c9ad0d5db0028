import { createHash } from 'node:crypto';
import { thrownText } from '@rlm-bridge/text';
import { RLMError, type RunLease, type RunStore, replayRLM } from 'rlm-bridge';
import { WorkerError } from '../api/errors.ts';
import type { ReadingPart } from '../api/events.ts';
import { asksAgain } from './answer-check.ts';
import { type Bill, BillFold } from './bill.ts';
import { UnheardCalls } from './unheard-calls.ts';

/** What a store knows of a run of the judge: what `onEvent` was told in its earlier lives, and will not be told again. */
export interface KnownRun {
  bill: Bill;
  /** US dollars of its calls whose price is known. */
  paidUsd: number;
  unheard: UnheardCalls;
  /** Whether an answer was handed back that is handed back once only. */
  wasAskedAgain: boolean;
  /** Why not all of it can be read: it cannot go on, and what it spent is unknown. */
  broken: RLMError | null;
}

/** Which run of a worker it is. */
export interface Life {
  /** Number of the sample, from 1. */
  sample: number;
  /** Null: it judges the whole. */
  reading: ReadingPart | null;
  attempt: number;
}

/** What decides whether a run judges the same: by the options of a run that differ. */
const PARTS: Readonly<Record<string, string>> = {
  context: 'the work',
  query: 'the rubric, or a criterion',
  schema: 'the rubric, or a criterion',
  rootModel: 'the root model',
  subModel: 'the sub model',
  samplingArgs: 'the sampling of the root model',
  subSamplingArgs: 'the sampling of the sub model',
  requireCoverage: 'requireCoverage',
  rlms: 'the release of rlm-bridge',
  prompts: 'the release of rlm-bridge',
};

/** The runs that judge in an assessment, in a store: one process has them at a time. */
export class KeptRuns {
  readonly store: RunStore;
  readonly #assessmentId: string;
  readonly #lease: RunLease;
  /** What earlier calls of the assessment have begun. */
  readonly earlier: readonly KnownRun[];

  private constructor(store: RunStore, assessmentId: string, lease: RunLease, earlier: readonly KnownRun[]) {
    this.store = store;
    this.#assessmentId = assessmentId;
    this.#lease = lease;
    this.earlier = earlier;
  }

  /** @throws {WorkerError} (as a rejection) `assessment_in_progress`. @throws {RLMError} what the store does. */
  static async open(store: RunStore, assessmentId: string): Promise<KeptRuns> {
    const lease = await leaseOf(store, assessmentId);
    try {
      const earlier: KnownRun[] = [];
      for await (const { runId } of store.list()) {
        const known = runId.startsWith(`${assessmentId}:`) && runId !== lease.runId && (await knownRun(store, runId));
        if (known) earlier.push(known);
      }
      return new KeptRuns(store, assessmentId, lease, earlier);
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  /**
   * The id of a run: the same in every call of the assessment. A worker's id may hold anything, and is told apart by its hash.
   * `attempt`: 2 for the run that comes after one whose answer was none.
   */
  runIdOf(workerId: string, { sample, reading, attempt }: Life): string {
    const part = reading === null ? '' : `r${reading.number}`;
    return `${this.#prefixOf(workerId)}${sample}${part}.${attempt}`;
  }

  /** The id of a run that takes a second look; `work`: hash of what is asked. */
  lookIdOf(workerId: string, work: string): string {
    return `${this.#prefixOf(workerId)}look.${work.slice(0, 16)}`;
  }

  #prefixOf(workerId: string): string {
    const readable = workerId.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 32);
    const hash = createHash('sha256').update(workerId).digest('hex').slice(0, 16);
    return `${this.#assessmentId}:${readable}-${hash}:`;
  }

  /** What earlier calls of the assessment have spent, in US dollars, as far as it is known; `workerId`: on that worker. */
  paidUsd(workerId?: string): number {
    const prefix = workerId === undefined ? '' : this.#prefixOf(workerId);
    const runs = this.earlier.filter(({ bill }) => bill.runId.startsWith(prefix));
    return runs.reduce((sum, run) => sum + run.paidUsd, 0);
  }

  /** Whether earlier calls of the assessment have begun to judge a worker. */
  hasBegun(workerId: string): boolean {
    return this.earlier.some(({ bill }) => bill.runId.startsWith(this.#prefixOf(workerId)));
  }

  /** An error of a run as one of the assessment, where it is. */
  inItsWords(error: unknown): unknown {
    if (!RLMError.isInstance(error) || !['run_mismatch', 'version_mismatch'].includes(error.code)) return error;
    const parts = [...new Set(error.differing.map((name) => PARTS[name] ?? `the judge's ${name}`))];
    const what = `Not as the assessment "${this.#assessmentId}" began: ${parts.join(', ')}`;
    const said = `${what}. Name another assessmentId, or put it back as it was.`;
    return new WorkerError('assessment_changed', said, { cause: error });
  }

  /** Null: there is nothing of it yet. */
  async find(runId: string): Promise<KnownRun | null> {
    return await knownRun(this.store, runId);
  }

  /** Gives the assessment back. What cannot be given back ends with this process. */
  async close(): Promise<void> {
    await this.#lease.release().catch((error: unknown) => {
      const said = `The assessment ${this.#assessmentId} could not be given back to its store: ${thrownText(error)}`;
      process.emitWarning(said, { code: 'RLM_STORE_CLEANUP' });
    });
  }
}

async function leaseOf(store: RunStore, assessmentId: string): Promise<RunLease> {
  try {
    return await store.lease(`${assessmentId}:lease`);
  } catch (cause) {
    if (!RLMError.isInstance(cause) || cause.code !== 'run_in_progress') throw cause;
    const said = `Another process works on the assessment "${assessmentId}". Wait until it has ended, or name another assessmentId.`;
    throw new WorkerError('assessment_in_progress', said, { cause });
  }
}

async function knownRun(store: RunStore, runId: string): Promise<KnownRun | null> {
  const bill = new BillFold(runId);
  const unheard = new UnheardCalls();
  let wasAskedAgain = false;
  const known = (broken: RLMError | null): KnownRun => ({
    bill: broken === null ? bill.bill : { ...bill.bill, costUsd: null },
    paidUsd: bill.knownUsd,
    unheard,
    wasAskedAgain,
    broken,
  });
  try {
    for await (const event of replayRLM(runId, { store })) {
      bill.note(event);
      unheard.note(event);
      wasAskedAgain ||= event.type === 'answer.rejected' && event.problems.some(({ message }) => asksAgain(message));
    }
    return known(null);
  } catch (error) {
    if (!RLMError.isInstance(error)) throw error;
    if (error.code === 'run_not_found') return null;
    // One broken journal is one worker's matter.
    if (error.code === 'journal_corrupted' || error.code === 'journal_unsupported') return known(error);
    throw error;
  }
}
