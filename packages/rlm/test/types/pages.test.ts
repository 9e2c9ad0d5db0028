import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { API } from 'typescript/unstable/sync';
import { expect, onTestFinished, test } from 'vitest';
import { PAGE_FILES, PAGE_HOME } from '../../../ai-sdk/test/e2e/support/page.ts';
import { SnippetFolder } from '../e2e/support/snippets.ts';

// What their programs do is shown page by page, with Docker.

const OWN_PAGES = [
  'README.md',
  'docs/sessions.md',
  'docs/strategies.md',
  'docs/tools-and-host-models.md',
  'docs/typed-answers-and-coverage.md',
];

const WRONG = "import { runRLM } from 'rlm-bridge';\nrunRLM(1, 'Which?');\n";

/** What the compiler has to say of these programs and of what lies beside them: it checks nothing else that they use. */
async function issuesOf(folder: string, files: string[]): Promise<string[]> {
  const config = join(folder, 'tsconfig.json');
  await writeFile(config, JSON.stringify({ extends: '../../../tsconfig.base.json', files }));
  const api = new API();
  onTestFinished(() => api.close());
  const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
  const { program } = project ?? expect.unreachable(`There is no project ${config}`);
  const ofAll = [...program.getConfigFileParsingDiagnostics(), ...program.getProgramDiagnostics()];
  const own = program.getSourceFileNames().filter((name) => name.includes('/.readme-'));
  expect(own).toEqual(expect.arrayContaining(files));
  const ofEach = own.flatMap((file) => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ]);
  return [...ofAll, ...ofEach].map(({ fileName, text }) => `${fileName}: ${text}`);
}

test('every snippet of the pages compiles against the public types, and one that does not is found', async () => {
  const pages = await Promise.all([
    ...OWN_PAGES.map((page) => SnippetFolder.of(page)),
    SnippetFolder.of('docs/ai-sdk.md', PAGE_FILES, { home: PAGE_HOME }),
    SnippetFolder.of('docs/assess.md', {}, { home: resolve(import.meta.dirname, '../../../assess') }),
  ]);
  onTestFinished(async () => void (await Promise.all(pages.map((page) => page[Symbol.asyncDispose]()))));
  expect(pages.every(({ names }) => names.length > 0)).toBe(true);
  const [{ folder } = expect.unreachable('no page')] = pages;
  const snippets = pages.flatMap((page) => page.names.map((name) => join(page.folder, name, 'snippet.ts')));
  const wrong = join(folder, 'wrong.ts');
  await writeFile(wrong, WRONG);
  expect(await issuesOf(folder, [...snippets, wrong])).toEqual([expect.stringMatching(/wrong\.ts: .*not assignable/)]);
});
