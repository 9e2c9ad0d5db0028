import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findByGlob, type GlobRequest, isInside } from '../src/index.ts';

let outer: string;
let root: string;

beforeAll(async () => {
  outer = await realpath(await mkdtemp(join(tmpdir(), 'rlm-test-glob-')));
  root = join(outer, 'root');
  await mkdir(join(root, 'src'), { recursive: true });
  await mkdir(join(outer, 'rootless'));
  await writeFile(join(outer, 'secret'), 'x');
  await writeFile(join(outer, 'rootless', 'secret'), 'x');
  await symlink('../secret', join(outer, 'rootless', 'link-out'));
  await writeFile(join(root, 'a.ts'), 'x');
  await writeFile(join(root, 'src', 'b.ts'), 'x');
  await symlink('../a.ts', join(root, 'src', 'link-inside'));
  await symlink('..', join(root, 'src', 'link-to-the-folder-above'));
  await symlink('../secret', join(root, 'link-out'));
  await symlink('../rootless', join(root, 'link-to-a-neighbour'));
  await symlink('/', join(root, 'link-to-all'));
  await symlink('/dev/zero', join(root, 'link-to-a-device'));
  await symlink('nowhere', join(root, 'link-to-nothing'));
  await execa('mkfifo', [join(root, 'pipe')]);
  await symlink('pipe', join(root, 'link-to-a-pipe'));
});

afterAll(() => rm(outer, { recursive: true }));

async function find(request: Partial<GlobRequest>) {
  const all = { patterns: ['**'], ignore: [], cwd: root, dot: true, followLinks: false };
  const { paths, unfollowed } = await findByGlob({ ...all, ...request });
  return {
    names: paths.map((path) => relative(root, path)).sort(),
    unfollowed: unfollowed.map((path) => relative(root, path)),
  };
}

test('links that leave the root are not followed, and are listed; pipes and devices are no files', async () => {
  const { names, unfollowed } = await find({});
  expect(names).toEqual(['a.ts', 'src/b.ts', 'src/link-inside']);
  expect(unfollowed).toEqual([
    'link-out',
    'link-to-a-device',
    'link-to-a-neighbour',
    'link-to-a-pipe',
    'link-to-all',
    'link-to-nothing',
    'src/link-to-the-folder-above',
  ]);
});

test('an option follows links that leave the root, but none to a device or a pipe', async () => {
  const { names, unfollowed } = await find({ patterns: ['*', 'link-to-a-neighbour/*'], followLinks: true });
  expect(names).toEqual(['a.ts', 'link-out', 'link-to-a-neighbour/link-out', 'link-to-a-neighbour/secret']);
  expect(unfollowed).toContain('link-to-a-device');
  expect(unfollowed).toContain('link-to-a-pipe');
});

test('a link to a folder is followed when a pattern names it and it stays in the root', async () => {
  expect((await find({ patterns: ['src/link-to-the-folder-above/*.ts'] })).names).toEqual([
    'src/link-to-the-folder-above/a.ts',
  ]);
});

test.each(['link-to-all/**', 'link-to-a-neighbour/*', 'link-to-all/etc/passw?'])(
  'a pattern does not leave the root by the link it names: %s',
  async (pattern) => {
    const { names, unfollowed } = await find({ patterns: [pattern] });
    expect(names).toEqual([]);
    expect(unfollowed).toEqual([expect.stringMatching(/^(link-to|\.\.)/)]);
  },
);

test('a pattern from elsewhere has the folder that it begins with as its bounds', async () => {
  const { names, unfollowed } = await find({ patterns: ['../rootless/*'] });
  expect(names).toEqual(['../rootless/secret']);
  expect(unfollowed).toEqual(['../rootless/link-out']);
});

test('folders that link to one another in every way are searched once each', async () => {
  const folders = Array.from({ length: 12 }, (_, index) => `maze/${index}`);
  for (const folder of folders) {
    await mkdir(join(root, folder), { recursive: true });
    for (const other of folders) await symlink(join(root, other), join(root, folder, `to-${other.slice(5)}`));
    await writeFile(join(root, folder, 'file'), 'x');
  }
  expect((await find({ patterns: ['maze/**'] })).names).toHaveLength(12);
});

test('a search that was aborted finds nothing', async () => {
  await expect(find({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});

test.each([
  ['/a', '/a', true],
  ['/a', '/a/b', true],
  ['/a', '/a/..b', true],
  ['/a', '/ab', false],
  ['/a', '/', false],
  ['/', '/anything', true],
])('in %s: %s is %s', (folder, path, inside) => {
  expect(isInside(folder, path)).toBe(inside);
});
