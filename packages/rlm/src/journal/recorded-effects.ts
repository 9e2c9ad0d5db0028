import type { CallIntent, CallReply, Effect, JournalRecord, Recorded, WorkerEvent } from '@rlm-bridge/protocol';
import { type Divergence, type Place, Tree } from './divergences.ts';

/** What a journal gives the next life of its run, record by record: each effect once it is known how it ended. */
export class RecordedEffects {
  readonly #tree = new Tree();
  readonly #divergences: readonly Divergence[];
  readonly #isOver: boolean;
  readonly #inFlight = new Map<string, { intent: CallIntent; isInherited: boolean }>();

  /**
   * `divergences`: all of the journal's, for what came before one of them may have been another way. `isOver`: of a turn
   * that is done once more as it ended, so that of two ways the last alone counts.
   */
  constructor(divergences: readonly Divergence[], isOver = false) {
    this.#divergences = divergences;
    this.#isOver = isOver;
  }

  /** `isInherited`: it is of the run that this one was forked from. */
  of(record: JournalRecord, isInherited: boolean): Recorded | undefined {
    if (this.#isOver && this.#isLeft(record)) return undefined;
    switch (record.record) {
      case 'effect':
        return this.#ofEffect(record.effect, isInherited);
      case 'event':
        return this.#ofEvent(record.event);
      case 'tool': {
        const { node, iteration, codeBlock, key, call, outcome } = record;
        return { kind: 'tool', node, iteration, codeBlock, key, call, outcome };
      }
      case 'verdict': {
        const { node, iteration, codeBlock, key, problems } = record;
        return { kind: 'verdict', node, iteration, codeBlock, key, problems };
      }
      default:
        return undefined;
    }
  }

  /** Whether a record is of a way that was left later. The code block in which it was left is of both. */
  #isLeft(record: JournalRecord): boolean {
    const place = placeOf(record);
    if (place === undefined) return false;
    return this.#divergences.some((divergence) => {
      const isSame = (['node', 'iteration', 'codeBlock'] as const).every((name) => place[name] === divergence[name]);
      return record.n < divergence.n && !isSame && this.#tree.isFrom(divergence, place);
    });
  }

  #ofEffect(effect: Effect, isInherited: boolean): Recorded | undefined {
    switch (effect.kind) {
      case 'call.intent':
        this.#inFlight.set(effect.event.call, { intent: effect, isInherited });
        return undefined;
      case 'call.reply': {
        const asked = this.#inFlight.get(effect.event.call);
        this.#inFlight.delete(effect.event.call);
        return asked && recordedCall(asked.intent, effect, asked.isInherited);
      }
      case 'block.cut': {
        const { kind: _, ...cut } = effect;
        return this.#isOfAnotherWay(effect) ? undefined : { kind: 'cut', ...cut };
      }
      case 'child.spawned': {
        this.#tree.note(effect);
        const { node, iteration, codeBlock, key, child } = effect;
        return { kind: 'child', node, iteration, codeBlock, key, child };
      }
    }
  }

  #ofEvent(event: WorkerEvent): Recorded | undefined {
    if (event.type === 'strategy.chosen') {
      const { strategy, reason, contextTokens } = event;
      return { kind: 'strategy', strategy, reason, contextTokens };
    }
    if (event.type !== 'codeBlock.completed') return undefined;
    const { node, iteration, codeBlock } = event;
    return this.#isOfAnotherWay(event) ? undefined : { kind: 'block', node, iteration, codeBlock };
  }

  /** Where a node went another way once, what is there is of both ways: nothing says that all of it is asked again. */
  #isOfAnotherWay(place: Place): boolean {
    return !this.#isOver && this.#divergences.some((divergence) => this.#tree.isFrom(divergence, place));
  }
}

function placeOf(record: JournalRecord): Place | undefined {
  if (record.record === 'tool' || record.record === 'verdict') return record;
  if (record.record === 'event' && record.event.type === 'codeBlock.completed') return record.event;
  return record.record === 'effect' && record.effect.kind !== 'call.reply' ? record.effect : undefined;
}

/** A call of another run is the answer of whichever model is asked now, and was that run's to pay. */
function recordedCall(intent: CallIntent, reply: CallReply, inherited: boolean): Recorded {
  const { node, iteration, codeBlock, key, prompt, reservedUsd } = intent;
  const { text, outputBound, failure } = reply;
  const { call, role, model, costUsd, outcome, finishReason, error } = reply.event;
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = reply.event;
  return {
    kind: 'call',
    ...{ node, iteration, codeBlock, key, prompt, reservedUsd },
    ...{ text, outputBound, failure },
    ...{ role, call, model: inherited ? null : model, inherited },
    ...{ inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens },
    ...{ costUsd, outcome, finishReason, error },
  };
}
