import type { WorkerEvent } from '@rlm-bridge/protocol';
import { isSubCall } from '@rlm-bridge/usage';
import type { RLMCodeBlock, RLMIteration, RLMTrajectory } from '../api/trajectory.ts';

const ROOT = '0';

/** Texts of a whole trajectory, in characters: a result is to be held, and often printed. */
const MAX_CHARS = 50_000_000;

/** What an entry counts beside its texts. */
const ENTRY_CHARS = 500;

/** Collects the root's iterations; what happens further down is in the events. What it holds is bounded. */
export class TrajectoryFold {
  readonly trajectory: RLMTrajectory = [];
  /** Iterations, code blocks and sub-calls for which there was no room. */
  leftOut = 0;
  /** Iterations of the root that came to their end. */
  completedIterations = 0;
  /** The last answer the root model held. */
  lastAnswer: string | null = null;
  readonly #iterations = new Map<number, RLMIteration>();
  readonly #codeBlocks = new Map<string, RLMCodeBlock>();
  #charsLeft: number;
  #lastCompleted = 0;

  constructor(maxChars = MAX_CHARS) {
    this.#charsLeft = maxChars;
  }

  apply(event: WorkerEvent): void {
    if (event.type === 'call.completed') this.#addSubCall(event);
    if (!('node' in event) || event.node !== ROOT) return;
    if (event.type === 'replay.diverged') this.#cut(event);
    if (event.type === 'iteration.started') this.#start(event.iteration);
    if (event.type === 'iteration.completed') this.#complete(event);
    if (event.type === 'codeBlock.started') this.#startBlock(event);
    if (event.type === 'codeBlock.completed') {
      const { status, stdout, stderr, durationMs } = event;
      const codeBlock = this.#codeBlocks.get(`${event.iteration}.${event.codeBlock}`);
      if (codeBlock === undefined) return;
      Object.assign(codeBlock, { status, stdout: this.#kept(stdout), stderr: this.#kept(stderr), durationMs });
    }
  }

  /** The root goes another way from here on: what came of the old one is no part of the run any more. */
  #cut({ iteration, codeBlock }: EventOf<'replay.diverged'>): void {
    const kept = this.trajectory.filter((entry) => entry.iteration <= iteration);
    this.trajectory.splice(0, this.trajectory.length, ...kept);
    for (const number of [...this.#iterations.keys()]) if (number > iteration) this.#iterations.delete(number);
    const last = this.#iterations.get(iteration);
    if (last !== undefined) {
      last.codeBlocks.splice(codeBlock);
      Object.assign(last, { response: null, answer: null, durationMs: null });
    }
    for (const place of [...this.#codeBlocks.keys()]) {
      const [ofIteration = 0, ofBlock = 0] = place.split('.').map(Number);
      if (ofIteration > iteration || (ofIteration === iteration && ofBlock >= codeBlock))
        this.#codeBlocks.delete(place);
    }
    this.completedIterations = Math.min(this.completedIterations, Math.max(0, iteration - 1));
    this.#lastCompleted = Math.min(this.#lastCompleted, Math.max(0, iteration - 1));
    this.lastAnswer = kept.findLast((entry) => entry.answer !== null)?.answer ?? null;
  }

  #start(iteration: number): RLMIteration | undefined {
    const known = this.#iterations.get(iteration);
    if (known !== undefined || !this.#hasRoom()) return known;
    const started: RLMIteration = { iteration, response: null, answer: null, durationMs: null, codeBlocks: [] };
    this.#iterations.set(iteration, started);
    this.trajectory.push(started);
    return started;
  }

  #complete({ iteration, response, answer, durationMs }: EventOf<'iteration.completed'>): void {
    if (iteration > this.#lastCompleted) this.completedIterations += 1;
    this.#lastCompleted = Math.max(this.#lastCompleted, iteration);
    this.lastAnswer = answer ?? this.lastAnswer;
    const entry = this.#start(iteration);
    if (entry === undefined) return;
    Object.assign(entry, { response: this.#kept(response), answer: answer && this.#kept(answer), durationMs });
  }

  #startBlock({ iteration, codeBlock, code }: EventOf<'codeBlock.started'>): void {
    const entry = this.#start(iteration);
    if (entry === undefined || !this.#hasRoom()) return;
    const started = { code: this.#kept(code), status: 'unfinished', stdout: '', stderr: '', durationMs: null } as const;
    const block: RLMCodeBlock = { ...started, subCalls: [] };
    this.#codeBlocks.set(`${iteration}.${codeBlock}`, block);
    entry.codeBlocks.push(block);
  }

  #addSubCall(event: EventOf<'call.completed'>): void {
    if (!isSubCall(event)) return;
    const codeBlock = this.trajectory.at(-1)?.codeBlocks.at(-1);
    if (codeBlock === undefined || !this.#hasRoom()) return;
    const { call, role, model, depth, costUsd, latencyMs, finishReason, error } = event;
    const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = event;
    const tokens = { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens };
    codeBlock.subCalls.push({ call, role, model, depth, ...tokens, costUsd, latencyMs, finishReason, error });
  }

  #hasRoom(): boolean {
    if (this.#charsLeft < ENTRY_CHARS) {
      this.leftOut += 1;
      return false;
    }
    this.#charsLeft -= ENTRY_CHARS;
    return true;
  }

  /** The text, or what says that there was no room for it. */
  #kept(text: string): string {
    if (text.length > this.#charsLeft) return `[left out: ${text.length} character${text.length === 1 ? '' : 's'}]`;
    this.#charsLeft -= text.length;
    return text;
  }
}

type EventOf<T extends WorkerEvent['type']> = Extract<WorkerEvent, { type: T }>;
