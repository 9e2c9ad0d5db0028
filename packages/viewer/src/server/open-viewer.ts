import { RLMError, type RunStore } from 'rlm-bridge';
import type { ViewSource } from '../model/view-source.ts';
import { readPageFiles } from '../report/page-files.ts';
import { storeSource } from '../sources/store-source.ts';
import { type ServedPage, serveSource } from './serve-source.ts';

/** What a viewer shows, and where. */
export interface ViewerOptions {
  /** The store whose runs are shown. Give this, or `source`. */
  store?: RunStore | undefined;
  /** Anything else that has runs to show. */
  source?: ViewSource | undefined;
  /** Port of 127.0.0.1. Default: one that is free. */
  port?: number | undefined;
  /** Closes the viewer when it aborts. */
  signal?: AbortSignal | undefined;
}

/** A page on loopback. Disposing closes it. */
export interface Viewer extends AsyncDisposable {
  /** Where the list of runs is. It has a token in it: whoever has the address may read every run that is shown. */
  readonly url: string;
  /** Where one run is: the same address with the place of the run behind it. */
  urlOf(runId: string): string;
  /** Resolves once no page follows a run: each was told how its own ended, or is closed. */
  unfollowed(): Promise<void>;
  /** Ends it, and every answer that is under way. Again does nothing. */
  close(): Promise<void>;
}

/**
 * Shows runs in a page on 127.0.0.1, live while they go on. It serves them, and nothing else, to whoever opens the address
 * that it tells; requests by another name of the host, of other sites, or without the token are refused.
 * @throws {RLMError} (as a rejection) `invalid_options`, also for a port that is taken. With a signal that has aborted: its reason.
 */
export async function openViewer({ store, source, port = 0, signal }: ViewerOptions): Promise<Viewer> {
  if ((store === undefined) === (source === undefined)) {
    throw new RLMError('invalid_options', 'Give openViewer a store, or a source, and not both.');
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RLMError('invalid_options', 'port must be a whole number from 0 to 65535; 0 is one that is free.');
  }
  signal?.throwIfAborted();
  const shown = source ?? storeSource(store as RunStore);
  const served = await serveSource(shown, await readPageFiles(), port).catch((error: NodeJS.ErrnoException) => {
    throw new RLMError('invalid_options', portProblem(error, port), { cause: error });
  });
  return new OpenViewer(served, signal);
}

class OpenViewer implements Viewer {
  readonly #served: ServedPage;

  constructor(served: ServedPage, signal: AbortSignal | undefined) {
    this.#served = served;
    const close = () => void this.close();
    if (signal?.aborted) close();
    signal?.addEventListener('abort', close, { once: true });
  }

  get url(): string {
    return this.#served.url;
  }

  urlOf(runId: string): string {
    return `${this.#served.url}#/run/${encodeURIComponent(runId)}`;
  }

  async unfollowed(): Promise<void> {
    await this.#served.unfollowed();
  }

  async close(): Promise<void> {
    await this.#served.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function portProblem({ code, message }: NodeJS.ErrnoException, port: number): string {
  if (code === 'EADDRINUSE') return `port ${port} is taken: choose another one, or none for one that is free.`;
  if (code === 'EACCES') return `port ${port} may not be used by this user: choose one above 1023.`;
  return `port ${port} cannot be used: ${message}`;
}
