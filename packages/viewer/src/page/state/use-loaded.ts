import { useEffect, useState } from 'preact/hooks';
import { onceReleased } from './presses.ts';

export type Loaded<T> = { state: 'loading' } | { state: 'ready'; value: T } | { state: 'failed'; message: string };

/** What a promise comes to, asked for again whenever one of `inputs` is another. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const [loaded, setLoaded] = useState<{ inputs: readonly unknown[]; is: Loaded<T> }>();
  useEffect(() => {
    const controller = new AbortController();
    const settle = (is: Loaded<T>) =>
      onceReleased(() => {
        if (!controller.signal.aborted) setLoaded({ inputs, is });
      });
    load(controller.signal).then(
      (value) => settle({ state: 'ready', value }),
      (error) => settle({ state: 'failed', message: messageOf(error) }),
    );
    return () => controller.abort();
  }, inputs);
  const isCurrent = loaded?.inputs.every((input, place) => Object.is(input, inputs[place]));
  return loaded && isCurrent ? loaded.is : { state: 'loading' };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
