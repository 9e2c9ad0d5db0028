import { createHash } from 'node:crypto';
import type { Effect, JournalRecord, WorkerEvent } from '@rlm-bridge/protocol';
import { type Place, Tree } from './divergences.ts';

type CodeBlockStarted = Extract<WorkerEvent, { type: 'codeBlock.started' }>;

interface Known {
  place: Place;
  times: number;
}

/** After every code block of an iteration. */
const LAST = Number.MAX_SAFE_INTEGER;

/**
 * What the journal has of what a worker tells. A resumed run runs its code again and tells all of it again; what is known is
 * neither written nor shown a second time.
 */
export class KnownEvents {
  readonly #tree = new Tree();
  readonly #known = new Map<string, Known>();
  readonly #endedBlocks = new Map<string, Place>();
  /** The code block of each node that runs again, as it was told. */
  readonly #running = new Map<string, CodeBlockStarted>();

  /** Takes note of a record of an earlier life. */
  note(record: JournalRecord): void {
    if (record.record === 'effect') this.#tree.note(record.effect);
    if (record.record !== 'event') return;
    const { event } = record;
    if (event.type === 'replay.diverged') this.forget(event);
    if (event.type === 'codeBlock.completed') this.#endedBlocks.set(blockOf(event), event);
    const identity = identityOf(event);
    if (identity === undefined) return;
    const times = this.#known.get(identity.key)?.times ?? 0;
    this.#known.set(identity.key, { place: identity.place, times: times + 1 });
  }

  /** Takes note of a child of this life. */
  noteChild(effect: Effect): void {
    this.#tree.note(effect);
  }

  /** Whether an event tells what is known; each that is known is told again once. */
  takes(event: WorkerEvent): boolean {
    if (event.type === 'codeBlock.output') return this.#endedBlocks.has(blockOf(event));
    if (event.type === 'codeBlock.completed') this.#running.delete(event.node);
    if (this.#known.size === 0) return false;
    const identity = identityOf(event);
    const known = identity && this.#known.get(identity.key);
    if (identity === undefined || known === undefined) return false;
    if (known.times === 1) this.#known.delete(identity.key);
    known.times -= 1;
    if (event.type === 'codeBlock.started') this.#running.set(event.node, event);
    return true;
  }

  /**
   * From here on a node goes another way: what was told of it, and of what it began there, is told anew. Gives the code
   * block in which that is, where one runs: its start was not told in this life.
   */
  forget(divergence: Place): CodeBlockStarted | undefined {
    for (const [key, { place }] of this.#known) if (this.#tree.isFrom(divergence, place)) this.#known.delete(key);
    for (const [key, place] of this.#endedBlocks)
      if (this.#tree.isFrom(divergence, place)) this.#endedBlocks.delete(key);
    const running = this.#running.get(divergence.node);
    return running !== undefined && blockOf(running) === blockOf(divergence) ? running : undefined;
  }
}

function blockOf({ node, iteration, codeBlock }: Place): string {
  return `${node} ${iteration} ${codeBlock}`;
}

/** By what an event is known again: never by what changes from life to life, a time or the id of a container. */
function identityOf(event: WorkerEvent): { key: string; place: Place } | undefined {
  switch (event.type) {
    case 'iteration.started':
      return identity(event, { ...event, codeBlock: -1 });
    case 'iteration.completed':
      return identity(event, { ...event, codeBlock: LAST }, event.response, event.codeBlocks, event.answer);
    case 'answer.rejected':
      return identity(event, { ...event, codeBlock: LAST }, event.answer, event.problems);
    case 'codeBlock.started':
      return identity(event, event, event.code);
    case 'codeBlock.completed':
      return identity(event, event, event.status, event.stdout, event.stderr, event.subCalls);
    case 'context.loaded':
      return identity(event, begin(event.node), event.sha256);
    case 'tool.started':
    case 'tool.completed':
      return identity(event, begin(event.node), event.call);
    case 'strategy.chosen':
      return identity(event, begin(''), event.strategy, event.reason);
    case 'log':
      return identity(event, begin(''), event.level, event.message);
    default:
      return undefined;
  }
}

function begin(node: string): Place {
  return { node, iteration: 0, codeBlock: 0 };
}

function identity({ type }: WorkerEvent, { node, iteration, codeBlock }: Place, ...content: unknown[]) {
  const told = JSON.stringify([type, node, iteration, codeBlock, ...content]);
  return { key: createHash('sha256').update(told).digest('base64url'), place: { node, iteration, codeBlock } };
}
