import type { RLMBackend } from './backends.ts';
import type { RLMFailureCode } from './codes.ts';
import type { RLMNodeEvent } from './event-base.ts';
import type { RLMFinishReason } from './finish-reasons.ts';
import type { RLMCallRole, RLMCallTotals, RLMTokens } from './model-calls.ts';

/** A model call leaves; `requestedModel` is the model that REPL code asked for, if it named one. */
export interface RLMCallStartedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'call.started';
  /** Name of the call in this run. */
  call: string;
  /** Who calls; see {@link RLMCallRole}. */
  role: RLMCallRole;
  /** The provider, or `host` for a function of yours. */
  backend: RLMBackend | 'host';
  /** The model that is asked. */
  model: string;
  /** The model that REPL code named; null when it named none. */
  requestedModel: string | null;
  /** Length of the prompt in characters. */
  promptChars: number;
}

/** A model call ended. An abandoned one was cut in flight: its provider may still bill it, and nobody can know. */
export interface RLMCallCompletedEvent extends RLMNodeEvent, RLMTokens {
  /** Name of the event. */
  type: 'call.completed';
  /** The name of the call in this run, as in its `call.started`. */
  call: string;
  /** Who called; see {@link RLMCallRole}. */
  role: RLMCallRole;
  /** The provider, or `host` for a function of yours. */
  backend: RLMBackend | 'host';
  /** The model that is asked. */
  model: string;
  /** The model that REPL code named; null when it named none. */
  requestedModel: string | null;
  /** US dollars; null when nobody can know: no price, or the call was cut in flight. */
  costUsd: number | null;
  /** Milliseconds from the first attempt to the end. */
  latencyMs: number;
  /** Attempts of the call after the first. */
  retries: number;
  /** `succeeded`, `failed`, or `abandoned`: cut in flight, and perhaps billed. */
  outcome: 'succeeded' | 'failed' | 'abandoned';
  /** Null when no reply came. Every reply but `stop` and `length` is a failed call. */
  finishReason: RLMFinishReason | null;
  /** Why the call failed; null when it did not. */
  error: {
    /** Literal code of the failure, to branch on. */
    code: RLMFailureCode;
    /** What went wrong and what to do, for a person. */
    message: string;
  } | null;
  /** Calls, tokens and cost of the whole tree so far. */
  totals: RLMCallTotals;
}

/** A resumed run gave a call the reply that an earlier life had got: nothing was asked, nothing is paid again. */
export interface RLMCallReplayedEvent extends RLMNodeEvent {
  /** Name of the event. */
  type: 'call.replayed';
  /** The name that the call had in the earlier life, as in its `call.started`. */
  call: string;
  /** Who calls; see {@link RLMCallRole}. */
  role: RLMCallRole;
  /** The model that had been asked. */
  model: string;
}
