import type { ServerResponse } from 'node:http';
import type { ViewSource } from '../model/view-source.ts';
import { FollowedRun } from './followed-run.ts';

/** Without a word for longer, what stands between may take a stream for dead. */
const WORD_MS = 15_000;

/** Streams of server-sent events, each to a page that follows a run. */
export class RunStreams {
  readonly #source: ViewSource;
  readonly #runs = new Map<string, FollowedRun>();
  #whenUnfollowed = Promise.withResolvers<void>();

  constructor(source: ViewSource) {
    this.#source = source;
  }

  /** Sends what the page lacks, now and whenever the run has changed. `known`: the last version that it has. */
  send(id: string, known: string, response: ServerResponse): void {
    const run = this.#runs.get(id) ?? new FollowedRun(this.#source, id);
    this.#runs.set(id, run);
    const [name, count] = known.split('.');
    let sent = name === run.name ? Number(count) || 0 : 0;
    const words = setInterval(() => response.write(':\n\n'), WORD_MS).unref();
    const send = () => {
      // A page that reads slowly is told of the newest version once it has read.
      if (response.writableNeedDrain || response.writableEnded) return;
      const changes = run.versions.changesAfter(sent);
      sent = run.versions.version;
      if (changes !== null) response.write(`id: ${run.name}.${sent}\ndata: ${JSON.stringify(changes)}\n\n`);
      if (run.end === null || response.writableNeedDrain) return;
      response.end(`event: over\ndata: ${JSON.stringify(run.end)}\n\n`);
    };
    response.on('drain', send);
    response.on('close', () => {
      clearInterval(words);
      run.remove(send);
      if (run.hasFollowers) return;
      run.stop();
      if (this.#runs.get(id) === run) this.#runs.delete(id);
      if (this.#runs.size > 0) return;
      this.#whenUnfollowed.resolve();
      this.#whenUnfollowed = Promise.withResolvers();
    });
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.flushHeaders();
    run.add(send);
    send();
  }

  /** Resolves once no page follows a run: each was told of the end of its own, or is gone. */
  async unfollowed(): Promise<void> {
    if (this.#runs.size > 0) await this.#whenUnfollowed.promise;
  }

  /** Nothing is followed any more. */
  stop(): void {
    for (const run of this.#runs.values()) run.stop();
    this.#runs.clear();
  }
}
