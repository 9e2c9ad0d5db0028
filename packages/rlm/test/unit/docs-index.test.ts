import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Page } from '../markdown.ts';

const pages = readdirSync(new URL('../../../../docs', import.meta.url)).filter((name) => name.endsWith('.md'));
const linksOf = ({ text }: Page) => [...text.matchAll(/\]\(([^)#:]+\.md)(?:#[^)]*)?\)/g)].map(([, path = '']) => path);

test('docs/README.md has one line for each page', () => {
  const linked = linksOf(new Page('docs/README.md')).filter((path) => path !== '../README.md');
  expect(linked.sort()).toEqual(pages.filter((name) => name !== 'README.md').sort());
});

test('a link from a page to another leads somewhere', () => {
  const linked = pages.flatMap((name) => linksOf(new Page(`docs/${name}`))).filter((path) => !path.startsWith('../'));
  expect(linked.filter((path) => !pages.includes(path))).toEqual([]);
});
