import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PAGE_FILES, PAGE_HOME } from '../../../ai-sdk/test/e2e/support/page.ts';
import { expectToCompile, SnippetFolder } from '../e2e/support/snippets.ts';

// What their programs do is shown page by page, with Docker.

const OWN_PAGES = [
  'README.md',
  'docs/sessions.md',
  'docs/strategies.md',
  'docs/tools-and-host-models.md',
  'docs/typed-answers-and-coverage.md',
];

test('every snippet of the pages compiles against the public types', async () => {
  const pages = await Promise.all([
    ...OWN_PAGES.map((page) => SnippetFolder.of(page)),
    SnippetFolder.of('docs/ai-sdk.md', PAGE_FILES, { home: PAGE_HOME }),
    SnippetFolder.of('docs/assess.md', {}, { home: resolve(import.meta.dirname, '../../../assess') }),
  ]);
  onTestFinished(async () => void (await Promise.all(pages.map((page) => page[Symbol.asyncDispose]()))));
  expect(pages.every(({ names }) => names.length > 0)).toBe(true);
  await expectToCompile(...pages);
});
