import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelRequest, Script } from '@rlm-bridge/fake-provider';
import { fileStore, type RunStore } from 'rlm-bridge';

/** A folder of runs that goes when it is disposed of. */
export class RunFolder implements AsyncDisposable {
  readonly path: string;
  readonly store: RunStore;

  private constructor(path: string) {
    this.path = path;
    this.store = fileStore(path);
  }

  static async make(): Promise<RunFolder> {
    return new RunFolder(await mkdtemp(join(tmpdir(), 'rlm-bench-')));
  }

  /** Of all that is kept: journals, blobs and what says whose they are. */
  async bytes(): Promise<number> {
    const entries = await readdir(this.path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** A run as it was when it was killed after some line of its journal, under another id. Its context is no value. */
export async function copyUpTo(source: RunStore, runId: string, target: RunStore, isLast: (line: string) => boolean) {
  await using lease = await target.lease(runId);
  const lines = await Array.fromAsync(source.read(runId));
  await lease.append(lines.slice(0, lines.findIndex(isLast) + 1));
}

/** Every text that is said to a model or by it, once. */
export class DistinctTexts {
  readonly #texts = new Set<string>();

  get bytes(): number {
    return [...this.#texts].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  }

  /** A script that says what `script` says, and has it noted. */
  heard(script: Script): Script {
    return async (request: ModelRequest) => {
      const reply = await script(request);
      for (const { content } of request.messages) this.#texts.add(content);
      const text = typeof reply === 'string' ? reply : 'text' in reply && reply.text;
      if (text) this.#texts.add(text);
      return reply;
    };
  }
}
