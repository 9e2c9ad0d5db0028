import type { RunSummary } from '../../model/run-summary.ts';
import type { RunView } from '../../model/run-view.ts';
import type { TextRef } from '../../model/texts.ts';
import type { ViewSource } from '../../model/view-source.ts';

/** Logs that were dropped on a page, before what the page was made for. */
export class JoinedSource implements ViewSource {
  readonly isLive: boolean;
  readonly #own: ViewSource;
  readonly #logs: ReadonlyMap<string, ViewSource>;

  /** `logs`: by the ids of their runs. */
  constructor(own: ViewSource, logs: ReadonlyMap<string, ViewSource>) {
    this.#own = own;
    this.#logs = logs;
    this.isLive = own.isLive;
  }

  async listRuns(): Promise<RunSummary[]> {
    const sources = [...new Set(this.#logs.values()), this.#own];
    const lists = await Promise.all(sources.map((source) => source.listRuns()));
    return lists.flat().filter(({ id }, place, all) => all.findIndex((other) => other.id === id) === place);
  }

  readRun(id: string, isWhole?: boolean): Promise<RunView> {
    return this.#of(id).readRun(id, isWhole);
  }

  followRun(id: string, onRun: (view: RunView) => void, signal: AbortSignal): Promise<void> {
    return this.#of(id).followRun(id, onRun, signal);
  }

  readText(runId: string, text: TextRef, start?: number, end?: number): Promise<string> {
    return this.#of(runId).readText(runId, text, start, end);
  }

  readAssessment(): ReturnType<ViewSource['readAssessment']> {
    return this.#own.readAssessment();
  }

  #of(id: string): ViewSource {
    return this.#logs.get(id) ?? this.#own;
  }
}
