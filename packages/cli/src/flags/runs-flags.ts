import type { OutputFlags } from '../terminal/run-output.ts';
import type { RunFlags } from './run-flags.ts';

/** Of every command on runs that are kept. */
export interface StoreFlags {
  store: string;
}

export interface VerifyFlags extends StoreFlags {
  replay?: boolean;
}

export interface PruneFlags extends StoreFlags {
  /** Milliseconds. */
  olderThan: number;
}

/** Of what asks a model again. */
export interface GoingOnFlags extends RunFlags, OutputFlags, StoreFlags {
  config?: string;
}

export interface ForkFlags extends GoingOnFlags {
  iteration: number;
  runId?: string;
}
