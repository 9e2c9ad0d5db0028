import type { TextRef } from './texts.ts';

/**
 * How a run stands. `running`: somebody works on it now. `stopped`: nobody does, and no process could write how it ended:
 * it was killed, and can go on. `failed`: it ended without an answer; `aborted`: its caller ended it.
 */
export type RunStatus = 'running' | 'answered' | 'failed' | 'aborted' | 'stopped';

/** Where a run was read from: its journal in a store, or a log that the official library wrote. */
export type RunOrigin = 'journal' | 'official-log';

/** A run as a line of a list. */
export interface RunSummary {
  /** By what its source knows it: the id of the run, the session's with `#` and the turn, or a log's file name. */
  id: string;
  /** Where it was read from. */
  origin: RunOrigin;
  /** How it stands; null: it is a long time until that is known, as of a journal that was not read yet. */
  status: RunStatus | null;
  /** What was asked, cut to 160 characters; null: not known yet. */
  query: string | null;
  /** The model of the root; null: not known yet. */
  rootModel: string | null;
  /** Milliseconds since the epoch at which it began; null: its log does not tell. */
  startedAt: number | null;
  /** Milliseconds since the epoch at which something was written last. */
  changedAt: number | null;
  /** Bytes of its journal or log. */
  bytes: number;
  /** US dollars so far; null when a price is unknown, or nothing of the kind was read. */
  costUsd: number | null;
  /** Milliseconds that it took; null: not known. */
  durationMs: number | null;
}

/** How a run ended. */
export interface RunEnd {
  /** Literal code of the failure; null: it has an answer, or was aborted. */
  code: string | null;
  /** Why it ended, in one word, such as `answered`, `aborted`, `max_iterations` or `budget`. */
  stopReason: string;
  /** What went wrong and what to do, for a person; null: it has an answer. */
  message: string | null;
  /** The answer, or what the model held as one when the run ended; null: it held none. */
  answer: TextRef | null;
  /** Whether that is the answer of the run, rather than a draft. */
  isFinal: boolean;
  /** Whether the answer is JSON that a schema took: a page shows it as a tree. */
  isTyped: boolean;
}
