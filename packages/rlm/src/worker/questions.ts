import type { HostMessage } from '@rlm-bridge/protocol';
import { abortable } from '../signals/abortable.ts';

/** What waits for a line of the worker, by the id that the line will have. */
export class Questions {
  readonly #send: (message: HostMessage) => void;
  readonly #waiting = new Map<string, () => void>();

  constructor(send: (message: HostMessage) => void) {
    this.#send = send;
  }

  /** Sends a message and waits for what answers it. @throws the reason of `signal`. */
  async ask(message: HostMessage, answeredBy: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(answeredBy, resolve);
    try {
      this.#send(message);
      await abortable(promise, signal);
    } finally {
      this.#waiting.delete(answeredBy);
    }
  }

  answer(id: string): void {
    this.#waiting.get(id)?.();
  }
}
