import { pMapIterable } from 'p-map';

/** How many files are looked at, at a time: it is the waiting that takes long. */
const AT_ONCE = 64;

/** What `look` gives for each of `items`, in their order; the first failure, in that order, ends it. */
export function manyAtOnce<Item, Found>(
  items: readonly Item[],
  look: (item: Item) => Promise<Found>,
  atOnce: number = AT_ONCE,
): AsyncIterable<Found> {
  return pMapIterable(items, look, { concurrency: atOnce });
}
