import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CalibrationResultSchema } from '@rlm-bridge/assess';
import { FakeProvider } from '@rlm-bridge/fake-provider';
import { expect, onTestFinished, test } from 'vitest';
import { finds, scriptedJudge } from '../../../assess/test/support/judge.ts';
import { Repository } from '../../../assess/test/support/repository.ts';
import { configFor, folderOf, rlm } from './support/rlm.ts';

const JUDGE = scriptedJudge({
  review: finds(/eval\(/, { severity: 'critical', category: 'security', rule: 'code-execution' }),
});
const LABELS = [
  { label: 'defect', file: 'run.js', lines: [1, 1], rule: 'code-execution', severity: 'critical' },
  { label: 'clean', file: 'fine.js' },
];

/** A folder with two labelled files, and a configuration that has them judged by a provider of the test's own. */
async function labelled(labels: readonly object[] = LABELS) {
  const fake = await FakeProvider.start(JUDGE);
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({
    'run.js': 'export const run = (text) => eval(text);\n',
    'fine.js': 'export const one = 1;\n',
    'labels.jsonl': labels.map((label) => JSON.stringify(label)).join('\n'),
    'rlm.config.json': configFor(fake, { maxIterations: 3 }),
  });
  const calibrate = (...args: string[]) => rlm(['calibrate', 'labels.jsonl', '--no-cache', ...args], { cwd });
  return { fake, cwd, calibrate };
}

test('the figures, in a table, as JSON and as a page; and what changed since', async () => {
  const { cwd, calibrate } = await labelled();
  const { exitCode, stdout } = await calibrate('--output', 'out/figures.json', '--html', 'out/figures.html');
  expect(exitCode).toBe(0);
  expect(stdout).toContain(
    '2 works judged by gpt-4.1 and gpt-4o-mini, 1 sample: 1 labelled fault, 1 label of what is clean',
  );
  expect(stdout).toMatch(/^ {2}code-execution +1 of 1, 100 % \(21 to 100\) +1 of 1, 100 % \(21 to 100\)$/m);
  expect(stdout).toContain('Too few labels: at least 16 findings are needed to show 80 %');
  const kept = JSON.parse(await readFile(join(cwd, 'out/figures.json'), 'utf8'));
  expect(CalibrationResultSchema.safeParse(kept).success).toBe(true);
  expect(await readFile(join(cwd, 'out/figures.html'), 'utf8')).toContain("default-src 'none'");
  const again = await calibrate('--previous', 'out/figures.json', '--json');
  expect(JSON.parse(again.stdout).changes).toEqual({ judge: [], sameLabels: true, figures: [] });
});

test('a work that could not be judged is 3; labels that are none, and a previous one that is none, are 2', async () => {
  const { calibrate } = await labelled([...LABELS, { label: 'clean', file: 'gone.js' }]);
  const gone = await calibrate();
  expect([gone.exitCode, gone.stdout]).toEqual([3, expect.stringContaining('gone.js: ')]);
  const wrong = await labelled([{ label: 'fault' }]);
  expect(await wrong.calibrate()).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('Line 1 of the labels'),
  });
  const { exitCode, stderr } = await calibrate('--previous', 'rlm.config.json');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('is nothing that "rlm calibrate --output"')]);
});

test('--dry-run says what would be judged, and asks no model', async () => {
  const { fake, calibrate } = await labelled();
  const { exitCode, stdout } = await calibrate('--dry-run');
  expect([exitCode, fake.served.length]).toEqual([0, 0]);
  expect(stdout).toMatch(/^ +\d+ {2}run\.js$/m);
});

test('--plant plants into a copy of the repository, calibrates on it, and keeps it where that is asked for', async () => {
  const { fake } = await labelled();
  const source = (name: string) =>
    `export function ${name}(text) {\n  const words = text.split(' ');\n  return words.length;\n}\n`;
  const tested = (name: string) =>
    `import { ${name} } from './${name}.js';\ntest('${name}', () => {\n  ${name}('a');\n});\n`;
  const names = ['countWords', 'countTitles', 'countNames', 'countLines'];
  const repository = await Repository.create({
    ...Object.fromEntries(
      names.flatMap((name) => [
        [`${name}.js`, source(name)],
        [`${name}.test.js`, tested(name)],
      ]),
    ),
    'rlm.config.json': configFor(fake, { maxIterations: 3 }),
  });
  const calibrate = (...args: string[]) => rlm(['calibrate', ...args, '--no-cache'], { cwd: repository.path });
  const args = ['--kinds', 'secret', 'missing-test', '--each', '1', '--seed', '2'];
  const kept = join(await folderOf({}), 'kept');
  const { exitCode, stdout, stderr } = await calibrate('--plant', ...args, '--keep', kept);
  expect(stderr).toMatch(/^2 faults planted, beside 2 clean changes$/m);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('4 works judged')]);
  expect(stdout).toMatch(/^ {2}no-secrets +none +0 of 1, 0 % \(0 to 79\)$/m);
  expect(await repository.git('status', '--porcelain')).toBe('');
  const again = await calibrate(join(kept, 'labels.jsonl'));
  expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('4 works judged')]);
  expect(await calibrate('--plant', 'labels.jsonl')).toMatchObject({ exitCode: 2 });
  expect(await calibrate('labels.jsonl', '--seed', '2')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('belongs to --plant'),
  });
  expect(await calibrate()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('or pass --plant') });
});
