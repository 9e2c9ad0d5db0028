/** What every event has: the run, and the worker's clock in milliseconds since the epoch. */
export interface RLMEventBase {
  /** Id of the run. */
  runId: string;
  /** The worker's clock, in milliseconds since the epoch. */
  at: number;
}

/** Where in the tree: `node` is `"0"` for the root RLM, `"0/2"` for its second child; `depth` is 0 for the root. */
export interface RLMNodeEvent extends RLMEventBase {
  /** Path of the RLM in the tree: `"0"` is the root, `"0/2"` its second child. */
  node: string;
  /** Depth of the RLM in the tree; 0 for the root. */
  depth: number;
}
