import type { Readable, Writable } from 'node:stream';

/** How a worker process ended; `spawnError` when it never began. */
export interface WorkerExit {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  spawnError: Error | null;
}

/** This side of a worker's descriptors. */
export interface WorkerStreams {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly secrets: Writable;
}

/** The process of a worker, however it came to be. */
export interface WorkerChild {
  /** Its streams, once they are there; undefined when it never began. */
  readonly streams: Promise<WorkerStreams | undefined>;
  /** Resolves when the process is gone, whoever holds its streams. */
  readonly ended: Promise<WorkerExit>;
  /** The last words of what was to start it, for one that never began. */
  readonly startWords: string;
  /** Signals its process group. Does nothing when that is gone. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Keeps Node alive as long as the process is there: so it is from the start. Idempotent. */
  ref(): void;
  /** Lets Node end while the process is there. Idempotent. */
  unref(): void;
}
