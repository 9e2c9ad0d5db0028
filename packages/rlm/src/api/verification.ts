import type { RunStore } from './run-store.ts';

/** What `verifyRLM` needs to know. */
export interface RLMVerifyOptions {
  /** Where the run is. */
  store: RunStore;
  /** As of `runRLM`. */
  python?: string | undefined;
  /** As of `runRLM`. */
  uv?: string | undefined;
  /** As of `runRLM`. Default: false. */
  quiet?: boolean | undefined;
  /** Aborts the verification. */
  signal?: AbortSignal | undefined;
}

/** Where the code of a run did something else than its journal has. */
export interface RLMDifference {
  /** Path of the RLM in the tree: the root is "0", its second child "0/2". */
  node: string;
  /** Number of the iteration in its node, from 1; 0 before the first. */
  iteration: number;
  /** Number of the code block in its iteration, from 0. */
  codeBlock: number;
  /**
   * What differs: as of `replay.diverged`; `output`: what a code block printed, or how it ended; `end`: how the run ended.
   */
  what: 'prompt' | 'tool' | 'answer' | 'child' | 'missing' | 'output' | 'end';
  /** What the journal has; null when it has nothing there. */
  recorded: string | null;
  /** What came of it now; null when nothing did. */
  now: string | null;
}

/** What came of the code of a run when it ran again. */
export interface RLMVerification {
  /** Id of the run. */
  runId: string;
  /** Whether everything was the same. */
  isSame: boolean;
  /** The first difference of each RLM of the tree. */
  differences: RLMDifference[];
  /** Calls that were answered from the journal. */
  replayedCalls: number;
}
