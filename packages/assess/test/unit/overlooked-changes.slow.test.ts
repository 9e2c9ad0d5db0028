import { chmod, mkdir, readFile, rm, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentOf, evidenceOf, shownLines } from '../support/evidence.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// What git looks away from, or was told to, is evidence or listed all the same.

const LFS = (content: string) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${content.repeat(64)}\nsize 1234567\n`;

const at = (repository: Repository, name: string) => join(repository.path, name);
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

const HIDDEN = ['changed', 'gone', 'mode'];

/** How git is told to look away from changes of these files on disk. */
const HIDING: Record<string, (repository: Repository) => Promise<unknown>> = {
  '--assume-unchanged': (r) => r.git('update-index', '--assume-unchanged', ...HIDDEN),
  '--skip-worktree': (r) => r.git('update-index', '--skip-worktree', ...HIDDEN),
  'core.fileMode and core.trustctime': async (r) => {
    await r.git('config', 'core.fileMode', 'false');
    await r.git('config', 'core.trustctime', 'false');
  },
  'an untracked cache and core.ignoreCase': async (r) => {
    await r.git('config', 'core.ignoreCase', 'true');
    await r.git('update-index', '--force-untracked-cache');
  },
  '.git/info/attributes': (r) => r.write({ '.git/info/attributes': '* binary -diff\n' }),
  'a grafted history': async (r) => r.write({ '.git/info/grafts': `${await r.git('rev-parse', 'HEAD')}\n` }),
};

test.each(Object.entries(HIDING))('a change that git was told to overlook is seen anyway: %s', async (_, hide) => {
  const good = Object.fromEntries(HIDDEN.map((name) => [name, `good ${name}();\n`]));
  const repository = await Repository.create({ ...good, 'run.sh': 'run\n' });
  await chmod(at(repository, 'run.sh'), 0o755);
  await repository.commit('An executable file');
  await repository.begin('work');
  await repository.add('Work', { 'b.txt': 'b\n' });
  await hide(repository);
  await repository.write({ changed: 'evil();\n' });
  await unlink(at(repository, 'gone'));
  await chmod(at(repository, 'mode'), 0o755);
  const evidence = await evidenceOf({ worktree: repository.path, base: 'main' });
  expect(shownLines(documentOf(evidence, 'changed'))).toEqual(['- good changed();', '+1 evil();']);
  expect(shownLines(documentOf(evidence, 'gone'))).toEqual(['- good gone();']);
  expect(documentOf(evidence, 'mode').facts).toContain('mode 100644 to 100755');
});

test('an index that lies about the file on disk hides nothing', async () => {
  const repository = await Repository.create({ f: 'good();\n' });
  await repository.begin('work');
  await repository.write({ f: 'evil();\n' });
  // Older than the index: else git looks again.
  await utimes(at(repository, 'f'), 1, 1);
  await repository.git('add', 'f');
  const [good, evil] = [await repository.git('rev-parse', 'main:f'), await repository.git('rev-parse', ':f')];
  // The stat of the evil file, with the id of the good one.
  const index = await readFile(at(repository, '.git/index'));
  const place = index.indexOf(Buffer.from(evil, 'hex'));
  Buffer.from(good, 'hex').copy(index, place);
  const { createHash } = await import('node:crypto');
  createHash('sha1')
    .update(index.subarray(0, -20))
    .digest()
    .copy(index, index.length - 20);
  await writeFile(at(repository, '.git/index'), index);
  expect(await repository.git('status', '--porcelain')).toBe('');
  const evidence = await evidenceOf({ worktree: repository.path, base: 'main' });
  expect(shownLines(documentOf(evidence, 'f'))).toEqual(['- good();', '+1 evil();']);
});

test('replaced objects are not what is judged', async () => {
  const repository = await Repository.create({ f: 'old();\n' });
  await repository.branch('work', { f: 'evil();\n' });
  const innocent = await repository.add('Innocent', { f: 'innocent();\n' });
  await repository.git(
    'replace',
    await repository.git('rev-parse', 'work:f'),
    await repository.git('rev-parse', 'main:f'),
  );
  const spec = { branch: 'work', base: `${innocent}~1`, repository: repository.path };
  expect(shownLines(documentOf(await evidenceOf(spec), 'f'))).toEqual(['- old();', '+1 evil();']);
});

test('an object that was put in the place of another one is refused', async () => {
  const repository = await Repository.createAt(await temporaryFolder(), { f: 'old();\n' });
  await repository.begin('work');
  await repository.add('Work', { f: 'evil();\n' });
  await repository.write({ g: 'good();\n' });
  const [evil, good] = [await repository.git('rev-parse', 'work:f'), await repository.git('hash-object', '-w', 'g')];
  const object = (id: string) => at(repository, `.git/objects/${id.slice(0, 2)}/${id.slice(2)}`);
  await chmod(object(evil), 0o644);
  await writeFile(object(evil), await readFile(object(good)));
  const error = await evidenceOf({ branch: 'work', base: 'main', repository: repository.path }).catch(
    (reason) => reason,
  );
  expect(error).toMatchObject({ code: 'evidence_unreadable', message: expect.stringContaining(evil) });
});

test('LFS pointers are told and listed: the content was not read', async () => {
  const repository = await Repository.create({ f: LFS('a'), 'a.txt': 'a\n' });
  await repository.branch('work', { f: LFS('b'), 'a.txt': 'b\n' });
  const evidence = await evidenceOf({ branch: 'work', base: 'main', repository: repository.path });
  expect(evidence.omitted).toMatchObject([{ file: 'f', reason: 'lfs' }]);
  expect(shownLines(documentOf(evidence, 'f'))).toEqual([
    `- (Git LFS pointer to 1234567 bytes, sha256 ${'a'.repeat(64)})`,
    `+1 (Git LFS pointer to 1234567 bytes, sha256 ${'b'.repeat(64)})`,
  ]);
  expect(documentOf(evidence, 'f').isOpaque).toBe(true);
  await repository.git('checkout', '-q', 'work');
  const files = await evidenceOf({ files: ['f', 'a.txt'] }, { cwd: repository.path });
  expect(files.omitted).toMatchObject([{ file: 'f', reason: 'lfs' }]);
});

test('a checked out LFS file is compared with its pointer; of another filter it is said that nobody can tell', async () => {
  const { createHash } = await import('node:crypto');
  const content = 'large content\n';
  const sha256 = createHash('sha256').update(content).digest('hex');
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${content.length}\n`;
  const repository = await Repository.create({ same: pointer, other: pointer, secret: 'encrypted\n', 'a.txt': 'a\n' });
  const attributes = 'same filter=lfs\nother filter=lfs\nsecret filter=crypt\n';
  await repository.commit('Attributes', { '.gitattributes': attributes });
  await repository.write({ same: content, other: 'changed\n', secret: 'plain\n', 'a.txt': 'b\n' });
  // As after a checkout by the filters: git has no reason to look again.
  for (const name of ['same', 'secret', 'other']) await repository.git('update-index', '--assume-unchanged', name);
  const evidence = await evidenceOf({ worktree: repository.path, base: 'main' });
  expect(evidence.documents.filter(({ kind }) => kind === 'file').map(({ name }) => name)).toEqual(['a.txt', 'other']);
  expect(evidence.omitted).toMatchObject([
    { file: 'other', reason: 'lfs' },
    { file: 'secret', reason: 'filtered' },
  ]);
});

const TEXT = 'one\ntwo\n';
const CRLF = Buffer.from('one\r\ntwo\r\n');

/** Attributes by which git keeps a file as something else than its bytes, and what it keeps of them. */
const CONVERTED: Record<string, { attributes: string; disk?: Buffer; kept?: string }> = {
  auto: { attributes: 'text=auto' },
  text: { attributes: 'text eol=crlf' },
  eol: { attributes: 'eol=crlf' },
  crlf: { attributes: 'crlf' },
  ident: { attributes: 'ident', disk: Buffer.from('$Id: 12 $\n'), kept: '$Id$\n' },
  encoding: { attributes: 'working-tree-encoding=UTF-16LE-BOM', disk: utf16(TEXT) },
};

test('a file that git keeps as it was did not change, whatever its bytes; by autocrlf one without attributes', async () => {
  const all = Object.entries(CONVERTED);
  const attributes = all.map(([name, one]) => `${name} ${one.attributes}\n`).join('');
  const kept = Object.fromEntries(all.map(([name, one]) => [name, one.kept ?? TEXT]));
  const repository = await Repository.create({ ...kept, plain: TEXT, 'w.txt': 'w\n', '.gitattributes': attributes });
  const disk = Object.fromEntries(all.map(([name, one]) => [name, one.disk ?? CRLF]));
  await repository.write({ ...disk, plain: CRLF, 'w.txt': 'changed\n' });
  const changed = async () =>
    (await evidenceOf({ worktree: repository.path, base: 'main' })).documents.map(({ name }) => name).sort();
  expect(await changed()).toEqual(['plain', 'w.txt']);
  for (const value of ['true', 'input']) {
    await repository.git('config', 'core.autocrlf', value);
    expect(await changed()).toEqual(['w.txt']);
  }
  const other = Object.fromEntries(Object.entries(disk).map(([name, bytes]) => [name, Buffer.concat([bytes, bytes])]));
  await repository.write(other);
  expect(await changed()).toEqual([...Object.keys(CONVERTED), 'w.txt'].sort());
});

test('a sparse checkout is judged as committed, and said; what is there is looked at', async () => {
  const repository = await Repository.create({ 'in/f': 'f\n', 'out/g': 'g\n', 'out/h': 'h\n' });
  // It takes away what git knows is as committed.
  await repository.git('update-index', '-q', '--refresh');
  await repository.git('sparse-checkout', 'set', 'in');
  await repository.write({ 'in/f': 'changed\n', 'out/h': 'there, and changed\n' });
  const evidence = await evidenceOf({ worktree: repository.path, base: 'main' });
  expect(evidence.documents.map(({ name }) => name)).toEqual(['in/f', 'out/h']);
  expect(evidence.omitted).toEqual([
    { file: '.', reason: 'not_checked_out', detail: '1 file of a sparse checkout, taken as committed' },
  ]);
});

test('nested repositories are listed, with and without a commit', async () => {
  const repository = await Repository.create();
  for (const name of ['bare-of-commits', 'with-a-commit']) {
    await mkdir(at(repository, name));
    const nested = await Repository.at(at(repository, name));
    await nested.git('init', '-q', '-b', 'main');
    await nested.write({ 'hidden.ts': 'hidden();\n' });
    if (name === 'with-a-commit') await nested.commit('Hidden');
  }
  await repository.write({ 'a.txt': 'changed\n' });
  const evidence = await evidenceOf({ worktree: repository.path, base: 'main' });
  expect(evidence.omitted.map(({ file, reason }) => [file, reason])).toEqual([
    ['bare-of-commits/', 'nested_repository'],
    ['with-a-commit/', 'nested_repository'],
  ]);
});

test('what is not committed inside a submodule is listed, also where git is told to ignore it', async () => {
  const library = await Repository.create();
  const repository = await Repository.create();
  await repository.git('submodule', '--quiet', 'add', library.path, 'library');
  await repository.commit('Add the library');
  await repository.git('config', 'submodule.library.ignore', 'all');
  await repository.begin('work');
  await repository.write({ 'library/a.txt': 'changed\n', 'library/new.ts': 'new();\n', 'a.txt': 'changed\n' });
  const dirty = await evidenceOf({ worktree: repository.path, base: 'main' });
  const detail = '2 files in it are not committed there, and not judged';
  expect(dirty.omitted).toEqual([{ file: 'library', reason: 'submodule', detail }]);
  await (await Repository.at(at(repository, 'library'))).commit('Moved');
  await repository.git('update-index', '--assume-unchanged', 'library');
  const moved = await evidenceOf({ worktree: repository.path, base: 'main' });
  expect(shownLines(documentOf(moved, 'library'))).toHaveLength(2);
});

test('files where a submodule should be are listed', async () => {
  const library = await Repository.create();
  const repository = await Repository.create();
  await repository.git('submodule', '--quiet', 'add', library.path, 'library');
  await repository.commit('Add the library');
  await rm(at(repository, 'library'), { recursive: true });
  await repository.write({ 'library/evil.ts': 'evil();\n', 'a.txt': 'changed\n' });
  const { omitted, documents } = await evidenceOf({ worktree: repository.path, base: 'main' });
  const listed = [...omitted.map(({ file }) => file), ...documents.map(({ name }) => name)];
  expect(listed.some((name) => name.startsWith('library'))).toBe(true);
});

test('a rename from or to what is excluded is judged by its other side', async () => {
  const text = 'a line of some length\nand another one\n';
  const repository = await Repository.create({ 'src/auth.ts': text, 'vendor/b.ts': `${text}b\n` });
  await repository.begin('work');
  await repository.git('mv', 'src/auth.ts', 'vendor/auth.ts');
  await repository.git('mv', 'vendor/b.ts', 'src/b.ts');
  await repository.commit('Moved');
  const spec = { branch: 'work', base: 'main', repository: repository.path };
  const evidence = await evidenceOf(spec, { exclude: ['vendor/**'] });
  expect(documentOf(evidence, 'src/auth.ts').facts).toEqual(['deleted']);
  expect(documentOf(evidence, 'src/b.ts').facts).toEqual(['added']);
  expect(evidence.omitted.map(({ file }) => file).sort()).toEqual(['vendor/auth.ts', 'vendor/b.ts']);
});

test('what the caller writes is no work: untracked files and globs; what git knows is work, whoever wrote it', async () => {
  const repository = await Repository.create({ 'rlm-baseline.json': '{}\n', 'a.txt': 'a\n' });
  await repository.write({
    'rlm.sarif': '{}\n',
    'logs/run.jsonl': '{}\n',
    'rlm-baseline.json': '[]\n',
    'a.txt': 'b\n',
  });
  const options = { cwd: repository.path, notWork: ['rlm.sarif', 'logs', 'rlm-baseline.json'] };
  const names = ({ documents }: { documents: readonly { name: string }[] }) => documents.map(({ name }) => name);
  const worktree = await evidenceOf({ worktree: '.', base: 'main' }, options);
  expect(names(worktree)).toEqual(['a.txt', 'rlm-baseline.json']);
  expect(worktree.omitted.map(({ file, reason }) => [file, reason])).toEqual([
    ['logs/run.jsonl', 'not_work'],
    ['rlm.sarif', 'not_work'],
  ]);
  const files = await evidenceOf({ files: ['**', '!.git/**'] }, options);
  expect(names(files)).toEqual(['a.txt']);
  expect(files.omitted).toHaveLength(3);
});

test('a patch in which a file has no lines lists it', async () => {
  const folder = await temporaryFolder();
  const repository = await Repository.create({ 'old.txt': 'a line\n', 'run.sh': 'run\n', 'gone.txt': '' });
  await repository.git('mv', 'old.txt', 'new.txt');
  await chmod(at(repository, 'run.sh'), 0o755);
  await unlink(at(repository, 'gone.txt'));
  await repository.write({ 'empty.txt': '', 'image.png': Buffer.from([0, 1, 2, 255]), 'a.txt': 'a\n' });
  await repository.git('add', '-A');
  const diff = `${await repository.git('diff', '--cached', '-M')}\n`;
  const { documents, omitted } = await evidenceOf({ diff }, { cwd: folder });
  expect(documents.map(({ name }) => name)).toEqual(['a.txt']);
  const said = Object.fromEntries(omitted.map(({ file, detail }) => [file, detail]));
  expect(said).toEqual({
    'empty.txt': 'the patch shows no lines of it, renamed, from "gone.txt"',
    'image.png': 'the patch shows no lines of it, added',
    'new.txt': 'the patch shows no lines of it, renamed, from "old.txt"',
    'run.sh': 'the patch shows no lines of it, mode 100644 to 100755',
  });
});
