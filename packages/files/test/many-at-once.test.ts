import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { manyAtOnce } from '../src/index.ts';

const ITEMS = Array.from({ length: 200 }, (_, place) => place);

test('what can be told now is not waited for, and what cannot is, in their order', async () => {
  const asked: number[] = [];
  const look = {
    now: (item: number) => (item % 10 === 0 ? undefined : item),
    later: async (item: number) => {
      asked.push(item);
      return item;
    },
  };
  expect(await Array.fromAsync(manyAtOnce(ITEMS, look))).toEqual(ITEMS);
  expect(asked).toEqual(ITEMS.filter((item) => item % 10 === 0));
});

test('of a disk that is slow to answer the rest are looked at many at once', async () => {
  let running = 0;
  let most = 0;
  const look = {
    now: () => undefined,
    later: async (item: number) => {
      running += 1;
      most = Math.max(most, running);
      await setTimeout(20);
      running -= 1;
      return item;
    },
  };
  expect(await Array.fromAsync(manyAtOnce(ITEMS, look, 16))).toEqual(ITEMS);
  expect(most).toBe(16);
});

test('the first failure, in their order, ends it', async () => {
  const look = {
    now: () => undefined,
    later: async (item: number) => {
      if (item === 2) throw new Error('the third');
      return item;
    },
  };
  const found: number[] = [];
  const all = async () => {
    for await (const item of manyAtOnce(ITEMS, look)) found.push(item);
  };
  await expect(all()).rejects.toThrow('the third');
  expect(found).toEqual([0, 1]);
});

test('the event loop turns while many files are looked at', async () => {
  let turns = 0;
  const turning = setInterval(() => {
    turns += 1;
  }, 1);
  const busy = (item: number) => {
    const until = performance.now() + 0.2;
    while (performance.now() < until);
    return item;
  };
  const items = Array.from({ length: 500 }, (_, place) => place);
  // On a busy machine the files count as slow, and the rest are looked at later, as real ones are: in turns of the loop.
  await Array.fromAsync(manyAtOnce(items, { now: busy, later: async (item) => await setImmediate(item) }));
  clearInterval(turning);
  expect(turns).toBeGreaterThan(1);
});
