import type { RLMToolCompletedEvent, RLMToolStartedEvent } from 'rlm-bridge';
import type { RLMJournalTool } from 'rlm-bridge/journal';
import type { ToolView } from '../model/call-view.ts';
import type { TextTable } from '../texts/text-table.ts';
import type { Place } from './places.ts';
import { ViewList } from './view-list.ts';

/** Folds calls of host tools. What a tool returned is a record of its own, before or after the event that it ended. */
export class ToolsFold {
  readonly list = new ViewList<ToolView>();
  readonly #texts: TextTable;
  readonly #places = new Map<string, number>();

  constructor(texts: TextTable) {
    this.#texts = texts;
  }

  begin({ call, tool, arguments: given }: RLMToolStartedEvent, at: number, place: Place): void {
    const known = this.#places.get(call);
    // A resumed run calls a tool again that was under way at a kill.
    if (known !== undefined) {
      this.list.change(known, { startedAt: at, endedAt: null, outcome: null });
      return;
    }
    const begun = { name: call, tool, ...place, startedAt: at, endedAt: null, outcome: null };
    this.#places.set(call, this.list.add({ ...begun, arguments: this.#texts.add(given), result: null }));
  }

  end({ call, outcome, error }: RLMToolCompletedEvent, at: number): void {
    const place = this.#places.get(call) ?? -1;
    const known = this.list.at(place)?.result ?? null;
    const result = known ?? (error === null ? null : this.#texts.add(error));
    this.list.change(place, { endedAt: at, outcome, result });
  }

  /** What it came to. */
  hear({ call, node, iteration, codeBlock, outcome }: RLMJournalTool): void {
    const text = outcome.kind === 'value' ? JSON.stringify(outcome.value) : outcome.message;
    this.list.change(this.#places.get(call) ?? -1, { node, iteration, codeBlock, result: this.#texts.add(text) });
  }
}
