import type { AssessmentView } from './assessment-view.ts';
import type { RunSummary } from './run-summary.ts';
import type { ListName, RunHead, RunView } from './run-view.ts';
import type { TextRef } from './texts.ts';

/** What a run has more than it had at an earlier version: its head, and the items that are new or other, by their places. */
export type RunChanges = {
  /** What the view is after them; they count up from 0, an empty view. */
  version: number;
  head: RunHead;
} & { [List in ListName]?: [place: number, item: RunView[List][number]][] };

/**
 * Where a page has what it shows: a server on loopback, the file that the page is in, or a log that was dropped on it. Of
 * nothing that is there it may be asked twice at once. A rejection has a message for a person.
 */
export interface ViewSource {
  /** Whether runs may change or come while the page is open. */
  readonly isLive: boolean;
  /** Every run that is there, the newest first. */
  listRuns(): Promise<RunSummary[]>;
  /** Ids of runs that are not in the list are rejected. */
  readRun(id: string): Promise<RunView>;
  /**
   * Calls `onRun` with the whole view first, then again whenever it has changed, until the run has ended or `signal` aborts;
   * the items that did not change are the same objects.
   */
  followRun(id: string, onRun: (view: RunView) => void, signal: AbortSignal): Promise<void>;
  /** A part of a text: characters from `start` up to `end`. Default: all of it. */
  readText(runId: string, text: TextRef, start?: number, end?: number): Promise<string>;
  /** The assessment that this page is about; null: it is about runs. */
  readAssessment(): Promise<AssessmentView | null>;
}
