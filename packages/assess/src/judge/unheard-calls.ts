import type { RLMEvent } from 'rlm-bridge';

/** Calls of the judge's root itself; every other one is a sub-call, made to read. */
const OF_ROOT: readonly string[] = ['root', 'compaction', 'default_answer'];

/**
 * Counts the sub-calls of a run whose reply was no answer, by how they ended: what they were to read, they did not. The
 * worker warns of a server that dropped a part of a prompt; any warning of it is taken for one.
 */
export class UnheardCalls {
  readonly #ends = new Map<string, number>();

  note(event: RLMEvent): void {
    if (event.type === 'log' && event.level === 'warning') this.#count(`warning: ${event.message}`);
    if (event.type !== 'call.completed' || OF_ROOT.includes(event.role)) return;
    if (event.outcome === 'succeeded' && event.finishReason === 'stop') return;
    const end = event.finishReason === null || event.finishReason === 'stop' ? event.outcome : event.finishReason;
    this.#count(end);
  }

  #count(end: string): void {
    this.#ends.set(end, (this.#ends.get(end) ?? 0) + 1);
  }

  /** `2 length, 1 refused`; null: every sub-call was answered. */
  get description(): string | null {
    if (this.#ends.size === 0) return null;
    return [...this.#ends].map(([end, count]) => `${count} ${end}`).join(', ');
  }
}
