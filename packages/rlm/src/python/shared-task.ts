import { abortable } from '../signals/abortable.ts';

interface Task<T> {
  work: Promise<T>;
  waiters: number;
  controller: AbortController;
}

/** Work that several callers wait for is done once, and aborted when the last of them has given up. */
export class SharedTask<T> {
  readonly #running = new Map<string, Task<T>>();

  async join(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const task = this.#running.get(key) ?? this.#begin(key, start);
    task.waiters += 1;
    try {
      return await abortable(task.work, signal);
    } finally {
      task.waiters -= 1;
      if (task.waiters === 0) task.controller.abort();
    }
  }

  #begin(key: string, start: (signal: AbortSignal) => Promise<T>): Task<T> {
    const controller = new AbortController();
    const task: Task<T> = { work: start(controller.signal), waiters: 0, controller };
    const forget = () => {
      if (this.#running.get(key) === task) this.#running.delete(key);
    };
    controller.signal.addEventListener('abort', forget, { once: true });
    task.work.then(forget, forget);
    this.#running.set(key, task);
    return task;
  }
}
