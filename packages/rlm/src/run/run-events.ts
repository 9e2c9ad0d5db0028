import { notify } from '@rlm-bridge/callbacks';
import type { WorkerEvent } from '@rlm-bridge/protocol';
import type { RLMEvent } from '../api/events.ts';
import type { RLMOptions } from '../api/options.ts';
import type { EventLog } from './event-log.ts';
import type { ResultFold } from './result-fold.ts';
import { toPublicEvent } from './to-public-event.ts';

/** What takes note of an event before it is seen. Gives what is to be seen: nothing, when it is known already. */
export type EventJournal = (event: WorkerEvent) => readonly WorkerEvent[];

/** Where what happens in a run goes: into its journal, its result, and to whoever follows it. */
export class RunEvents {
  readonly runId: string;
  readonly fold: ResultFold;
  readonly #log: EventLog;
  readonly #onEvent: RLMOptions['onEvent'];
  #journal: EventJournal = (event) => [event];

  constructor(runId: string, fold: ResultFold, log: EventLog, onEvent: RLMOptions['onEvent']) {
    this.runId = runId;
    this.fold = fold;
    this.#log = log;
    this.#onEvent = onEvent;
  }

  /** From here on every event is written, too. */
  keepIn(journal: EventJournal): void {
    this.#journal = journal;
  }

  /** Something happens. */
  tell(event: WorkerEvent): void {
    for (const seen of this.#journal(event)) this.show(seen);
  }

  /** Something happens that the journal has in another way. */
  show(event: WorkerEvent): void {
    this.fold.apply(event);
    this.emit(toPublicEvent(event));
  }

  /** Something happened in an earlier life of the run: iterators and the result have it, `onEvent` had it then. */
  recall(event: WorkerEvent): void {
    this.fold.apply(event);
    this.#log.push(toPublicEvent(event));
  }

  /** Something happened in the run that this one was forked from, and was paid there. */
  inherit(event: WorkerEvent): void {
    this.fold.inherit(event);
    this.#log.push(toPublicEvent(event));
  }

  /** How an earlier life ended. */
  recallEnd(event: RLMEvent): void {
    this.#log.push(event);
  }

  warn(message: string): void {
    this.tell({ type: 'log', id: this.runId, at: Date.now(), level: 'warning', message });
  }

  emit(event: RLMEvent): void {
    this.#log.push(event);
    callBack(this.#onEvent, event);
  }
}

/** Tells whoever listens. */
export function callBack(onEvent: RLMOptions['onEvent'], event: RLMEvent): void {
  if (typeof onEvent !== 'function') return;
  notify(
    () => onEvent(event),
    (fault) => warnOfCallback(event.type, fault),
  );
}

/** What a callback throws is its author's to see, and not the run's matter. */
function warnOfCallback(type: RLMEvent['type'], fault: string): void {
  process.emitWarning(`onEvent threw on "${type}": ${fault}`, { code: 'RLM_ON_EVENT' });
}
