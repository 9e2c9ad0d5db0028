import { mkdir, open, symlink, truncate } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import type { AssessOptions, WorkerSpec } from '../../src/api/options.ts';
import { contextOf } from '../../src/judge/context.ts';
import { documentOf, evidenceOf, evidenceUnder, shownLines } from '../support/evidence.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

const SECRET = 'the secret of another folder';

/** A folder to judge, beside one that is none of the judge's business, with links of every kind between them. */
async function folders() {
  const outer = await temporaryFolder();
  const folder = await Repository.at(outer);
  await folder.write({
    'work/a.ts': 'a();\n',
    'work/lib/b.ts': 'b();\n',
    'secret/key': SECRET,
    'secret/deep/er/key': SECRET,
    'work/logs/own.log': 'ok\n',
  });
  const links: Record<string, string> = {
    'link-to-a-file': '../secret/key',
    'link-to-a-folder': '../secret',
    'link-to-all': '/',
    'link-by-a-link': 'link-to-a-file',
    'link-to-a-device': '/dev/zero',
    'link-to-nothing': 'nowhere',
    'lib/link-up': '../../secret/deep',
    'logs/link.log': '../../secret/key',
  };
  for (const [name, target] of Object.entries(links)) await symlink(target, join(outer, 'work', name));
  await symlink('a.ts', join(outer, 'work', 'link-inside'));
  return { outer, cwd: join(outer, 'work'), links: Object.keys(links) };
}

const omittedFor = async (spec: Omit<WorkerSpec, 'id'>, options: AssessOptions, reason: string) =>
  (await evidenceOf(spec, options)).omitted.filter((one) => one.reason === reason).map(({ file }) => file);

test('links that leave the folder judged are not followed, and are listed as omitted', async () => {
  const { cwd, links } = await folders();
  const evidence = await evidenceOf({ files: ['**'] }, { cwd });
  expect(evidence.documents.map(({ name }) => name)).toEqual(['a.ts', 'lib/b.ts', 'link-inside', 'logs/own.log']);
  expect(evidence.omitted.map(({ file, reason }) => [file, reason])).toEqual(
    links.sort().map((link) => [link, 'link']),
  );
  const context = JSON.stringify(await contextOf(evidence));
  expect(context).not.toContain(SECRET);
  // The judge is told that there is something which it does not see.
  expect(context).toContain('link-to-all, not shown: link');
});

test.each([
  ['a link by its name', ['link-to-a-file', 'a.ts']],
  ['a folder through a link', ['link-to-a-folder/*', 'a.ts']],
  ['a file through a link', ['link-to-a-folder/key', 'a.ts']],
  ['a file far through a link', ['link-to-all/etc/passwd', 'a.ts']],
])('a pattern that names %s does not lead out either', async (_, files) => {
  const { cwd } = await folders();
  const { documents, omitted } = await evidenceOf({ files }, { cwd });
  expect(documents.map(({ name }) => name)).toEqual(['a.ts']);
  expect(omitted).toMatchObject([{ reason: 'link' }]);
});

test('followLinks follows the links that leave', async () => {
  const { cwd } = await folders();
  const evidence = await evidenceOf({ files: ['link-to-a-file', 'link-to-a-folder/**'] }, { cwd, followLinks: true });
  expect(evidence.documents.map(({ name }) => name)).toEqual([
    'link-to-a-file',
    'link-to-a-folder/deep/er/key',
    'link-to-a-folder/key',
  ]);
});

test('logs and transcripts that are links out are not followed, and are listed as omitted', async () => {
  const { cwd } = await folders();
  const spec = { files: ['a.ts'], logs: ['logs/*'], outputs: ['link-to-a-fil*', 'a.ts'] };
  const evidence = await evidenceOf(spec, { cwd });
  expect(JSON.stringify(await contextOf(evidence))).not.toContain(SECRET);
  expect(evidence.omitted.map(({ file }) => file)).toEqual(['logs/link.log', 'link-to-a-file']);
});

test('a transcript in outputDir that is a link out is not followed: alone it is no evidence, and that is said', async () => {
  const { outer, cwd } = await folders();
  await mkdir(join(outer, 'outputs'));
  await symlink('../secret/key', join(outer, 'outputs', 'ada.output'));
  const ada = () => evidenceOf('ada', { cwd, outputDir: '../outputs' });
  await expect(ada()).rejects.toMatchObject({
    code: 'no_evidence',
    message: expect.stringContaining('followLinks follows links'),
  });
  const { documents } = await evidenceOf('ada', { cwd, outputDir: '../outputs', followLinks: true });
  expect(documents).toMatchObject([{ lines: [{ text: SECRET }] }]);
});

test('a link in a work tree is shown as a link, committed or not, and what it points to is not read', async () => {
  const { outer } = await folders();
  const repository = await Repository.create();
  await symlink(join(outer, 'secret'), join(repository.path, 'folder'));
  await symlink(join(outer, 'secret/key'), join(repository.path, 'file'));
  for (const committed of [false, true]) {
    if (committed) await repository.commit('Links');
    const evidence = await evidenceOf({ worktree: repository.path, base: committed ? 'HEAD~1' : 'main' });
    expect(shownLines(documentOf(evidence, 'folder'))).toEqual([`+1 ${outer}/secret`]);
    expect(documentOf(evidence, 'file').facts).toEqual(['added', 'symbolic link']);
    expect(JSON.stringify(await contextOf(evidence))).not.toContain(SECRET);
  }
});

test('a folder of the work tree that became a link is not looked behind', async () => {
  const { outer } = await folders();
  const repository = await Repository.create({ 'lib/key': 'old\n' });
  await repository.git('rm', '-q', '-r', 'lib');
  await symlink(join(outer, 'secret'), join(repository.path, 'lib'));
  const evidence = await evidenceOf({ worktree: repository.path, base: 'main' });
  expect(shownLines(documentOf(evidence, 'lib/key'))).toEqual(['- old']);
  expect(JSON.stringify(await contextOf(evidence))).not.toContain(SECRET);
});

/** A pipe that nobody writes to, a socket, and a link to a device that never ends. */
async function specials(cwd: string): Promise<string[]> {
  await execa('mkfifo', [join(cwd, 'pipe')]);
  const server = createServer();
  await new Promise<void>((listening) => server.listen(join(cwd, 'socket'), listening));
  onTestFinished(() => void server.close());
  return ['pipe', 'socket', '/dev/zero'];
}

test('files come by their names, as whole paths outside of the folder, wherever it lies between them', async () => {
  const path = await temporaryFolder();
  await (await Repository.at(path)).write({ 'a/one.ts': 'a();', 'b/own.ts': 'b();', 'c/two.ts': 'c();' });
  const [one, two] = [join(path, 'a/one.ts'), join(path, 'c/two.ts')];
  const evidence = await evidenceOf({ files: ['*.ts', two, one] }, { cwd: join(path, 'b') });
  expect(evidence.documents.map(({ name }) => name)).toEqual([one, two, 'own.ts']);
  const [first, last] = ['a/away', 'c/away'].map((name) => join(path, name));
  for (const name of ['a/away', 'b/own', 'c/away']) await symlink('/dev/zero', join(path, name));
  const files = ['*.ts', 'own', last ?? '', first ?? ''];
  expect(await omittedFor({ files }, { cwd: join(path, 'b') }, 'link')).toEqual([first, last, 'own']);
});

test('pipes, sockets and devices in a folder are omitted, and never opened', async () => {
  const { cwd } = await folders();
  await specials(cwd);
  expect(await omittedFor({ files: ['**'] }, { cwd }, 'special')).toEqual(['pipe', 'socket']);
  expect(await omittedFor({ files: ['a.ts', 'pipe', '/dev/zero'] }, { cwd }, 'special')).toEqual(['/dev/zero', 'pipe']);
  for (const only of await specials(await temporaryFolder())) {
    const error = await evidenceOf({ files: [only] }, { cwd }).catch((reason) => reason);
    expect(error.message).toMatch(/is a (?:pipe|socket|device)|No file matches/);
  }
});

test('a file of the work tree that became a pipe is refused at once', async () => {
  const repository = await Repository.create();
  await repository.git('rm', '-q', 'a.txt');
  await repository.git('reset', '-q');
  await execa('mkfifo', [join(repository.path, 'a.txt')]);
  const error = await evidenceOf({ worktree: repository.path, base: 'main' }).catch((reason) => reason);
  expect(error).toMatchObject({ code: 'evidence_unreadable', message: expect.stringContaining('is a pipe') });
});

test.each([
  ['one file', { maxFileBytes: 1_000_000 }, /big has 4000000000 bytes, more than 1000000\. .*raise maxFileBytes/],
  ['the sum', { maxFileBytes: 9e12, maxBytes: 100 }, /more than 100 bytes in all\. .*raise maxBytes/],
  ['the number', { maxFileBytes: 9e12, maxBytes: 9e12, maxFiles: 1 }, /more than 1 file\. .*raise maxFiles/],
])('files are measured before they are read, and %s is bounded', async (_, bounds, message) => {
  const cwd = await temporaryFolder();
  await (await Repository.at(cwd)).write({ '0': 'x' });
  // Sparse: it holds nothing, and reading it would take all the memory there is.
  await (await open(join(cwd, 'big'), 'w')).close();
  await truncate(join(cwd, 'big'), 4_000_000_000);
  await expect(evidenceOf({ files: ['*'] }, { cwd, ...bounds })).rejects.toMatchObject({
    code: 'evidence_too_large',
    message: expect.stringMatching(message),
  });
});

test('blobs and files of a work tree keep the same bounds', async () => {
  const repository = await Repository.create();
  await repository.branch('work', { 'big.txt': 'x'.repeat(2000) });
  const branch = { branch: 'work', repository: repository.path, base: 'main' };
  const tooLarge = { code: 'evidence_too_large', message: expect.stringContaining('big.txt has') };
  await expect(evidenceOf(branch, { maxFileBytes: 1000 })).rejects.toMatchObject(tooLarge);
  await repository.write({ 'big.txt': '' });
  await truncate(join(repository.path, 'big.txt'), 4_000_000_000);
  await expect(evidenceOf({ worktree: repository.path, base: 'main' })).rejects.toMatchObject(tooLarge);
  const excluded = await evidenceOf({ worktree: repository.path, base: 'main' }, { exclude: ['big.txt'] });
  expect(excluded.nothingToJudge).toContain('big.txt (excluded by the options)');
});

test('an abort ends the collection, whatever it collects', async () => {
  const { cwd } = await folders();
  const repository = await Repository.create();
  await repository.branch('work', { 'a.txt': 'changed\n' });
  const specs = [{ files: ['**'] }, { branch: 'work', base: 'main' }, { worktree: repository.path, base: 'main' }];
  for (const spec of specs) {
    const options = { cwd: 'files' in spec ? cwd : repository.path };
    const aborted = evidenceUnder(AbortSignal.abort(new Error('enough')), { id: 'x', ...spec }, options);
    await expect(aborted).rejects.toThrow('enough');
  }
});
