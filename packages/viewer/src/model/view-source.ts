import type { AssessmentView } from './assessment-view.ts';
import type { RunSummary } from './run-summary.ts';
import type { RunView } from './run-view.ts';
import type { TextRef } from './texts.ts';

/**
 * Where a page has what it shows: a server on loopback, the file that the page is in, or a log that was dropped on it. It
 * may be asked for the same thing again while it answers: many pages look at once. A rejection has a message for a person.
 */
export interface ViewSource {
  /** Whether runs may change or come while the page is open. */
  readonly isLive: boolean;
  /** Every run that is there, the newest first. */
  listRuns(): Promise<RunSummary[]>;
  /**
   * A run as it is now. Ids of runs that are not in the list are rejected. `isWhole`: with what takes a while to work out, as which
   * call read which part of the context, and may come later otherwise.
   */
  readRun(id: string, isWhole?: boolean): Promise<RunView>;
  /**
   * Calls `onRun` with the whole view first, then again whenever it has changed, until the run has ended or `signal` aborts;
   * the items that did not change are the same objects. What takes a while to work out comes when it is.
   */
  followRun(id: string, onRun: (view: RunView) => void, signal: AbortSignal): Promise<void>;
  /** A part of a text: characters from `start` up to `end`. Default: all of it. */
  readText(runId: string, text: TextRef, start?: number, end?: number): Promise<string>;
  /** The assessment that this page is about; null: it is about runs. */
  readAssessment(): Promise<AssessmentView | null>;
}
