import { expect, onTestFinished, test } from 'vitest';
import { expectToCompile, SnippetFolder } from '../e2e/support/snippets.ts';

// What their programs do is shown page by page, with Docker.

const PAGES = [
  'README.md',
  'docs/sessions.md',
  'docs/strategies.md',
  'docs/tools-and-host-models.md',
  'docs/typed-answers-and-coverage.md',
];

test('every snippet of the pages compiles against the public types', async () => {
  const pages = await Promise.all(PAGES.map((page) => SnippetFolder.of(page)));
  onTestFinished(async () => void (await Promise.all(pages.map((page) => page[Symbol.asyncDispose]()))));
  expect(pages.every(({ names }) => names.length > 0)).toBe(true);
  await expectToCompile(...pages);
});
