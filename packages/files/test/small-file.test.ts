import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSmallFile, sizeNow } from '../src/index.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-small-'));
  await execa('mkfifo', [join(folder, 'pipe')]);
  await writeFile(join(folder, 'file'), 'some text');
  await writeFile(join(folder, 'empty'), '');
  await symlink('file', join(folder, 'link'));
  await symlink('pipe', join(folder, 'link-to-a-pipe'));
  await writeFile(join(folder, 'sparse'), '');
  await truncate(join(folder, 'sparse'), 4_000_000_000);
});

afterAll(() => rm(folder, { recursive: true }));

test('a small file is read at once', () => {
  expect(readSmallFile(join(folder, 'file'))?.toString()).toBe('some text');
  expect(readSmallFile(join(folder, 'empty'))?.length).toBe(0);
});

test.each(['nothing', 'file/x', '.', 'pipe', 'link', 'link-to-a-pipe', 'sparse', '/dev/zero', '/proc/self/status'])(
  '%s is left to who looks closer',
  (name) => {
    expect(readSmallFile(name.startsWith('/') ? name : join(folder, name))).toBeUndefined();
  },
);

test.each([
  ['file', 9],
  ['link', 9],
  ['sparse', 4_000_000_000],
  ['pipe', undefined],
  ['nothing', undefined],
  ['file/x', undefined],
])('the size of %s is %s', (name, size) => {
  expect(sizeNow(join(folder, name))).toBe(size);
});
