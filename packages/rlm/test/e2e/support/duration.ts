import { submit } from '@rlm-bridge/fake-provider';
import { finish, provider } from './run.ts';

const FIRST_MS = 500;

/**
 * What became of a run whose time was up when it was where `reached` says. How long a machine takes to get there is its own
 * affair: a worker is warm, and the limit doubles until it was long enough.
 */
export async function whenTimeIsUp<T>(
  run: (maxDurationMs: number) => Promise<T>,
  reached: (outcome: T) => boolean,
): Promise<T> {
  for (let maxDurationMs = FIRST_MS; ; maxDurationMs *= 2) {
    await finish(await provider(() => submit('"warm"')));
    const outcome = await run(maxDurationMs);
    if (reached(outcome)) return outcome;
  }
}
