import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fileStore } from '../../src/index.ts';

// A file system of a megabyte, which only root can mount.

let folder = '';
let disk = '';

async function fill(): Promise<void> {
  await execa('dd', ['if=/dev/zero', `of=${disk}/filler`, 'bs=4k'], { reject: false });
}

async function* zeros(bytes: number): AsyncGenerator<Uint8Array, void, void> {
  for (let done = 0; done < bytes; done += 65_536) yield Buffer.alloc(65_536);
}

const FULL = {
  code: 'store_failed',
  message: expect.stringMatching(/\/disk.*ENOSPC.*Make room there, or use another folder/),
};

if (process.getuid?.() === 0) {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
    disk = join(folder, 'disk');
    await mkdir(disk);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=755', 'tmpfs', disk]);
  });
  beforeEach(async () => {
    for (const name of await readdir(disk)) await rm(join(disk, name), { recursive: true });
  });
  afterAll(async () => {
    await execa('umount', ['--lazy', disk]);
    await rm(folder, { recursive: true });
  });

  describe('a disk that is full', () => {
    test('appending is refused with what to do, and so is all that follows, though room is made: never a gap', async () => {
      const store = fileStore(disk);
      await using lease = await store.lease('run');
      const told: string[] = [];
      const appends = Array.from({ length: 400 }, (_, n) => `${n} ${'x'.repeat(5_000)}`).map(async (line) => {
        await lease.append([line, line]);
        told.push(line, line);
      });
      const failed = (await Promise.allSettled(appends)).filter(({ status }) => status === 'rejected');
      expect(failed.length).toBeGreaterThan(0);
      for (const { reason } of failed as PromiseRejectedResult[]) expect(reason).toMatchObject(FULL);
      await execa('mount', ['-o', 'remount,size=4m', disk]);
      await expect(lease.append(['after'])).rejects.toMatchObject(FULL);
      await lease.release();
      await execa('mount', ['-o', 'remount,size=4m', disk]);
      await using next = await store.lease('run');
      const lines = await Array.fromAsync(store.read('run'));
      expect(lines.slice(0, told.length)).toEqual(told);
      expect(lines.length % 2).toBe(0);
      await next.append(['after']);
      expect((await Array.fromAsync(store.read('run'))).at(-1)).toBe('after');
    });

    test('putting a blob is refused with what to do, and leaves nothing of it', async () => {
      await execa('mount', ['-o', 'remount,size=1m', disk]);
      await using lease = await fileStore(disk).lease('run');
      await expect(lease.putBlob(zeros(2_000_000))).rejects.toMatchObject(FULL);
      await lease.append(['the journal goes on']);
      expect((await readdir(join(disk, 'runs/run'))).toSorted()).toEqual(['journal.jsonl', 'lease.1.json']);
    });

    test('a new run is refused with what to do', async () => {
      await fill();
      await expect(fileStore(disk).lease('run')).rejects.toMatchObject(FULL);
    });
  });
}
