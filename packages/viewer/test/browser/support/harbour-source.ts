import type { ViewSource } from '../../../src/model/view-source.ts';
import { StoreSource } from '../../../src/sources/store-source.ts';
import { type HarbourRun, harbourRun } from './harbour.ts';

export interface Harbour {
  run: HarbourRun;
  source: ViewSource;
}

let made: Promise<Harbour> | undefined;

/** The run, and a source that has read it: it is over, so all tests of a process look at the same. */
export function harbour(): Promise<Harbour> {
  made ??= harbourRun().then((run) => ({ run, source: new StoreSource(run.store) }));
  return made;
}
