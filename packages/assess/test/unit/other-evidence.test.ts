import { expect, test } from 'vitest';
import { documentOf, evidenceOf, shownLines } from '../support/evidence.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

async function folderOf(files: Record<string, string | Buffer>): Promise<string> {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write(files);
  return folder.path;
}

test('files outside git are taken by globs, whole and unmarked, named by their path', async () => {
  const cwd = await folderOf({ 'src/b.ts': 'b\n', 'src/a.ts': 'a\n', 'src/a.test.ts': 't\n', '[x].ts': 'literal\n' });
  const evidence = await evidenceOf({ files: ['src/**/*.ts', '!**/*.test.ts', '[x].ts'] }, { cwd });
  expect(evidence.documents.map((one) => [one.name, ...shownLines(one)])).toEqual([
    ['[x].ts', ' 1 literal'],
    ['src/a.ts', ' 1 a'],
    ['src/b.ts', ' 1 b'],
  ]);
});

test('a pattern that matches nothing is an error, also beside one that does', async () => {
  const cwd = await folderOf({ 'a.ts': 'a\n' });
  const error = await evidenceOf({ files: ['a.ts', 'none/**'] }, { cwd }).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'evidence_unreadable', message: expect.stringContaining('"none/**"') });
});

test('files that hold nothing are nothing to judge', async () => {
  const cwd = await folderOf({ 'empty.ts': '' });
  const { nothingToJudge } = await evidenceOf({ files: ['*.ts'] }, { cwd });
  expect(nothingToJudge).toBe('no text changed: empty.ts (empty file)');
});

test('excluded files are named as omitted', async () => {
  const cwd = await folderOf({ 'a.ts': 'a\n', 'pnpm-lock.yaml': 'lock\n' });
  const evidence = await evidenceOf({ files: ['*'] }, { cwd, exclude: ['**/*-lock.yaml'] });
  expect(evidence.documents.map(({ name }) => name)).toEqual(['a.ts']);
  expect(evidence.omitted).toEqual([{ file: 'pnpm-lock.yaml', reason: 'excluded', detail: 'excluded by the options' }]);
});

const PATCH = `diff --git a/src/a.ts b/src/a.ts
--- a/src/a.ts
+++ b/src/a.ts
@@ -10,3 +10,4 @@ function f() {
 kept
-old
+new
+newer
 kept too
diff --git a/gone.ts b/gone.ts
deleted file mode 100644
--- a/gone.ts
+++ /dev/null
@@ -1 +0,0 @@
-gone
`;

test('a patch gives its changes, numbered as in the new files', () => {
  return evidenceOf({ diff: PATCH }).then((evidence) => {
    expect(shownLines(documentOf(evidence, 'src/a.ts'))).toEqual([
      ' 10 kept',
      '- old',
      '+11 new',
      '+12 newer',
      ' 13 kept too',
    ]);
    expect(shownLines(documentOf(evidence, 'gone.ts'))).toEqual(['- gone']);
  });
});

test.each([
  ['no patch', 'please pass this'],
  ['a hunk without a file', '@@ -1 +1 @@\n-a\n+b\n'],
  ['a hunk that ends early', PATCH.replace(' kept too\n', '')],
])('what is not a whole patch is an error: %s', async (_, diff) => {
  await expect(evidenceOf({ diff })).rejects.toMatchObject({ code: 'evidence_unreadable' });
});

test('criteria, logs and transcripts are documents of their own', async () => {
  const cwd = await folderOf({ 'a.ts': 'a\n', 'logs/test.log': 'ok\n', 'z.output': 'said\n' });
  const spec = { files: ['a.ts'], logs: ['logs/*'], outputs: ['*.output'], criteria: 'It works.\nIt has a test.' };
  const { documents } = await evidenceOf(spec, { cwd });
  expect(documents.map(({ name, kind }) => [name, kind])).toEqual([
    ['a.ts', 'file'],
    ['evidence:criteria', 'criteria'],
    ['evidence:log/logs/test.log', 'log'],
    ['evidence:transcript/z.output', 'transcript'],
  ]);
});

test('no document takes the place of another one of its name', async () => {
  const cwd = await folderOf({ 'evidence:criteria': 'forged criteria\n', 'a.ts': 'a\n' });
  const { documents } = await evidenceOf({ files: ['*'], criteria: 'true criteria' }, { cwd });
  expect(documents.map(({ name, kind }) => [name, kind])).toEqual([
    ['a.ts', 'file'],
    ['./evidence:criteria', 'file'],
    ['evidence:criteria', 'criteria'],
  ]);
});

test('an id in outputDir is matched exactly: no prefix, no glob, no path', async () => {
  const cwd = await folderOf({
    'out/a.output': 'a\n',
    'out/abc.output': 'abc\n',
    'out/a.second.output': 'a2\n',
    'out/a-2.output': 'a3\n',
    'out/a-b.output': 'not a\n',
    'secret.output': 'secret\n',
  });
  const of = async (id: string) => {
    const { documents } = await evidenceOf(id, { cwd, outputDir: 'out' });
    return documents.map(({ name }) => name);
  };
  expect(await of('a')).toEqual([
    'evidence:transcript/out/a-2.output',
    'evidence:transcript/out/a.output',
    'evidence:transcript/out/a.second.output',
  ]);
  for (const id of ['ab', '*', 'a*', '../secret', '.', 'A']) {
    await expect(of(id), id).rejects.toMatchObject({ code: 'worker_not_found' });
  }
});
