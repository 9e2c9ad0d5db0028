import { guardedSignal } from '@rlm-bridge/callbacks';
import { thrownText } from '@rlm-bridge/text';

/** Aborts a controller when a signal of the caller's aborts, which may be of any make. `stop` takes the listener off. */
export class FollowedSignal {
  readonly #signal: AbortSignal | undefined;
  readonly #forward: () => void;

  constructor(signal: AbortSignal | undefined, aborting: AbortController) {
    this.#signal = signal;
    this.#forward = () => aborting.abort(signal?.reason);
    this.#attempt(() => {
      if (signal?.aborted === true) this.#forward();
      signal?.addEventListener?.('abort', this.#forward, { once: true });
    });
  }

  stop(): void {
    this.#attempt(() => this.#signal?.removeEventListener?.('abort', this.#forward));
  }

  #attempt(task: () => void): void {
    try {
      task();
    } catch (error) {
      warnOfSignal(`signal threw, and may not end the run: ${thrownText(error)}`);
    }
  }
}

/** A signal for a function of the caller's: what its listeners throw is no matter of the run. */
export function signalForCaller(signal: AbortSignal): AbortSignal {
  return guardedSignal(signal, (message) => warnOfSignal(`A listener of a signal of the run threw: ${message}`));
}

function warnOfSignal(message: string): void {
  process.emitWarning(message, { code: 'RLM_SIGNAL' });
}
