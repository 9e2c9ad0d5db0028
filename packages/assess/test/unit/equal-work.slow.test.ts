import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { WorkerSpec } from '../../src/index.ts';
import { contextOf } from '../../src/judge/context.ts';
import { judgementKey, workKey } from '../../src/judge/judgement-key.ts';
import { documentOf, evidenceOf, shownLines } from '../support/evidence.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// What a judge is shown of the same work is the same, wherever and however often it was committed.

const shown = async (spec: Omit<WorkerSpec, 'id'>) => await contextOf(await evidenceOf({ base: 'main', ...spec }));

async function work(): Promise<Repository> {
  const repository = await Repository.create({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  await repository.begin('work');
  await repository.add('First', { 'a.txt': 'changed\n' });
  await repository.add('Second', { 'new.txt': 'new\n' });
  return repository;
}

/** Main goes on elsewhere; the branch of the work stays checked out. */
async function mainMoves(repository: Repository): Promise<void> {
  await repository.git('checkout', '-q', 'main');
  await repository.add('Elsewhere', { 'elsewhere.txt': 'main\n' });
  await repository.git('checkout', '-q', 'work');
}

test.each<[what: string, change: (repository: Repository) => Promise<unknown>]>([
  [
    'amended at another time',
    (one) => one.git('commit', '-q', '--amend', '--no-edit', '--date', '2027-01-01T00:00:00Z'),
  ],
  ['rebased', async (one) => [await mainMoves(one), await one.git('rebase', '-q', 'main')]],
  [
    'with main merged into it',
    async (one) => [await mainMoves(one), await one.git('merge', '-q', 'main', '-m', 'Merge')],
  ],
])('work that is %s shows the judge the same', async (_, change) => {
  const repository = await work();
  const before = await shown({ worktree: repository.path });
  const { head } = repository;
  await change(repository);
  expect(repository.head).not.toBe(head);
  expect(await shown({ worktree: repository.path })).toEqual(before);
  expect(await shown({ branch: 'work', repository: repository.path })).toEqual(before);
});

test('so does another checkout of it, with logs and links of its own machine', async () => {
  const texts: unknown[] = [];
  for (const name of ['one', 'another']) {
    const path = join(await temporaryFolder(), name);
    const logs = await Repository.at(await temporaryFolder());
    await logs.write({ 'test.log': 'passed\n' });
    cpSync((await work()).path, path, { recursive: true });
    texts.push(await shown({ worktree: path, logs: [join(logs.path, '*.log')] }));
  }
  expect(texts[1]).toEqual(texts[0]);
  expect(Object.keys(texts[0] ?? {})).toContain('evidence:log/test.log');
});

test('files that were moved and not changed cost a line each, others are shown', async () => {
  const text = (n: number) => Array.from({ length: 200 }, (_, at) => `line ${at} of file ${n}`).join('\n');
  const names = Array.from({ length: 113 }, (_, n) => `old/${n}.ts`);
  const plain = {
    'old/edited.ts': text(200),
    'old/renamed.txt': text(201),
    'old/Makefile': text(202),
    'docs/ci.yml': text(203),
    'test/fixtures/evil.ts': text(204),
  };
  const repository = await Repository.create({
    ...Object.fromEntries(names.map((name, n) => [name, text(n)])),
    ...plain,
  });
  await repository.begin('work');
  await repository.git('mv', 'old', 'new');
  await repository.git('mv', 'new/renamed.txt', 'new/renamed.sh');
  await repository.git('mv', 'new/Makefile', 'new/notes');
  await repository.write({ '.github/workflows/.keep': '', 'src/.keep': '' });
  await repository.git('mv', 'docs/ci.yml', '.github/workflows/ci.yml');
  await repository.git('mv', 'test/fixtures/evil.ts', 'src/evil.ts');
  await repository.add('Move', { 'new/edited.ts': `${text(200)}\nlast` });
  for (const spec of [{ worktree: repository.path }, { branch: 'work', repository: repository.path }]) {
    const evidence = await evidenceOf({ ...spec, base: 'main' });
    const files = evidence.documents.filter(({ kind }) => kind === 'file').map(({ name }) => name);
    expect(files.filter((name) => !name.endsWith('.keep'))).toEqual([
      '.github/workflows/ci.yml',
      'new/edited.ts',
      'new/notes',
      'new/renamed.sh',
      'src/evil.ts',
    ]);
    const moves = documentOf(evidence, 'evidence:moves');
    expect(moves.lines).toHaveLength(113);
    expect(shownLines(moves)[0]).toBe(' 1 "old/0.ts" to "new/0.ts", text of 3689 characters');
    // The commit names them too: there and here 226 names, and of 113 texts nothing.
    const chars = Object.values(await contextOf(evidence)).join('').length;
    expect(chars).toBeLessThan(8 * text(200).length + 113 * 200);
  }
});

test('names of excluded files are counted, by their folders', async () => {
  const repository = await Repository.create();
  const names = Array.from({ length: 900 }, (_, n) => (n < 700 ? `vendor/deep/in/a/package/${n}.js` : `gen/${n}.ts`));
  await repository.branch('work', { ...Object.fromEntries(names.map((name) => [name, 'x\n'])), 'a.txt': 'one\n' });
  const spec = { branch: 'work', repository: repository.path, base: 'main' };
  const evidence = await evidenceOf(spec, { exclude: ['vendor/**', 'gen/**'] });
  expect(evidence.omitted).toHaveLength(900);
  const overview = (await contextOf(evidence))['evidence:documents'];
  expect(overview).toContain('900 files not shown: excluded by the options, in vendor (700), gen (200)');
  expect(overview?.length).toBeLessThan(500);
});

const ENV = { ANTHROPIC_API_KEY: 'key' };
const by = (judge: object, env: NodeJS.ProcessEnv) =>
  judgementKey('work', { queryVersion: 1, samples: 1, requireCoverage: 1, judge, env });

test('a judgement is kept by who answers, and by no other server', () => {
  const plain = by({}, ENV);
  expect(by({}, { ...ENV, OPENAI_BASE_URL: 'http://127.0.0.1:1', OLLAMA_HOST: 'x', AZURE_OPENAI_ENDPOINT: 'y' })).toBe(
    plain,
  );
  expect(by({ backend: 'anthropic' }, ENV)).toBe(plain);
  expect(by({ baseUrl: 'https://api.anthropic.com' }, ENV)).toBe(plain);
  expect(by({ apiKey: 'other', maxDurationMs: 5, logDir: '/x' }, ENV)).toBe(plain);
  const others = [
    by({}, { ...ENV, ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' }),
    by({ baseUrl: 'http://127.0.0.1:2' }, ENV),
    by({ subBackend: 'openai' }, ENV),
    by({ subBackend: 'openai' }, { ...ENV, OPENAI_BASE_URL: 'http://127.0.0.1:1' }),
    by({}, { OPENAI_API_KEY: 'key' }),
    by({ rootModel: 'opus' }, ENV),
    by({ backend: 'azure_openai' }, {}),
    by({ backend: 'azure_openai' }, { AZURE_OPENAI_DEPLOYMENT: 'other' }),
  ];
  expect(new Set([plain, ...others]).size).toBe(others.length + 1);
  expect(by({ rootModel: () => '' }, ENV)).toBeNull();
});

test('a work is one by all that is shown and asked: a character, a name or a question makes another', async () => {
  const long = 'x'.repeat(2_500_000);
  const keys = [
    { context: { a: long }, query: 'q' },
    { context: { a: `${long}y` }, query: 'q' },
    { context: { a: `${long.slice(1)}y` }, query: 'q' },
    { context: { b: long }, query: 'q' },
    { context: { a: long }, query: 'r' },
    { context: { a: long, b: '' }, query: 'q' },
    { context: { a: '\ud83d' }, query: 'q' },
    { context: { a: '\ud83e' }, query: 'q' },
  ];
  expect(new Set(await Promise.all(keys.map((one) => workKey(one)))).size).toBe(keys.length);
});
