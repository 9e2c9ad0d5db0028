import type { RunStore } from 'rlm-bridge';

/** Where a run is: in a journal, which may be that of a session. */
export interface RunPlace {
  store: RunStore;
  journalId: string;
  turn: number | undefined;
}
