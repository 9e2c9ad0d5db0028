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
  return { writes, commits: new GroupCommit(write) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('appends that wait for the one before are one write', async () => {
  const { writes, commits } = slowDisk();
  const all = ['a', 'b', 'c', 'd'].map((text) => commits.add(Buffer.from(text)));
  writes[0]?.finish();
  await settled();
  expect(writes.map(({ text }) => text)).toEqual(['a', 'bcd']);
  writes[1]?.finish();
  await Promise.all(all);
});

test('none resolves before its own write has', async () => {
  const { writes, commits } = slowDisk();
  const done: string[] = [];
  for (const text of ['a', 'b']) void commits.add(Buffer.from(text)).then(() => done.push(text));
  await settled();
  expect(done).toEqual([]);
  writes[0]?.finish();
  await settled();
  expect(done).toEqual(['a']);
});

test('after a write that failed nothing is written any more', async () => {
  const { writes, commits } = slowDisk();
  const outcomes = Promise.allSettled(['a', 'b'].map((text) => commits.add(Buffer.from(text))));
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
  const commits = new GroupCommit(async (bytes) => void sizes.push(bytes.length));
  await Promise.all(Array.from({ length: 12 }, () => commits.add(Buffer.alloc(1024 * 1024))));
  expect(sizes.map((size) => size / 1024 / 1024)).toEqual([1, 4, 4, 3]);
});
