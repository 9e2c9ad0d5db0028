import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { glob } from 'tinyglobby';
import { expect, test } from 'vitest';
import { assess, finds, provider, scriptedJudge } from '../support/judge.ts';

const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url));
const FILES = 38;
const CHARS = 405_000;

/** The project's own largest sources, 38 of them and 405,000 characters or more. */
async function realSources(): Promise<string[]> {
  const names = await glob(['packages/*/{src,test}/**/*.ts', 'python/{src,tests}/**/*.py', 'docs/*.md'], {
    cwd: PROJECT,
  });
  const read = await Promise.all(
    names.map(async (name) => ({ name, chars: (await readFile(`${PROJECT}/${name}`, 'utf8')).length })),
  );
  return read
    .sort((a, b) => b.chars - a.chars || (a.name < b.name ? -1 : 1))
    .slice(0, FILES)
    .map(({ name }) => name);
}

test('38 real files and 405,000 characters: every one reaches a model, sub-calls and cost are reported', async () => {
  const files = await realSources();
  const fake = await provider(scriptedJudge({ review: finds(/no line has this/, {}), delayMs: 300 }));
  const result = await assess(fake, [{ id: 'all', files }], { cwd: PROJECT });
  const [worker] = result.workers;
  expect(worker).toMatchObject({ verdict: 'pass', evidence: { files: FILES, coverage: 1 } });
  expect(worker?.evidence.chars).toBeGreaterThan(CHARS);
  // One for each file, and one for the list of them.
  expect(result.rlmMetrics.subCalls).toBe(FILES + 1);
  expect(result.rlmMetrics.costUsd).toBeGreaterThan(0);
  const prompts = fake.served.filter(({ request }) => request.kind === 'prompt').map(({ request }) => request.text);
  for (const name of files) expect(prompts.filter((text) => text.includes(`begins: file, "${name}"`))).toHaveLength(1);
});
