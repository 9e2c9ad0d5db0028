import { execa } from 'execa';
import { expect, test } from 'vitest';
import { toRdjson } from '../../src/index.ts';
import { judgedByHand, planted } from '../support/judged-by-hand.ts';
import { Repository } from '../support/repository.ts';

// The rdjson report in reviewdog, the program: RLM_TEST_REVIEWDOG names it, as "go install" makes it. Without it, one test is all there is.

const REVIEWDOG = process.env.RLM_TEST_REVIEWDOG ?? '';
const programs = REVIEWDOG === '' ? [] : [REVIEWDOG];

const SOURCE = 'export const run = (text) => eval(text);\n';
const FAULT = 'eval(text)';

/** Work with a fault in a line that it adds, judged. */
async function judged() {
  const repository = await Repository.create({ 'README.md': 'Runs.\n' });
  await repository.branch('work', { 'src/run.js': `// Runs it.\n${SOURCE}` });
  await repository.git('checkout', '-q', 'work');
  const worker = { id: 'work', worktree: repository.path, base: 'main' };
  const result = await judgedByHand(worker, (texts) => [
    planted(texts, 'src/run.js', FAULT, { rule: 'eval', message: 'Runs what it is given.' }),
  ]);
  return { repository, report: toRdjson(result) };
}

test('the report names the tool alike whatever it found, and each finding by its file and its whole lines', async () => {
  const { report } = await judged();
  const { source, diagnostics } = JSON.parse(report);
  expect(source).toEqual({ name: 'rlm-assess', url: expect.any(String) });
  expect(diagnostics).toContainEqual(
    expect.objectContaining({
      location: { path: 'src/run.js', range: { start: { line: 2 }, end: { line: 2 } } },
      severity: 'ERROR',
      code: { value: 'eval' },
    }),
  );
});

test.each(programs)('reviewdog (%s) reads it, and shows what is on lines of the diff', async (program) => {
  const { repository, report } = await judged();
  const run = (...args: string[]) =>
    execa(program, ['-f=rdjson', '-reporter=local', '-diff=git diff main', ...args], {
      cwd: repository.path,
      input: report,
      reject: false,
      all: true,
    });
  const onDiff = await run('-filter-mode=added', '-fail-level=error');
  expect(onDiff).toMatchObject({
    exitCode: 1,
    all: expect.stringContaining('src/run.js:2: error: eval: Runs what it is given.'),
  });
  expect(onDiff.all).not.toContain('work: FAIL');
  const all = await run('-filter-mode=nofilter', '-fail-level=none');
  expect(all).toMatchObject({ exitCode: 0, all: expect.stringMatching(/work: FAIL/) });
  const broken = await execa(program, ['-f=rdjson', '-reporter=local', '-diff=git diff main'], {
    cwd: repository.path,
    input: '{"diagnostics": 7}',
    reject: false,
  });
  expect(broken.exitCode).not.toBe(0);
});
