import { appendFile, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RegularFile, readRegularFile } from '../src/index.ts';

let folder: string;
const socket = createServer();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-files-'));
  await execa('mkfifo', [join(folder, 'pipe')]);
  await new Promise<void>((listening) => socket.listen(join(folder, 'socket'), listening));
  await mkdir(join(folder, 'folder'));
  await symlink('/dev/zero', join(folder, 'link-to-a-device'));
  await symlink('pipe', join(folder, 'link-to-a-pipe'));
  await symlink('loop', join(folder, 'loop'));
  await writeFile(join(folder, 'sparse'), '');
  await truncate(join(folder, 'sparse'), 4_000_000_000);
  await writeFile(join(folder, 'empty'), '');
});

afterAll(async () => {
  socket.close();
  await rm(folder, { recursive: true });
});

test.each([
  ['a missing file', 'nothing', 'missing', /No such file/],
  ['a path through a file', 'empty/x', 'missing', /No such file/],
  ['a folder', 'folder', 'directory', /is a directory/],
  ['a pipe that nobody writes to', 'pipe', 'special', /is a pipe/],
  ['a link to a pipe', 'link-to-a-pipe', 'special', /is a pipe/],
  ['a socket', 'socket', 'special', /is a socket/],
  ['a device that never ends', '/dev/zero', 'special', /is a device/],
  ['a link to a device', 'link-to-a-device', 'special', /is a device/],
  ['a link to itself', 'loop', 'unreadable', /ELOOP/],
  ['a sparse file of 4 GB', 'sparse', 'too_large', /4000000000 bytes, more than 1000/],
  ['a file of /proc, which has no size', '/proc/self/status', 'changed', /more than the 0 bytes/],
])('%s is refused at once', async (_, name, code, message) => {
  const path = name.startsWith('/') ? name : join(folder, name);
  await expect(readRegularFile(path, 1000)).rejects.toMatchObject({
    name: 'FileError',
    code,
    message: expect.stringMatching(message),
  });
});

test.each([0, 1, 1024 * 1024, 1024 * 1024 + 1])('a file of %i bytes is read whole', async (size) => {
  const path = join(folder, `of-${size}`);
  await writeFile(path, Buffer.alloc(size, 7));
  expect(await readRegularFile(path, size)).toEqual(Buffer.alloc(size, 7));
});

test.each([
  ['grows', (path: string) => appendFile(path, 'more'), /more than the 2097152 bytes/],
  ['shrinks', (path: string) => truncate(path, 5), /ended after \d+ of 2097152 bytes/],
])('a file that %s while it is read is refused', async (name, change, message) => {
  const path = join(folder, name);
  await writeFile(path, Buffer.alloc(2 * 1024 * 1024));
  const file = await RegularFile.open(path);
  const chunks = file.chunks();
  await chunks.next();
  await change(path);
  const rest = Array.fromAsync(chunks);
  await expect(rest).rejects.toMatchObject({ code: 'changed', message: expect.stringMatching(message) });
  await file.close();
});

test('an abort ends the reading between two pieces', async () => {
  const aborting = new AbortController();
  const file = await RegularFile.open(join(folder, 'sparse'));
  const chunks = file.chunks(aborting.signal);
  expect((await chunks.next()).value?.length).toBe(1024 * 1024);
  aborting.abort(new Error('enough'));
  await expect(chunks.next()).rejects.toThrow('enough');
  await file.close();
});
