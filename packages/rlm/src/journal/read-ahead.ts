/**
 * What `make` makes of each item, in their order, with so many more of them under way while one is waited for. An error comes
 * in its place, after all that was before it.
 */
export async function* readAhead<Item, Made>(
  items: AsyncIterable<Item>,
  more: number,
  make: (item: Item) => Promise<Made>,
): AsyncGenerator<Made, void, undefined> {
  const making: Promise<Made>[] = [];
  for await (const next of settled(items)) {
    const made = 'error' in next ? Promise.reject(next.error) : make(next.item);
    // Whoever goes on that far hears of it.
    made.catch(() => {});
    making.push(made);
    if (making.length > more) yield await (making.shift() as Promise<Made>);
  }
  for (const made of making) yield await made;
}

async function* settled<Item>(items: AsyncIterable<Item>): AsyncGenerator<{ item: Item } | { error: unknown }> {
  try {
    for await (const item of items) yield { item };
  } catch (error) {
    yield { error };
  }
}
