import type { AssessmentResult, WorkerSpec } from '@rlm-bridge/assess';
import { memoryStore, type RunStore } from 'rlm-bridge';
import type { AssessmentView } from '../model/assessment-view.ts';
import type { RunSummary } from '../model/run-summary.ts';
import type { RunView } from '../model/run-view.ts';
import type { TextRef } from '../model/texts.ts';
import type { ViewSource } from '../model/view-source.ts';
import { StoreSource } from '../sources/store-source.ts';

/** Where the runs of an assessment are. */
export interface AssessmentOrigin {
  /** The store that its runs were kept in. Default: none. */
  store?: RunStore | undefined;
  /** Which assessment of the store it is. Default: the newest one that judged the same evidence. */
  assessmentId?: string | undefined;
  /** The workers as they were given to be judged. Default: none. */
  workers?: readonly WorkerSpec[] | undefined;
}

/** An assessment with the runs that judged it, and no others of their store. */
export class AssessmentSource implements ViewSource {
  readonly isLive = false;
  readonly #result: AssessmentResult;
  readonly #store: RunStore | undefined;
  readonly #assessmentId: string | undefined;
  readonly #workers: readonly WorkerSpec[];
  readonly #runs: ViewSource;
  #view: Promise<AssessmentView> | null = null;

  constructor(result: AssessmentResult, { store, assessmentId, workers = [] }: AssessmentOrigin = {}) {
    this.#result = result;
    this.#store = store;
    this.#assessmentId = assessmentId;
    this.#workers = workers;
    this.#runs = new StoreSource(store ?? memoryStore());
  }

  async listRuns(): Promise<RunSummary[]> {
    const { runs } = await this.readAssessment();
    if (runs.length === 0) return [];
    const ids = new Set(runs.map(({ runId }) => runId));
    return (await this.#runs.listRuns()).filter(({ id }) => ids.has(id));
  }

  async readRun(id: string, isWhole?: boolean): Promise<RunView> {
    return await this.#runs.readRun(await this.#own(id), isWhole);
  }

  async followRun(id: string, onRun: (view: RunView) => void, signal: AbortSignal): Promise<void> {
    await this.#runs.followRun(await this.#own(id), onRun, signal);
  }

  async readText(runId: string, text: TextRef, start?: number, end?: number): Promise<string> {
    return await this.#runs.readText(await this.#own(runId), text, start, end);
  }

  readAssessment(): Promise<AssessmentView> {
    this.#view ??= this.#readAssessment().catch((error) => {
      this.#view = null;
      throw error;
    });
    return this.#view;
  }

  async #readAssessment(): Promise<AssessmentView> {
    const [store, runs, assessmentId] = [this.#store, this.#runs, this.#assessmentId];
    // What judges is loaded with it, which most pages never need.
    const { assessmentView } = await import('./assessment-view.ts');
    return await assessmentView(
      this.#result,
      store === undefined ? null : { store, runs, assessmentId },
      this.#workers,
    );
  }

  async #own(id: string): Promise<string> {
    const { runs } = await this.readAssessment();
    if (runs.some(({ runId }) => runId === id)) return id;
    throw new Error(`The assessment has no run "${id}".`);
  }
}
