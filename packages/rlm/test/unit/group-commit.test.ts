import { expect, test } from 'vitest';
import { GroupCommit } from '../../src/store/group-commit.ts';

/** A disk that writes when it is told to. */
function slowDisk() {
  const writes: { text: string; finish: (error?: Error) => void }[] = [];
  const write = (bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      writes.push({
        text: String(Buffer.from(bytes)),
        finish: (error) => (error === undefined ? resolve() : reject(error)),
      });
    });
  return { writes, commits: new GroupCommit(write, true) };
}

/** Some turns of the event loop. */
const settled = async () => {
  for (let n = 0; n < 3; n++) await new Promise((resolve) => setImmediate(resolve));
};

test('appends of one turn are one write, and so are those that wait for the one before', async () => {
  const { writes, commits } = slowDisk();
  const all = ['a', 'b'].map((text) => commits.add(Buffer.from(text)));
  await settled();
  for (const text of ['c', 'd']) all.push(commits.add(Buffer.from(text)));
  await settled();
  expect(writes.map(({ text }) => text)).toEqual(['ab']);
  writes[0]?.finish();
  await settled();
  expect(writes.map(({ text }) => text)).toEqual(['ab', 'cd']);
  writes[1]?.finish();
  await Promise.all(all);
});

test('none resolves before its own write has', async () => {
  const { writes, commits } = slowDisk();
  const done: string[] = [];
  for (const text of ['a', 'b']) {
    void commits.add(Buffer.from(text)).then(() => done.push(text));
    await settled();
  }
  expect(done).toEqual([]);
  writes[0]?.finish();
  await settled();
  expect(done).toEqual(['a']);
});

test('after a write that failed nothing is written any more', async () => {
  const { writes, commits } = slowDisk();
  const first = commits.add(Buffer.from('a'));
  await settled();
  const outcomes = Promise.allSettled([first, commits.add(Buffer.from('b'))]);
  const fault = new Error('full');
  writes[0]?.finish(fault);
  expect(await outcomes).toEqual([
    { status: 'rejected', reason: fault },
    { status: 'rejected', reason: fault },
  ]);
  await expect(commits.add(Buffer.from('c'))).rejects.toBe(fault);
  expect(writes).toHaveLength(1);
});

test('very much that waits is several writes, in order', async () => {
  const sizes: number[] = [];
  const commits = new GroupCommit(async (bytes) => void sizes.push(bytes.length), true);
  await Promise.all(Array.from({ length: 12 }, () => commits.add(Buffer.alloc(1024 * 1024))));
  expect(sizes.map((size) => size / 1024 / 1024)).toEqual([4, 4, 4]);
});
