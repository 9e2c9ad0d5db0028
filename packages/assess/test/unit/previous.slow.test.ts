import { expect, test } from 'vitest';
import type { AssessmentResult } from '../../src/api/result.ts';
import type { JudgeFinding } from '../../src/findings/judge-finding.ts';
import { AssessmentResultSchema, formatAssessmentResult, toMarkdown, toSarif } from '../../src/index.ts';
import { judgedByHand, planted } from '../support/judged-by-hand.ts';
import { Repository } from '../support/repository.ts';

// What became of findings between two assessments of a worker whose repository went on meanwhile.

const SOURCE = `export function find(id) {
  return db.query("select * from users where id = " + id);
}

export function erase(name) {
  check(name);
  db.run("delete from users where name = " + name);
}
`;
type Texts = ReadonlyMap<string, readonly string[]>;
const at = (texts: Texts, words: string, file = 'src/db.js') => planted(texts, file, words);
const both = (texts: Texts) => [at(texts, 'select *'), at(texts, 'delete from')];

/** What that work was said to be: equal files are equal commits. */
let before: Promise<AssessmentResult> | undefined;

async function work() {
  const repository = await Repository.create({ 'README.md': 'Users.\n' }, { work: { 'src/db.js': SOURCE } }, 'work');
  const worker = { id: 'work', worktree: repository.path, base: 'main' };
  before ??= judgedByHand(worker, both);
  const previous = await before;
  const again = (judge: (texts: Texts) => JudgeFinding[], options = {}) =>
    judgedByHand(worker, judge, { previous, ...options });
  return { repository, worker, previous, again };
}

/** Each finding with what is said of it, and of those that are gone. */
function told({ workers }: AssessmentResult): string[] {
  const [worker] = workers;
  return [
    ...(worker?.findings ?? []).map(({ file, startLine, since }) => `${since} ${file}:${startLine}`),
    ...(worker?.gone ?? []).map(({ file, startLine, state }) => `${state} ${file}:${startLine}`),
  ];
}

test('without an assessment before nothing is said', async () => {
  const { previous } = await work();
  expect(previous.workers[0]).toMatchObject({ gone: [], findings: [{ since: null }, { since: null }] });
});

test('one is mended, one is still there further below in a renamed file, one is new', async () => {
  const { repository, again } = await work();
  const mended = SOURCE.replace('= " + id', '= ?", [id]');
  await repository.git('mv', 'src/db.js', 'src/users.js');
  await repository.add('Mend one', { 'src/users.js': `// Users.\n${mended}eval(input);\n` });
  const result = await again((texts) => [
    { ...at(texts, 'delete from', 'src/users.js'), rule: 'unescaped-query', message: 'The name is not escaped.' },
    { ...at(texts, 'eval', 'src/users.js'), rule: 'eval' },
  ]);
  expect(told(result)).toEqual(['still_there src/users.js:8', 'new src/users.js:10', 'fixed src/db.js:2']);
  expect(AssessmentResultSchema.parse(result)).toEqual(result);
  const line = 'since the assessment before: 1 new, 1 still there, 1 fixed';
  expect(formatAssessmentResult(result)).toContain(line);
  expect(toMarkdown(result)).toContain(line);
  expect(formatAssessmentResult(result)).toContain('fixed: high sql-injection src/db.js:2: Input reaches the query');
  const { results } = JSON.parse(toSarif(result)).runs[0];
  expect(results.map(({ baselineState }: { baselineState: string }) => baselineState)).toEqual(['unchanged', 'new']);
});

test('an attempt at the same place that did not mend it is still there', async () => {
  const { repository, again } = await work();
  await repository.write({ 'src/db.js': SOURCE.replace('= " + id', '= " + String(id)') });
  expect(told(await again(both))).toEqual(['still_there src/db.js:2', 'still_there src/db.js:7']);
});

test('what nobody found again on lines that stand as they were is not said to be fixed', async () => {
  const { repository, again } = await work();
  await repository.write({ 'src/db.js': `// Users.\n${SOURCE}` });
  expect(told(await again(() => []))).toEqual(['not_found_again src/db.js:2', 'not_found_again src/db.js:7']);
});

test('a deleted file, and a change that was taken back, are fixed', async () => {
  const { repository, again } = await work();
  await repository.add('Something else', { 'a.txt': 'a\n' });
  await repository.git('rm', '-q', 'src/db.js');
  expect(told(await again(() => []))).toEqual(['fixed src/db.js:2', 'fixed src/db.js:7']);
});

test.each([
  ['excluded', { exclude: ['src/**'] }],
  ['shown by its changes alone', { maxFileChars: 330 }],
])('a file that is %s is not judged', async (_, options) => {
  const { repository, again, worker } = await work();
  repository.point('main');
  await repository.add('More', { 'src/db.js': `${SOURCE}${'//\n'.repeat(60)}`, 'a.txt': 'a\n' });
  repository.point('main');
  await repository.write({ 'src/db.js': `${SOURCE}${'//\n'.repeat(60)}end();\n`, 'a.txt': 'b\n' });
  const previous = await judgedByHand(worker, both);
  expect(told(await again(() => [], { ...options, previous }))).toEqual([
    'not_judged src/db.js:2',
    'not_judged src/db.js:7',
  ]);
});

test('with another base a file that is no more in the work is not said to be fixed: it may have been merged', async () => {
  const { repository, again } = await work();
  repository.point('main');
  await repository.add('Something else', { 'a.txt': 'a\n' });
  expect(told(await again(() => []))).toEqual(['not_judged src/db.js:2', 'not_judged src/db.js:7']);
});

test('no verdict depends on the assessment before', async () => {
  const { again } = await work();
  for (const judge of [both, () => [], (texts: Texts) => [at(texts, 'select *')]]) {
    const [beside, alone] = [await again(judge), await again(judge, { previous: undefined })];
    expect([beside.verdict, beside.reason]).toEqual([alone.verdict, alone.reason]);
  }
});
