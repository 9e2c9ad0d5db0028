/**
 * Where journals of runs are kept: append-only lines, one writer a run. A store knows nothing of what is in a line.
 * `fileStore` and `memoryStore` are two; one of your own passes the checks of `rlm-bridge/store-conformance`.
 *
 * A run's id has 1 to 128 letters, digits and `. _ : @ + -`, and begins with a letter or digit; ids that differ by case
 * are two runs. Any other is an `RLMError` with the code `invalid_options`. What the store itself cannot do (a full
 * disk, a folder or server that is gone) is `store_failed`, from every method.
 */
export interface RunStore {
  /**
   * Takes a run for writing, a known one or a new one. From then on the run is there, though nothing be appended.
   * @throws {RLMError} (as a rejection) `run_in_progress` while another lease of it is held, `store_failed`.
   */
  lease(runId: string): Promise<RunLease>;
  /**
   * The lines of a journal as it is now, in order; what was being appended when its writer died is left out.
   * @throws {RLMError} (while iterating) `run_not_found`, `store_failed`.
   */
  read(runId: string, options?: RunReadOptions): AsyncIterable<string>;
  /**
   * Every run that is there, the newest first.
   * @throws {RLMError} (while iterating) `store_failed`.
   */
  list(): AsyncIterable<StoredRun>;
  /**
   * The content of a blob that was put for this run, checked against its hash: do not rely on it before its end.
   * @throws {RLMError} (while iterating) `blob_not_found`; `store_failed`, also when it is not what was put.
   */
  readBlob(runId: string, sha256: string): AsyncIterable<Uint8Array>;
  /**
   * Removes a run: its journal, and its blobs that no other run has.
   * @throws {RLMError} (as a rejection) `run_in_progress` while it is leased, `run_not_found`, `store_failed`.
   */
  remove(runId: string): Promise<void>;
}

/** Which part of a journal is read. */
export interface RunReadOptions {
  /** How many lines to pass over. Default: 0. */
  from?: number | undefined;
}

/** A run of a store. */
export interface StoredRun {
  /** The id it was leased by. */
  runId: string;
  /** When it was first leased. */
  createdAt: Date;
  /** When a line was last appended. */
  changedAt: Date;
  /** Size of its journal, in bytes; blobs are not counted. */
  bytes: number;
  /** Whether somebody is writing it. */
  isLeased: boolean;
}

/** The right to write one run, held by one process at a time until it is released or lost. */
export interface RunLease extends AsyncDisposable {
  /** The run that is leased. */
  readonly runId: string;
  /** Bytes of an append that a writer began and died in, which were cut off as the lease was taken; usually 0. */
  readonly repaired: number;
  /** Aborts with an `RLMError` when the lease is lost: another process has the run, and nothing more can be appended. */
  readonly lost: AbortSignal;
  /**
   * Where a store has one: a file beside the journal, to which another process of this machine appends lines that are as
   * safe there as in the journal, so that it need not wait until they are in it.
   */
  readonly aside?: RunAside | undefined;
  /**
   * Appends lines in order; readers see all of them or none. Resolves once they survive the end of this process, or of
   * the machine where the store is asked for that. Calls at once are written in their order, those that wait together.
   * After a failed append the lease is of no use: every further one fails too, so that there is never a gap.
   * @param lines Well-formed Unicode without newlines.
   * @throws {RLMError} (as a rejection) `store_failed`; `lease_lost`, also once it is released; `invalid_options` for
   *   what is no line.
   */
  append(lines: readonly string[]): Promise<void>;
  /**
   * Keeps content for this run under its hash; what the store has already is not kept twice. What `content` throws
   * rejects as it is.
   * @throws {RLMError} (as a rejection) `store_failed`, `lease_lost`.
   */
  putBlob(content: AsyncIterable<Uint8Array>): Promise<StoredBlob>;
  /** Gives the run back, once all that was appended is written. Again does nothing. */
  release(): Promise<void>;
}

/** A file of lines that another process of this machine appends, kept until they are in the journal. */
export interface RunAside {
  /**
   * Its whole lines; until `begin`, those that the holder before left.
   * @throws {RLMError} (as a rejection) `store_failed`.
   */
  read(): Promise<string[]>;
  /**
   * Begins it anew and gives its path; null where every line has to wait for the disk. What was left is gone.
   * @throws {RLMError} (as a rejection) `store_failed`.
   */
  begin(): Promise<string | null>;
  /**
   * Removes it: all that was in it is in the journal.
   * @throws {RLMError} (as a rejection) `store_failed`.
   */
  end(): Promise<void>;
}

/** A blob by its content. */
export interface StoredBlob {
  /** Its SHA-256, in lower-case hexadecimal. */
  sha256: string;
  /** Its size in bytes. */
  bytes: number;
}
