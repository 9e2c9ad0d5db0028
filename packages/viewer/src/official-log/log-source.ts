import type { RunSummary } from '../model/run-summary.ts';
import type { RunView } from '../model/run-view.ts';
import { summaryOf } from '../model/summary-of.ts';
import type { TextRef } from '../model/texts.ts';
import type { ViewSource } from '../model/view-source.ts';
import { KeptTexts } from '../texts/text-table.ts';
import { viewOfLog } from './log-view.ts';
import { readLog } from './read-log.ts';

interface Shown {
  view: RunView;
  texts: KeptTexts;
}

/** A log of the official library that was read: what a page shows of its runs. Further runs of a file have `#2`, `#3`, … */
export class LogSource implements ViewSource {
  readonly isLive = false;
  readonly #runs = new Map<string, Shown>();
  readonly #bytes: number;
  readonly #changedAt: number | null;

  /** @throws {Error} for what is no log of the official library. */
  constructor(name: string, text: string, changedAt: number | null = null) {
    this.#bytes = text.length;
    this.#changedAt = changedAt;
    for (const [place, run] of readLog(text).entries()) {
      const id = place === 0 ? name : `${name}#${place + 1}`;
      const texts = new KeptTexts();
      this.#runs.set(id, { view: viewOfLog(id, run, texts), texts });
    }
  }

  async listRuns(): Promise<RunSummary[]> {
    const times = { bytes: this.#bytes, changedAt: this.#changedAt };
    return [...this.#runs.values()].map(({ view }) => summaryOf(view, times)).toReversed();
  }

  async readRun(id: string): Promise<RunView> {
    return this.#shown(id).view;
  }

  async followRun(id: string, onRun: (view: RunView) => void): Promise<void> {
    onRun(this.#shown(id).view);
  }

  async readText(runId: string, text: TextRef, start = 0, end = text.chars): Promise<string> {
    return (this.#shown(runId).texts.find(text.id) ?? '').slice(start, end);
  }

  async readAssessment(): Promise<null> {
    return null;
  }

  #shown(id: string): Shown {
    const shown = this.#runs.get(id);
    if (shown === undefined) throw new Error(`The log has no run "${id}".`);
    return shown;
  }
}
