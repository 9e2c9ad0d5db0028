import type { WorkerEvent } from '@rlm-bridge/protocol';
import type { RLMCallRole, RLMTokens } from './events.ts';
import type { RLMFinishReason } from './finish-reasons.ts';
import { isSubCall } from './usage.ts';

/** A model call made from a REPL. */
export interface RLMSubCall extends RLMTokens {
  call: string;
  role: RLMCallRole;
  model: string;
  depth: number;
  costUsd: number | null;
  latencyMs: number;
  /** How its reply ended; null when none came. */
  finishReason: RLMFinishReason | null;
  /** Why it failed; null when it succeeded. */
  error: { code: string; message: string } | null;
}

/** One fence of code that the model wrote, and what came of it. */
export interface RLMCodeBlock {
  code: string;
  /** `unfinished` when the run ended while it ran. */
  status: 'ok' | 'error' | 'timed_out' | 'interpreter_died' | 'unfinished';
  stdout: string;
  stderr: string;
  durationMs: number | null;
  /** The calls that ended while it ran, those of RLMs further down included. */
  subCalls: RLMSubCall[];
}

/** One response of the root model and the code it led to. */
export interface RLMIteration {
  /** Counts from 1. */
  iteration: number;
  /** Null when the run ended before the iteration did. */
  response: string | null;
  /** What the model held as its answer at the end of the iteration. */
  answer: string | null;
  durationMs: number | null;
  codeBlocks: RLMCodeBlock[];
}

/** The root RLM's iterations in order. */
export type RLMTrajectory = RLMIteration[];

const ROOT = '0';

/** Collects the root's iterations; what happens further down is in the events. */
export class TrajectoryFold {
  readonly trajectory: RLMTrajectory = [];

  apply(event: WorkerEvent): void {
    if (event.type === 'call.completed') this.#addSubCall(event);
    if (!('node' in event) || event.node !== ROOT) return;
    if (event.type === 'iteration.started') this.#start(event.iteration);
    if (event.type === 'iteration.completed') {
      const { iteration, response, answer, durationMs } = event;
      Object.assign(this.#start(iteration), { response, answer, durationMs });
    }
    if (event.type === 'codeBlock.started') {
      const codeBlock = { code: event.code, status: 'unfinished' as const, stdout: '', stderr: '', durationMs: null };
      this.#start(event.iteration).codeBlocks[event.codeBlock] = { ...codeBlock, subCalls: [] };
    }
    if (event.type === 'codeBlock.completed') {
      const { status, stdout, stderr, durationMs } = event;
      const codeBlock = this.#start(event.iteration).codeBlocks[event.codeBlock];
      if (codeBlock !== undefined) Object.assign(codeBlock, { status, stdout, stderr, durationMs });
    }
  }

  /** Iterations of the root that came to their end. */
  get completedIterations(): number {
    return this.trajectory.filter(({ response }) => response !== null).length;
  }

  /** The last answer the root model held. */
  get lastAnswer(): string | null {
    return this.trajectory.findLast(({ answer }) => answer !== null)?.answer ?? null;
  }

  #start(iteration: number): RLMIteration {
    const known = this.trajectory.find((entry) => entry.iteration === iteration);
    if (known !== undefined) return known;
    const started: RLMIteration = { iteration, response: null, answer: null, durationMs: null, codeBlocks: [] };
    this.trajectory.push(started);
    return started;
  }

  #addSubCall(event: Extract<WorkerEvent, { type: 'call.completed' }>): void {
    if (!isSubCall(event)) return;
    const { call, role, model, depth, costUsd, latencyMs, finishReason, error } = event;
    const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = event;
    const tokens = { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens };
    const subCall = { call, role, model, depth, ...tokens, costUsd, latencyMs, finishReason, error };
    this.trajectory.at(-1)?.codeBlocks.at(-1)?.subCalls.push(subCall);
  }
}
