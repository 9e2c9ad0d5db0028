import type { AssessmentView } from '../../model/assessment-view.ts';
import { type RunChanges, withChanges } from '../../model/run-changes.ts';
import type { RunSummary } from '../../model/run-summary.ts';
import type { RunView } from '../../model/run-view.ts';
import type { TextRef } from '../../model/texts.ts';
import type { ViewSource } from '../../model/view-source.ts';

/** How often in a row the server may not be reached before the page says so. */
const MOST_FAILURES = 3;
const PAUSE_MS = 500;

/** What the server has that served the page. */
export class ServerSource implements ViewSource {
  readonly isLive = true;
  readonly #folder: string;

  /** `folder`: below it everything is served. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  listRuns(): Promise<RunSummary[]> {
    return this.#read('runs', {});
  }

  readRun(id: string): Promise<RunView> {
    return this.#read('run', { id });
  }

  readText(run: string, text: TextRef, start = 0, end = text.chars): Promise<string> {
    return this.#read('text', { run, text: `${text.id}`, chars: `${text.chars}`, start: `${start}`, end: `${end}` });
  }

  readAssessment(): Promise<AssessmentView | null> {
    return this.#read('assessment', {});
  }

  async followRun(id: string, onRun: (view: RunView) => void, signal: AbortSignal): Promise<void> {
    let view: RunView | null = null;
    let known = '';
    let failures = 0;
    const seen = ({ data, lastEventId }: MessageEvent<string>) => {
      view = withChanges(view, JSON.parse(data) as RunChanges);
      known = lastEventId;
      onRun(view);
    };
    // A browser has six connections to a server: a page that nobody sees leaves its own to the others.
    while (!signal.aborted) {
      await untilVisible(signal);
      if (signal.aborted) return;
      const end = await follow(this.#address('changes', { id, known }), signal, seen);
      if (end.how === 'over' && end.failure !== null) throw new Error(end.failure);
      if (end.how === 'over') return;
      failures = end.how === 'unreachable' ? failures + 1 : 0;
      if (failures >= MOST_FAILURES) throw new Error(GONE);
      if (end.how !== 'hidden') await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  #address(door: string, query: Record<string, string>): string {
    return `${this.#folder}${door}?${new URLSearchParams(query)}`;
  }

  async #read<Value>(door: string, query: Record<string, string>): Promise<Value> {
    const response = await fetch(this.#address(door, query)).catch(() => {
      throw new Error(GONE);
    });
    const value = await response.json();
    if (!response.ok) throw new Error((value as { message: string }).message);
    return value as Value;
  }
}

const GONE = 'The server of this page has ended, or cannot be reached. What stands here is the last that it said.';

/** How a stream ended: with its run, by the reader's will, or by its connection. */
type StreamEnd = { how: 'over'; failure: string | null } | { how: 'hidden' | 'broken' | 'unreachable' };

function follow(address: string, signal: AbortSignal, seen: (event: MessageEvent<string>) => void): Promise<StreamEnd> {
  return new Promise((resolve) => {
    const stream = new EventSource(address);
    let isOpen = false;
    const done = (end: StreamEnd) => {
      stream.close();
      document.removeEventListener('visibilitychange', hide);
      signal.removeEventListener('abort', abort);
      resolve(end);
    };
    const abort = () => done({ how: 'over', failure: null });
    const hide = () => {
      if (document.hidden) done({ how: 'hidden' });
    };
    document.addEventListener('visibilitychange', hide);
    signal.addEventListener('abort', abort);
    stream.addEventListener('open', () => {
      isOpen = true;
    });
    stream.addEventListener('message', seen);
    stream.addEventListener('over', ({ data }) =>
      done({ how: 'over', ...(JSON.parse(data) as { failure: string | null }) }),
    );
    stream.addEventListener('error', () => done({ how: isOpen ? 'broken' : 'unreachable' }));
  });
}

function untilVisible(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
    look();
  });
}
