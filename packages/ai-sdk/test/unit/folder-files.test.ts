import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesInFolder } from '../../src/folder-files.ts';

let outside: string;
let folder: string;

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'rlm-folder-'));
  folder = join(outside, 'docs');
  await mkdir(join(folder, 'deep', '.hidden'), { recursive: true });
  await mkdir(join(outside, 'docs-too'));
  const files = ['docs/a.md', 'docs/b.txt', 'docs/deep/c.md', 'docs/[x].md', 'docs/.env', 'docs/deep/.hidden/d.md'];
  for (const file of [...files, 'secret.md', 'docs-too/e.md']) await writeFile(join(outside, file), file);
  await symlink(join(outside, 'secret.md'), join(folder, 'link.md'));
  await symlink(outside, join(folder, 'up'));
  await symlink(join(folder, '.env'), join(folder, 'env.md'));
  await symlink(join(folder, 'a.md'), join(folder, 'again.md'));
  await symlink('nowhere', join(folder, 'broken.md'));
});
afterAll(() => rm(outside, { recursive: true }));

const names = async (...patterns: string[]) => Object.keys(await filesInFolder(folder, patterns));

test('files by path and by glob, each once, by their path in the folder', async () => {
  expect(await names('*.md', 'a.md', 'deep/c.md')).toEqual(['[x].md', 'a.md', 'again.md', 'deep/c.md']);
  expect(await names('**/*')).toEqual(['[x].md', 'a.md', 'again.md', 'b.txt', 'deep/c.md']);
  expect((await filesInFolder(folder, ['b.txt']))['b.txt']).toMatch(/docs\/b\.txt$/);
});

test.each([
  '../secret.md',
  '../*.md',
  '../docs-too/e.md',
  'deep/../../secret.md',
  '{..,deep}/secret.md',
  '.{.,x}/secret.md',
  '@(..)/secret.md',
  '[.][.]/secret.md',
  'link.md',
  'up/secret.md',
  'up/**',
  'broken.md',
  '.env',
  '{.env,x}',
  'env.md',
  'deep/.hidden/d.md',
  'deep',
  '/etc/passwd',
  '/**/passwd',
  'file:///etc/passwd',
])('%s names no file of the folder, and the message names some', async (pattern) => {
  const expected = `No file matches "${pattern}". The folder has: [x].md, a.md, again.md, b.txt, deep/c.md.`;
  await expect(names(pattern)).rejects.toThrow(expected);
  await expect(names('a.md', pattern)).rejects.toThrow(expected);
});

test('an absolute path into the folder is not one of its names', async () => {
  await expect(names(join(folder, 'a.md'))).rejects.toThrow('No file matches');
});
