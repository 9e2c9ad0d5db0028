import type { CallView } from '../../src/model/call-view.ts';
import type { RunHead, RunView } from '../../src/model/run-view.ts';
import type { TextRef } from '../../src/model/texts.ts';
import type { ViewSource } from '../../src/model/view-source.ts';

const NOTHING = { calls: 0, inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0, costUsd: 0 };

/** A run that a test changes by hand, as a source that tells of every change. */
export class MemorySource implements ViewSource {
  readonly isLive = true;
  readonly id: string;
  readonly texts: string[] = [];
  /** How many follow the run now. */
  followers = 0;
  #view: RunView;
  #isOver = false;
  #changed = Promise.withResolvers<void>();

  constructor(id = 'run-1') {
    this.id = id;
    this.#view = {
      head: headOf(id),
      nodes: [],
      iterations: [],
      codeBlocks: [],
      calls: [],
      tools: [],
      refusals: [],
      remarks: [],
    };
  }

  text(text: string): TextRef {
    this.texts.push(text);
    return { id: this.texts.length - 1, chars: text.length, head: text.slice(0, 160) };
  }

  change(parts: Partial<RunView>): void {
    this.#view = { ...this.#view, ...parts };
    this.#tell();
  }

  head(parts: Partial<RunHead>): void {
    this.change({ head: { ...this.#view.head, ...parts } });
  }

  end(): void {
    this.#isOver = true;
    this.head({ status: 'answered', endedAt: 1 });
  }

  async listRuns() {
    const { id, origin, status, rootModel, startedAt } = this.#view.head;
    return [
      {
        id,
        origin,
        status,
        query: 'why?',
        rootModel,
        startedAt,
        changedAt: startedAt,
        bytes: 10,
        costUsd: 0,
        durationMs: null,
      },
    ];
  }

  async readRun(id: string): Promise<RunView> {
    if (id !== this.id) throw new Error(`There is no run ${id}.`);
    return this.#view;
  }

  async followRun(id: string, onRun: (view: RunView) => void, signal: AbortSignal): Promise<void> {
    await this.readRun(id);
    this.followers += 1;
    const left = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    while (!signal.aborted) {
      const next = this.#changed.promise;
      onRun(this.#view);
      if (this.#isOver) break;
      await Promise.race([next, left]);
    }
    this.followers -= 1;
  }

  async readText(runId: string, text: TextRef, start = 0, end = text.chars): Promise<string> {
    await this.readRun(runId);
    return (this.texts[text.id] ?? '').slice(start, end);
  }

  async readAssessment() {
    return null;
  }

  #tell(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
  }
}

/** The head of a run that has begun. */
export function headOf(id: string): RunHead {
  return {
    id,
    origin: 'journal',
    status: 'running',
    query: null,
    systemPrompt: null,
    end: null,
    rootModel: 'root',
    subModel: 'sub',
    environment: 'local',
    strategy: null,
    startedAt: 0,
    endedAt: null,
    durationMs: null,
    hasTimes: true,
    spent: NOTHING,
    subCalls: 0,
    limits: { budgetUsd: null, durationMs: null, tokens: null, iterations: null },
    lives: [],
    coverage: null,
    facts: [],
    forkedFrom: null,
    turn: null,
  };
}

/** A call that is under way. */
export function callOf(name: string, parts: Partial<CallView> = {}): CallView {
  return {
    name,
    node: '0',
    iteration: 1,
    codeBlock: null,
    role: 'root',
    model: 'root',
    requestedModel: null,
    startedAt: 0,
    endedAt: null,
    outcome: 'pending',
    finishReason: null,
    error: null,
    retries: 0,
    kept: 0,
    prompt: [],
    promptChars: 0,
    reply: null,
    inputTokens: 0,
    outputTokens: 0,
    cachedInputTokens: 0,
    reasoningTokens: 0,
    costUsd: null,
    spentUsd: null,
    isLeftBehind: false,
    ...parts,
  };
}
