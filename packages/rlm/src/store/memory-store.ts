import { createHash } from 'node:crypto';
import type { RunLease, RunReadOptions, RunStore, StoredBlob, StoredRun } from '../api/run-store.ts';
import { checkLine } from './journal-lines.ts';
import { checkFrom } from './read-options.ts';
import { checkRunId } from './run-id.ts';
import { blobNotFound, leaseReleased, runInProgress, runNotFound } from './store-errors.ts';

interface MemoryRun {
  lines: string[];
  bytes: number;
  createdAt: Date;
  changedAt: Date;
  isLeased: boolean;
  blobs: Map<string, Uint8Array>;
}

/** A store that lives as long as this object, for tests: nothing of it survives the process. */
export function memoryStore(): RunStore {
  return new MemoryStore();
}

class MemoryStore implements RunStore {
  readonly #runs = new Map<string, MemoryRun>();

  async lease(runId: string): Promise<RunLease> {
    checkRunId(runId);
    const run = this.#runs.get(runId) ?? newRun();
    if (run.isLeased) throw runInProgress(runId, 'This process');
    run.isLeased = true;
    this.#runs.set(runId, run);
    return new MemoryLease(runId, run, (sha256) => this.#findBlob(sha256));
  }

  async *read(runId: string, { from }: RunReadOptions = {}): AsyncGenerator<string, void, void> {
    const skipped = checkFrom(from);
    yield* this.#find(runId).lines.slice(skipped);
  }

  async *list(): AsyncGenerator<StoredRun, void, void> {
    // Of the same moment, the one that came later is the newer.
    const runs = [...this.#runs].reverse().sort(([, a], [, b]) => b.createdAt.getTime() - a.createdAt.getTime());
    for (const [runId, { createdAt, changedAt, bytes, isLeased }] of runs) {
      yield { runId, createdAt, changedAt, bytes, isLeased };
    }
  }

  async *readBlob(runId: string, sha256: string): AsyncGenerator<Uint8Array, void, void> {
    checkRunId(runId);
    const content = this.#runs.get(runId)?.blobs.get(sha256);
    if (content === undefined) throw blobNotFound(runId, sha256);
    yield new Uint8Array(content);
  }

  async remove(runId: string): Promise<void> {
    if (this.#find(runId).isLeased) throw runInProgress(runId, 'This process');
    this.#runs.delete(runId);
  }

  #find(runId: string): MemoryRun {
    checkRunId(runId);
    const run = this.#runs.get(runId);
    if (run === undefined) throw runNotFound(runId, 'the memory of this process');
    return run;
  }

  #findBlob(sha256: string): Uint8Array | undefined {
    for (const { blobs } of this.#runs.values()) if (blobs.has(sha256)) return blobs.get(sha256);
    return undefined;
  }
}

class MemoryLease implements RunLease {
  readonly runId: string;
  readonly repaired = 0;
  readonly lost = new AbortController().signal;
  readonly #run: MemoryRun;
  readonly #findBlob: (sha256: string) => Uint8Array | undefined;
  #isReleased = false;

  constructor(runId: string, run: MemoryRun, findBlob: (sha256: string) => Uint8Array | undefined) {
    this.runId = runId;
    this.#run = run;
    this.#findBlob = findBlob;
  }

  async append(lines: readonly string[]): Promise<void> {
    this.#check();
    for (const line of lines) checkLine(line);
    for (const line of lines) {
      this.#run.lines.push(line);
      this.#run.bytes += Buffer.byteLength(line) + 1;
      this.#run.changedAt = new Date();
    }
  }

  async putBlob(content: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    this.#check();
    const chunks: Uint8Array[] = [];
    // A copy: the caller may use the buffer again.
    for await (const chunk of content) chunks.push(new Uint8Array(chunk));
    this.#check();
    const whole = Buffer.concat(chunks);
    const sha256 = createHash('sha256').update(whole).digest('hex');
    this.#run.blobs.set(sha256, this.#findBlob(sha256) ?? whole);
    return { sha256, bytes: whole.length };
  }

  async release(): Promise<void> {
    if (!this.#isReleased) this.#run.isLeased = false;
    this.#isReleased = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  #check(): void {
    if (this.#isReleased) throw leaseReleased(this.runId);
  }
}

function newRun(): MemoryRun {
  const now = new Date();
  return { lines: [], bytes: 0, createdAt: now, changedAt: now, isLeased: false, blobs: new Map() };
}
