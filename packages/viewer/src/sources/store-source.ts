import { setTimeout as sleep } from 'node:timers/promises';
import type { RunStore } from 'rlm-bridge';
import type { RunSummary } from '../model/run-summary.ts';
import type { RunView } from '../model/run-view.ts';
import type { TextRef } from '../model/texts.ts';
import type { ViewSource } from '../model/view-source.ts';
import { OpenedRun } from './opened-run.ts';
import { RunList } from './run-list.ts';

/** How often a run that goes on is looked at. */
const LOOK_MS = 200;

/** How often one is looked at that nobody works on, and somebody may go on with. */
const STOPPED_LOOK_MS = 2_000;

/** How often it is looked for what a run that goes on has read; less often where that takes long. */
const COVER_MS = 1_000;
const COVER_SHARE = 10;

/** Runs that are kept open. */
const MOST_OPEN = 4;

/** What a page shows of the runs of a store, while they go on, too. */
export function storeSource(store: RunStore): ViewSource {
  return new StoreSource(store);
}

/** The same; it keeps the runs open that were asked for last. */
export class StoreSource implements ViewSource {
  readonly isLive = true;
  readonly #store: RunStore;
  readonly #list: RunList;
  /** In the order of their use. */
  readonly #open = new Map<string, OpenedRun>();

  constructor(store: RunStore) {
    this.#store = store;
    this.#list = new RunList(store);
  }

  async listRuns(): Promise<RunSummary[]> {
    return await this.#list.read();
  }

  async readRun(id: string, isWhole = false): Promise<RunView> {
    const run = this.#opened(id);
    const view = await this.#update(id, run);
    return isWhole ? await run.cover(true) : view;
  }

  async followRun(id: string, onRun: (view: RunView) => void, signal: AbortSignal): Promise<void> {
    let shown: RunView | undefined;
    let coverAt = 0;
    const show = (view: RunView) => {
      if (view !== shown && !signal.aborted) onRun(view);
      shown = view;
    };
    while (!signal.aborted) {
      const run = this.#opened(id);
      const view = await this.#update(id, run);
      const { isOver } = run;
      show(view);
      const begun = Date.now();
      if (isOver || begun >= coverAt) {
        const isGoingOn = view.head.status === 'running' && !isOver;
        show(await run.cover(!isGoingOn, signal));
        coverAt = Date.now() + Math.max(COVER_MS, COVER_SHARE * (Date.now() - begun));
      }
      if (isOver) return;
      const look = view.head.status === 'stopped' ? STOPPED_LOOK_MS : LOOK_MS;
      await sleep(look, undefined, { signal }).catch(() => {});
    }
  }

  async readText(runId: string, text: TextRef, start = 0, end = text.chars): Promise<string> {
    return (await this.#opened(runId).readText(text)).slice(start, end);
  }

  async readAssessment(): Promise<null> {
    return null;
  }

  async #update(id: string, run: OpenedRun): Promise<RunView> {
    try {
      return await run.update(() => this.#list.isWritten(run.journalId));
    } catch (error) {
      // There may be something to show of it the next time.
      this.#open.delete(id);
      throw error;
    }
  }

  #opened(id: string): OpenedRun {
    const run = this.#open.get(id) ?? new OpenedRun(this.#store, id);
    this.#open.delete(id);
    this.#open.set(id, run);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MOST_OPEN && oldest !== undefined) this.#open.delete(oldest);
    return run;
  }
}
