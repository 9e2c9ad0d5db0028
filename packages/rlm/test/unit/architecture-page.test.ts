import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Page } from '../markdown.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const SHORT = { 'rlm/': 'packages/rlm/src/', 'w/': 'python/src/rlm_worker/' };

const { text } = new Page('docs/architecture.md');

/** A path as the page writes it, as it is in the repository. */
function whole(path: string): string {
  const [short, long] = Object.entries(SHORT).find(([prefix]) => path.startsWith(prefix)) ?? ['', ''];
  return long + path.slice(short.length);
}

const said = [...text.matchAll(/(?<![\w./])(?:rlm|w|packages|python\/tests)\/[\w./-]*/g)].map(([path]) => path);

test('every path of the page is there', () => {
  expect(said.length).toBeGreaterThan(40);
  expect(said.map(whole).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test.each(Object.entries(SHORT))('every folder of %s is told of', (short, long) => {
  const sources = globSync(`${long}*/**/*.{ts,py}`, { cwd: ROOT });
  const folders = new Set(sources.map((path) => path.slice(long.length).split('/')[0]));
  expect(folders.size).toBeGreaterThan(8);
  const untold = [...folders].filter((name) => !said.some((path) => path.startsWith(`${short}${name}`)));
  expect(untold).toEqual([]);
});
