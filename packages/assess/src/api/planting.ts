import type { Label } from './calibration.ts';
import type { Severity } from './terms.ts';

/** Kinds of faults that are planted. Pinned by a test. */
export const FAULT_KINDS = ['secret', 'injection', 'copy', 'missing-test', 'dead-code'] as const;
/** A kind of fault: a key or password in the code, input in a query or a command, a second copy of a function, a function without its tests, and code that never runs. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What is planted, and where. */
export interface PlantOptions {
  /** A folder of the git repository. Default: the process's working directory. */
  cwd?: string | undefined;
  /** The commit whose files are planted into. Default: `HEAD`. */
  commit?: string | undefined;
  /** Equal seeds and files give equal plants: a whole number from 0. Default: 1. */
  seed?: number | undefined;
  /** How many faults of each kind. Default: 3. */
  each?: number | undefined;
  /** Which kinds. Default: all. */
  kinds?: readonly FaultKind[] | undefined;
  /** Where the copy is made: a folder that is not there yet. Default: one of its own among the temporary files. */
  folder?: string | undefined;
  /** Ends the planting. */
  signal?: AbortSignal | undefined;
}

/** A fault that was planted. */
export interface Plant {
  /** Id of the commit that brings it. */
  commit: string;
  /** What kind of fault it is. */
  kind: FaultKind;
  /** Its rule, by which it is labelled. */
  rule: string;
  /** How bad it is. */
  severity: Severity;
  /** The function of the repository whose addition the commit is. */
  name: string;
  /** The file that the fault is in. */
  file: string;
  /** Its first line and its last one. */
  lines: [number, number];
}

/** Faults planted into a copy of a repository, in a folder of its own. */
export interface PlantedWork {
  /** The folder of the copy, a bare git repository. */
  repository: string;
  /** Labels of every planted commit, and of as many that are clean. */
  labels: Label[];
  /** What was planted. */
  plants: Plant[];
  /** Kinds of which fewer were planted than asked for, and why. */
  short: string[];
  /** Removes the folder. */
  remove(): Promise<void>;
}
