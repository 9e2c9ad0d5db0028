import { setImmediate } from 'node:timers/promises';
import { pMapIterable } from 'p-map';

/** How many files are looked at, at a time, where it is the waiting that takes long. */
const AT_ONCE = 64;

/** How long the event loop waits for files that are looked at one after the other, in milliseconds. */
const SLICE_MS = 10;

/** How long a disk is watched, at least, before it counts as slow to answer, and how long it then takes for a file. */
const WATCHED_MS = 100;
const SLOW_MS = 0.5;

/** Two ways of looking at one thing: `now` is undefined where only `later` can tell. */
export interface Look<Item, Found> {
  now(item: Item): Found | undefined;
  later(item: Item): Promise<Found>;
}

/**
 * What is found for each of `items`, in their order; the first failure, in that order, ends it. Nothing waits for
 * another turn of the event loop while the disk answers at once; of a slow one the rest are looked at together.
 */
export async function* manyAtOnce<Item, Found>(
  items: readonly Item[],
  { now, later }: Look<Item, Found>,
  atOnce: number = AT_ONCE,
): AsyncGenerator<Found, void, void> {
  const began = performance.now();
  let sliceBegan = began;
  for (const [index, item] of items.entries()) {
    yield now(item) ?? (await later(item));
    const time = performance.now();
    if (time - sliceBegan < SLICE_MS) continue;
    if (time - began > Math.max(WATCHED_MS, SLOW_MS * (index + 1))) {
      for await (const found of pMapIterable(items.slice(index + 1), later, { concurrency: atOnce }))
        yield found as Found;
      return;
    }
    await setImmediate();
    sliceBegan = performance.now();
  }
}
