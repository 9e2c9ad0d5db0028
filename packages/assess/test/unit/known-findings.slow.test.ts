import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { BaselineFinding } from '../../src/api/baseline.ts';
import { parseBaseline, pruneBaseline, toBaseline } from '../../src/baseline.ts';
import type { JudgeFinding } from '../../src/findings/judge-finding.ts';
import { judgedByHand, planted } from '../support/judged-by-hand.ts';
import { PROJECT, realSources } from '../support/real-sources.ts';
import { Repository } from '../support/repository.ts';

// A baseline that knows its findings again, in real repositories with history, and what it must not take for known.

const SOURCE = `export function find(id) {
  const rows = db.query("select * from users where id = " + id);
  return rows[0];
}

export function erase(name) {
  const table = nameOf(name);
  db.run("delete from " + table + " where name = '" + name + "'");
  audit(name);
}
`;
const FIND = 'select * from users';
const ERASE = 'delete from';

type Texts = ReadonlyMap<string, readonly string[]>;
const finds = (texts: Texts, file = 'src/db.js') => [planted(texts, file, FIND)];
const both = (texts: Texts, file = 'src/db.js') => [...finds(texts, file), planted(texts, file, ERASE)];

/** What is known of that work: equal files are equal commits. */
let known: Promise<BaselineFinding[]> | undefined;

/** A repository whose main has nothing to say of, and a branch `work` with two injections, checked out. */
async function work() {
  const repository = await Repository.create({ 'README.md': 'Users.\n' }, { work: { 'src/db.js': SOURCE } }, 'work');
  const worker = { id: 'work', worktree: repository.path, base: 'main' };
  known ??= judgedByHand(worker, both).then((result) => toBaseline(result).findings);
  return { repository, worker, baseline: await known };
}

test('of 72 findings, 3 in 10 of them quoted otherwise and named otherwise, every one is known, and no run fails', async () => {
  const random = randomOf(7);
  const names = (await realSources()).slice(0, 8);
  const sources = await Promise.all(names.map((name) => readFile(`${PROJECT}/${name}`, 'utf8')));
  const files = names.map((_, at) => `src/f${at}.ts`);
  const at = (index: number) => `const rows${index} = db.query("select " + input${index});`;
  const withFault = (text: string, index: number) => {
    const lines = text.split('\n');
    lines.splice(100 + 11 * index, 0, at(index));
    return lines.join('\n');
  };
  const planting = Object.fromEntries(files.map((file, index) => [file, withFault(sources[index] ?? '', index)]));
  const repository = await Repository.create({ 'README.md': 'Real sources.\n' }, { work: planting }, 'work');
  const worker = { id: 'work', worktree: repository.path, base: 'main' };
  const judge = (vary: boolean) => (texts: Texts) =>
    files.map((file, index): JudgeFinding => {
      const name = texts.has(file) ? file : file.replace('src/', 'lib/');
      const isOther = vary && random() < 0.3;
      const extent = isOther ? { before: Math.floor(random() * 3), after: Math.floor(random() * 3) } : {};
      const rule = vary && random() < 0.3 ? 'unbound-query-input' : 'sql-injection';
      const finding = planted(texts, name, at(index), { rule }, extent);
      return isOther && random() < 0.3
        ? { ...planted(texts, name, at(index), { rule }), quote: 'db.query("select "' }
        : finding;
    });
  const { findings: baseline } = parseBaseline(JSON.stringify(toBaseline(await judgedByHand(worker, judge(false)))));
  expect(baseline).toHaveLength(8);

  let count = 0;
  const verdicts: string[] = [];
  for (let run = 0; run < 9; run++) {
    // Each run is of work that went on: lines move, and in the fifth the folder does.
    if (run === 4) await repository.git('mv', 'src', 'lib');
    const moved = `${'// above\n'.repeat(run + 1)}${planting['src/f1.ts']}`;
    await repository.add(`Step ${run}`, { [run < 4 ? 'src/f1.ts' : 'lib/f1.ts']: moved });
    const result = await judgedByHand(worker, judge(true), { gate: { baseline } });
    count += result.workers[0]?.findings.filter((finding) => finding.known).length ?? 0;
    verdicts.push(result.verdict);
  }
  expect({ count, verdicts: [...new Set(verdicts)] }).toEqual({ count: 72, verdicts: ['pass'] });
});

test('lines that moved, and a file that was renamed in a commit or on disk alone, are known', async () => {
  const { repository, worker, baseline } = await work();
  await repository.add('Above', { 'src/db.js': `import db from 'db';\n\n\n${SOURCE}` });
  expect(await judgedByHand(worker, both, { gate: { baseline } })).toMatchObject({ verdict: 'pass' });
  await repository.git('mv', 'src/db.js', 'src/users.js');
  const moved = (texts: Texts) => both(texts, 'src/users.js');
  const result = await judgedByHand(worker, moved, { gate: { baseline } });
  expect(result).toMatchObject({ verdict: 'pass' });
  await repository.add('Rename', {});
  expect(await judgedByHand(worker, moved, { gate: { baseline } })).toMatchObject({ verdict: 'pass' });
  const renamed = toBaseline(result, { version: 2, findings: baseline });
  expect(renamed.findings.map(({ file }) => file)).toEqual(['src/users.js', 'src/users.js']);
});

test('a rename that came in with the base is followed from the commit of the baseline', async () => {
  const { repository, worker, baseline } = await work();
  await repository.begin('main');
  await repository.git('mv', 'src/db.js', 'src/users.js');
  await repository.add('Rename', {});
  await repository.begin('work');
  await repository.add('Go on', { 'src/users.js': `${SOURCE}\nexport const more = 1;\n` });
  const moved = (texts: Texts) => both(texts, 'src/users.js');
  const all = { baseline, scope: 'all' } as const;
  expect(await judgedByHand(worker, moved, { gate: all })).toMatchObject({ verdict: 'pass' });
  const elsewhere = baseline.map((entry) => ({ ...entry, commit: 'f'.repeat(40) }));
  expect(await judgedByHand(worker, moved, { gate: { ...all, baseline: elsewhere } })).toMatchObject({
    verdict: 'fail',
  });
});

test.each<[string, (text: string) => string, (texts: Texts) => JudgeFinding[]]>([
  [
    'a line that the work put beside a known one',
    (text) =>
      text.replace('  return rows[0];', '  db.query("select * from keys where id = " + id);\n  return rows[0];'),
    (texts) => [planted(texts, 'src/db.js', 'select * from keys')],
  ],
  [
    'a known line quoted together with a new one',
    (text) =>
      text.replace('  return rows[0];', '  db.query("select * from keys where id = " + id);\n  return rows[0];'),
    (texts) => [planted(texts, 'src/db.js', FIND, {}, { after: 1 })],
  ],
  [
    'a known line that the work changed',
    (text) => text.replace('where id = " + id', 'where key = " + key'),
    (texts) => [planted(texts, 'src/db.js', FIND)],
  ],
  [
    'another fault on a known line',
    (text) => text,
    (texts) => [planted(texts, 'src/db.js', FIND, { rule: 'hardcoded-password', message: 'A password stands here.' })],
  ],
  [
    'a second fault of the same kind, which nobody saw before',
    (text) => `${text}\nexport const third = (id) => db.query("select * from third where id = " + id);\n`,
    (texts) => [...both(texts), planted(texts, 'src/db.js', 'select * from third')],
  ],
])('not known: %s', async (_, change, judge) => {
  const { repository, worker, baseline } = await work();
  await repository.write({ 'src/db.js': change(SOURCE) });
  const result = await judgedByHand(worker, judge, { gate: { baseline } });
  expect(result.verdict).toBe('fail');
  expect(result.workers[0]?.findings.filter(({ gating }) => gating)).toHaveLength(1);
});

test('of two copies in a file the one that stands where it stood is known, also when the other is above it', async () => {
  const { repository, worker, baseline } = await work();
  const [copied = ''] = SOURCE.split('\n').filter((line) => line.includes(FIND));
  await repository.write({ 'src/db.js': `export function copy(id) {\n${copied}\n  use(rows);\n}\n\n${SOURCE}` });
  const twice = (texts: Texts) => {
    const lines = texts.get('src/db.js') ?? [];
    return [1, lines.lastIndexOf(copied)].map((at) => ({
      ...planted(texts, 'src/db.js', FIND),
      startLine: at + 1,
      endLine: at + 1,
    }));
  };
  const { workers } = await judgedByHand(worker, twice, { gate: { baseline } });
  expect(workers[0]?.findings.map(({ startLine, known, gating }) => [startLine, known, gating])).toEqual([
    [2, false, true],
    [7, true, false],
  ]);
});

test('the copy of a file is not the file', async () => {
  const { repository, worker, baseline } = await work();
  await repository.write({ 'src/copy.js': SOURCE });
  const judge = (texts: Texts) => [...both(texts), ...finds(texts, 'src/copy.js')];
  const { verdict, workers } = await judgedByHand(worker, judge, { gate: { baseline } });
  expect(verdict).toBe('fail');
  expect(workers[0]?.findings.filter(({ gating }) => gating).map(({ file }) => file)).toEqual(['src/copy.js']);
});

test('what is worse than it was accepted, and said in other words, is not known', async () => {
  const { worker } = await work();
  const said = 'The customer rows escape into an archive without encryption.';
  const mild = (texts: Texts) => [
    planted(texts, 'src/db.js', FIND, { severity: 'low', rule: 'archival', message: said }),
  ];
  const grave = (texts: Texts) => [
    planted(texts, 'src/db.js', FIND, { severity: 'critical', rule: 'plaintext', message: said }),
  ];
  const { findings: baseline } = toBaseline(await judgedByHand(worker, mild));
  expect(await judgedByHand(worker, mild, { gate: { baseline } })).toMatchObject({ verdict: 'pass' });
  expect(await judgedByHand(worker, grave, { gate: { baseline } })).toMatchObject({ verdict: 'fail' });
});

test('a baseline of the first version is known by its ids, and nothing else', async () => {
  const { repository, worker, baseline } = await work();
  const first = { version: 1, findings: baseline.map(({ id, rule, file }) => ({ id, rule, file })) };
  const { findings } = parseBaseline(JSON.stringify(first));
  expect(await judgedByHand(worker, both, { gate: { baseline: findings } })).toMatchObject({ verdict: 'pass' });
  await repository.git('mv', 'src/db.js', 'src/users.js');
  const moved = (texts: Texts) => both(texts, 'src/users.js');
  expect(await judgedByHand(worker, moved, { gate: { baseline: findings } })).toMatchObject({ verdict: 'fail' });
});

test('pruned is what was looked for and is gone; not what lies in a file of which changes alone were shown, or in other commits', async () => {
  const { worker, baseline, repository } = await work();
  const whole = { version: 2, findings: baseline } as const;
  const prune = async (judge: (texts: Texts) => JudgeFinding[], options = {}) => {
    const { pruned, unjudged } = pruneBaseline(
      whole,
      await judgedByHand(worker, judge, { gate: { baseline }, ...options }),
    );
    return [pruned.findings.length, unjudged.findings.length];
  };
  expect(await prune(both)).toEqual([0, 0]);
  expect(await prune(finds)).toEqual([1, 0]);
  await repository.git('mv', 'src/db.js', 'src/users.js');
  expect(await prune((texts) => finds(texts, 'src/users.js'))).toEqual([1, 0]);
  await repository.git('mv', 'src/users.js', 'src/db.js');
  await repository.begin('main');
  await repository.begin('work');
  await repository.add('A line', { 'src/db.js': `${SOURCE}${'// long\n'.repeat(200)}` });
  await repository.begin('main');
  await repository.begin('work');
  await repository.add('Another', { 'src/db.js': `${SOURCE}${'// long\n'.repeat(200)}const end = 1;\n` });
  expect(await prune(() => [], { maxFileChars: 400 })).toEqual([0, 2]);
  expect(await prune(() => [])).toEqual([2, 0]);

  const said = (texts: Texts) => [
    planted(texts, 'evidence:commits', 'Another', { category: 'git', rule: 'mixed-steps' }),
  ];
  const ofCommits = toBaseline(await judgedByHand(worker, said));
  await repository.add('One more', { 'a.txt': 'a\n' });
  const { unjudged } = pruneBaseline(ofCommits, await judgedByHand(worker, () => []));
  expect(unjudged.findings).toHaveLength(1);
});

/** Numbers from 0 to 1 that are the same in every run of the tests. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}
