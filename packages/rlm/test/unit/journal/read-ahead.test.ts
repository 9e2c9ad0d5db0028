import { expect, test } from 'vitest';
import { readAhead } from '../../../src/journal/read-ahead.ts';

async function* numbers(count: number, fails = false) {
  for (let n = 0; n < count; n += 1) yield n;
  if (fails) throw new Error('no more');
}

/** Makes of each number its text, when it is told to. */
class Maker {
  readonly begun: number[] = [];
  readonly #done = new Map<number, () => void>();

  make = async (n: number): Promise<string> => {
    this.begun.push(n);
    await new Promise<void>((resolve) => this.#done.set(n, resolve));
    return `number ${n}`;
  };

  async end(n: number): Promise<void> {
    await expect.poll(() => this.begun).toContain(n);
    this.#done.get(n)?.();
  }
}

test('what is made comes in order, whichever is made first, and no more than so many are made ahead', async () => {
  const maker = new Maker();
  const made = readAhead(numbers(5), 2, maker.make);
  const first = made.next();
  await maker.end(2);
  await maker.end(1);
  expect(maker.begun).toEqual([0, 1, 2]);
  await maker.end(0);
  expect(await first).toEqual({ done: false, value: 'number 0' });
  expect(await Promise.all([made.next(), maker.end(3), made.next(), made.next(), maker.end(4), made.next()])).toEqual([
    { done: false, value: 'number 1' },
    undefined,
    { done: false, value: 'number 2' },
    { done: false, value: 'number 3' },
    undefined,
    { done: false, value: 'number 4' },
  ]);
  expect(await made.next()).toMatchObject({ done: true });
});

test('a failure comes in its place: what was before it is there first', async () => {
  const seen: string[] = [];
  const odd = async (n: number) => {
    if (n === 3) throw new Error('three');
    return `${n}`;
  };
  const read = async (count: number, fails: boolean) => {
    for await (const text of readAhead(numbers(count, fails), 4, odd)) seen.push(text);
  };
  await expect(read(6, false)).rejects.toThrow('three');
  expect(seen.splice(0)).toEqual(['0', '1', '2']);
  await expect(read(2, true)).rejects.toThrow('no more');
  expect(seen).toEqual(['0', '1']);
});

test('whoever stops early ends the source, and failures that nobody waits for are nobody’s', async () => {
  let isEnded = false;
  async function* source() {
    try {
      yield* numbers(10);
    } finally {
      isEnded = true;
    }
  }
  const odd = async (n: number) => {
    if (n > 0) throw new Error('nobody hears of it');
    return n;
  };
  for await (const n of readAhead(source(), 3, odd)) {
    expect(n).toBe(0);
    break;
  }
  expect(isEnded).toBe(true);
});
