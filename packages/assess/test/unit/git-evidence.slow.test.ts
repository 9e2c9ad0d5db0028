import { appendFile, chmod, readFile, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentOf, evidenceOf, shownLines } from '../support/evidence.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

test('a branch gives whole files with the changes since the merge base in place', async () => {
  const repository = await Repository.create();
  await repository.branch('work', { 'a.txt': 'one\n2\nthree\nfour\n', 'src/new.ts': 'export {};\n' });
  await repository.add('Main moves on', { 'other.txt': 'not of the work\n' });
  const evidence = await evidenceOf({ branch: 'work', repository: repository.path, base: 'main' });
  expect(evidence.documents.map(({ name }) => name)).toEqual(['a.txt', 'src/new.ts', 'evidence:commits']);
  expect(shownLines(documentOf(evidence, 'a.txt'))).toEqual([' 1 one', '- two', '+2 2', ' 3 three', '+4 four']);
  expect(documentOf(evidence, 'src/new.ts').facts).toEqual(['added']);
});

test('commits are told oldest first, with author, message and files', async () => {
  const repository = await Repository.create();
  await repository.begin('work');
  await repository.add('First\n\nWhy it is so.', { 'b.txt': 'b\n' });
  await repository.add('Nothing', {});
  await repository.git('commit', '-q', '--allow-empty', '--allow-empty-message', '-m', '');
  await repository.add('Second', { '\nb.txt': 'odd\n', 'c/d.txt': 'd\n' });
  const evidence = await evidenceOf({ worktree: repository.path, base: 'main' });
  const lines = documentOf(evidence, 'evidence:commits').lines.map(({ text }) => text);
  expect(lines).toEqual([
    'commit 1',
    'author Ada <ada@example.com>',
    'First',
    '',
    'Why it is so.',
    'files:',
    '  b.txt',
    '',
    'commit 2',
    'author Ada <ada@example.com>',
    'Nothing',
    'files:',
    '',
    'commit 3',
    'author Ada <ada@example.com>',
    'files:',
    '',
    'commit 4',
    'author Ada <ada@example.com>',
    'Second',
    'files:',
    '  ⟨U+000A⟩b.txt',
    '  c/d.txt',
    '',
  ]);
  // Whatever the user has git show of a commit.
  await appendFile(join(repository.path, '.git/config'), SHOWN_OTHERWISE);
  await repository.write({ '.git/order': 'c/*\n', '.git/mailmap': 'Eve <eve@example.com> <ada@example.com>\n' });
  await repository.git('notes', 'add', '-m', 'A note');
  const again = await evidenceOf({ worktree: repository.path, base: 'main' });
  expect(documentOf(again, 'evidence:commits').lines.map(({ text }) => text)).toEqual(lines);
});

const SHOWN_OTHERWISE = `
[log]\nmailmap = true\ndecorate = full\nshowRoot = false\nfollow = true\nabbrevCommit = true
[mailmap]\nfile = .git/mailmap
[diff]\norderFile = .git/order\nrelative = true\nrenames = copies\nnoprefix = true
[color]\nui = always
[format]\npretty = oneline
[i18n]\nlogOutputEncoding = UTF-16
[notes]\ndisplayRef = refs/notes/*
`;

test('a worktree gives what is committed, changed, staged and untracked, and nothing that is ignored', async () => {
  const repository = await Repository.create({ 'a.txt': 'a\n', 'b.txt': 'b\n', '.gitignore': 'ignored\n' });
  await repository.begin('work');
  await repository.add('Committed', { 'committed.txt': 'committed\n' });
  await repository.write({ 'staged.txt': 'staged\n' });
  await repository.git('add', 'staged.txt');
  await repository.write({ 'a.txt': 'changed\n', 'untracked.txt': 'untracked\n', ignored: 'ignored\n' });
  await unlink(join(repository.path, 'b.txt'));
  const files = async (uncommitted: boolean) => {
    const { documents } = await evidenceOf({ worktree: repository.path, base: 'main', uncommitted });
    return documents.filter(({ kind }) => kind === 'file').map((one) => [one.name, ...shownLines(one)]);
  };
  expect(await files(true)).toEqual([
    ['a.txt', '- a', '+1 changed'],
    ['b.txt', '- b'],
    ['committed.txt', '+1 committed'],
    ['staged.txt', '+1 staged'],
    ['untracked.txt', '+1 untracked'],
  ]);
  expect(await files(false)).toEqual([['committed.txt', '+1 committed']]);
});

test('collecting leaves index, work tree, HEAD and objects as they were', async () => {
  const repository = await Repository.create();
  await repository.branch('work', { 'a.txt': 'changed\n' });
  await repository.write({ 'a.txt': 'dirty\n', 'new.txt': 'new\n' });
  const state = async () => [
    await readFile(join(repository.path, '.git/index'), 'base64'),
    await readFile(join(repository.path, '.git/HEAD'), 'utf8'),
    await repository.git('count-objects', '-v'),
    await repository.git('for-each-ref'),
    await readFile(join(repository.path, 'a.txt'), 'utf8'),
  ];
  const before = await state();
  await evidenceOf({ worktree: repository.path, base: 'main' });
  await evidenceOf({ branch: 'work', repository: repository.path, base: 'main' });
  expect(await state()).toEqual(before);
});

test('no hook, monitor, filter, external diff, text conversion or check of signatures is run', async () => {
  const repository = await Repository.create({ 'a.txt': 'a\n', '.gitattributes': '*.txt diff=evil filter=evil=er\n' });
  await repository.begin('work');
  await repository.add('Work', { 'b.txt': 'b\n' });
  const signed = `${await repository.git('cat-file', 'commit', 'HEAD')}\n`.replace('\n\n', `\n${SIGNATURE}\n\n`);
  await repository.write({ '.git/signed': signed });
  await repository.git('reset', '-q', await repository.git('hash-object', '-t', 'commit', '-w', '.git/signed'));
  const marker = join(await temporaryFolder(), 'ran');
  const program = join(repository.path, '.git', 'evil');
  await repository.write({ '.git/evil': `#!/bin/sh\ntouch ${marker}\n` });
  await chmod(program, 0o755);
  await appendFile(
    join(repository.path, '.git/config'),
    [
      `[core]\nfsmonitor = ${program}\npager = ${program}`,
      `[diff]\nexternal = ${program}`,
      `[diff "evil"]\ntextconv = ${program}\ncommand = ${program}`,
      `[filter "evil=er"]\nclean = ${program}\nprocess = ${program}\nrequired = true`,
      `[log]\nshowSignature = true\n[gpg]\nprogram = ${program}`,
    ].join('\n'),
  );
  await repository.write({ 'a.txt': 'changed\n' });
  const evidence = await evidenceOf({ worktree: repository.path, base: 'main' });
  expect(shownLines(documentOf(evidence, 'a.txt'))).toEqual(['- a', '+1 changed']);
  expect(documentOf(evidence, 'evidence:commits').facts).toEqual(['1 commit']);
  await expect(readFile(marker)).rejects.toThrow('ENOENT');
  // It would be: this is how git is not called.
  await repository.git('log', '-1');
  await readFile(marker);
});

const SIGNATURE = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----';

test('renames, deletions, mode changes and links are told', async () => {
  const long = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n');
  const repository = await Repository.create({ 'old.txt': long, 'gone.txt': 'gone\n', 'run.sh': 'echo\n' });
  await repository.begin('work');
  await repository.git('mv', 'old.txt', 'new.txt');
  await repository.git('rm', '-q', 'gone.txt');
  await chmod(join(repository.path, 'run.sh'), 0o755);
  await symlink('/etc/passwd', join(repository.path, 'link'));
  await repository.commit('Work', { 'new.txt': `${long}\nlast` });
  for (const uncommitted of [true, false]) {
    const evidence = await evidenceOf({ worktree: repository.path, base: 'main', uncommitted });
    expect(documentOf(evidence, 'new.txt').facts).toEqual(['renamed', 'from "old.txt"']);
    expect(shownLines(documentOf(evidence, 'new.txt')).at(-1)).toBe('+31 last');
    expect(shownLines(documentOf(evidence, 'gone.txt'))).toEqual(['- gone']);
    expect(documentOf(evidence, 'run.sh').facts).toContain('mode 100644 to 100755');
    expect(documentOf(evidence, 'link').facts).toEqual(['added', 'symbolic link']);
    // Where it points, and never what is there.
    expect(shownLines(documentOf(evidence, 'link'))).toEqual(['+1 /etc/passwd']);
  }
});

test('binary data is a fact and an omission; a zero byte in source hides nothing', async () => {
  const repository = await Repository.create();
  const binary = Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 37) % 256));
  const mixed = Buffer.from('\xff\xfe steal();\0 // \xff\xff\n', 'latin1');
  await repository.branch('work', { 'image.png': binary, 'evil.js': 'steal();\0\nmore();\n', 'mixed.sh': mixed });
  const evidence = await evidenceOf({ branch: 'work', repository: repository.path, base: 'main' });
  expect(shownLines(documentOf(evidence, 'image.png'))).toEqual(['+1 (binary data, 400 bytes)']);
  expect(evidence.omitted).toEqual([{ file: 'image.png', reason: 'binary', detail: 'binary data, 400 bytes' }]);
  expect(shownLines(documentOf(evidence, 'mixed.sh'))).toEqual(['+1 ÿþ steal();⟨U+0000⟩ // ÿÿ']);
  expect(shownLines(documentOf(evidence, 'evil.js'))).toEqual(['+1 steal();⟨U+0000⟩', '+2 more();']);
});

test('binary data alone is nothing that could be judged', async () => {
  const repository = await Repository.create();
  const binary = Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 37) % 256));
  await repository.branch('work', { 'image.png': binary });
  const evidence = evidenceOf({ branch: 'work', repository: repository.path, base: 'main' });
  await expect(evidence).rejects.toMatchObject({ code: 'no_evidence' });
});

test('CRLF, UTF-16, Latin-1 and a missing last line end are read as text', async () => {
  const repository = await Repository.create({ 'crlf.txt': 'one\r\ntwo\r\n' });
  await repository.branch('work', {
    'crlf.txt': 'one\r\n2\r\n',
    'wide.txt': Buffer.from('\ufeffwide\nlines', 'utf16le'),
    'latin.txt': Buffer.from('caf\xe9\n', 'latin1'),
  });
  const evidence = await evidenceOf({ branch: 'work', repository: repository.path, base: 'main' });
  expect(shownLines(documentOf(evidence, 'crlf.txt'))).toEqual([' 1 one', '- two', '+2 2']);
  expect(documentOf(evidence, 'crlf.txt').facts).toContain('CRLF line ends');
  expect(shownLines(documentOf(evidence, 'wide.txt'))).toEqual(['+1 wide', '+2 lines']);
  expect(shownLines(documentOf(evidence, 'latin.txt'))).toEqual(['+1 café']);
});

test('names that are not UTF-8, or hold spaces, quotes and line ends, keep their file', async () => {
  const repository = await Repository.create();
  const raw = Buffer.concat([Buffer.from(`${repository.path}/`), Buffer.from('caf\xe9.txt', 'latin1')]);
  const { writeFile } = await import('node:fs/promises');
  await writeFile(raw, 'odd\n');
  await repository.write({ 'a "b"\n::error::c.txt': 'quoted\n', 'ünï.txt': 'unicode\n' });
  for (const commit of [false, true]) {
    if (commit) await repository.commit('Odd names');
    const evidence = await evidenceOf({ worktree: repository.path, base: commit ? 'HEAD~1' : 'main' });
    const files = evidence.documents.filter(({ kind }) => kind === 'file');
    expect(files.map((one) => [one.name, ...shownLines(one)])).toEqual(
      expect.arrayContaining([
        ['caf\\xE9.txt', '+1 odd'],
        ['a "b"⟨U+000A⟩::error::c.txt', '+1 quoted'],
        ['ünï.txt', '+1 unicode'],
      ]),
    );
    expect(files).toHaveLength(3);
  }
});

test('of a file of 10 MB the changes are shown, and a new one is too large to pass unread', async () => {
  const line = 'x'.repeat(99);
  const big = Array.from({ length: 100_000 }, (_, at) => `${at} ${line}`);
  const repository = await Repository.create({ 'big.txt': big.join('\n') });
  await repository.branch('work', { 'big.txt': big.with(50_000, 'changed').join('\n') });
  const evidence = await evidenceOf({ branch: 'work', repository: repository.path, base: 'main' });
  const document = documentOf(evidence, 'big.txt');
  expect(document.lines).toHaveLength(22);
  expect(shownLines(document)[11]).toBe('+50001 changed');
  expect(document.facts).toContain('long: only its changes are shown');
  await repository.branch('new', { 'new.txt': big.join('\n') });
  const added = { branch: 'new', repository: repository.path, base: 'main' };
  await expect(evidenceOf(added)).rejects.toMatchObject({ code: 'evidence_too_large' });
  const excluded = await evidenceOf(added, { exclude: ['new.txt'] });
  expect(excluded.nothingToJudge).toBe('no text changed: new.txt (excluded by the options)');
  expect((await evidenceOf(added, { maxFileChars: 20_000_000 })).documents[0]?.lines).toHaveLength(100_000);
});

test('a submodule is told by its commits', async () => {
  const library = await Repository.create();
  const repository = await Repository.create();
  await repository.git('submodule', '--quiet', 'add', library.path, 'library');
  await repository.commit('Add the library');
  const old = await library.git('rev-parse', 'HEAD');
  const moved = await library.add('Move on', { 'a.txt': 'moved\n' });
  await repository.begin('work');
  await (await Repository.at(join(repository.path, 'library'))).git('pull', '-q');
  await repository.commit('Update the library', { 'b.txt': 'b\n' });
  const evidence = await evidenceOf({ worktree: repository.path, base: 'main' });
  expect(shownLines(documentOf(evidence, 'library'))).toEqual([
    `- (submodule at commit ${old})`,
    `+1 (submodule at commit ${moved})`,
  ]);
  expect(evidence.omitted).toMatchObject([{ file: 'library', reason: 'submodule' }]);
});

test('a detached HEAD and a linked worktree are work trees like any other', async () => {
  const repository = await Repository.create();
  const linked = join(await temporaryFolder(), 'linked');
  await repository.branch('work', { 'a.txt': 'linked\n' });
  await repository.git('worktree', 'add', '-q', '--detach', linked, 'work');
  const evidence = await evidenceOf({ worktree: linked, base: 'main' });
  expect(shownLines(documentOf(evidence, 'a.txt')).at(-1)).toBe('+1 linked');
});

test('a shallow clone works as far as it has the history, and says what to fetch where it has not', async () => {
  const repository = await Repository.create();
  await repository.add('Second', { 'b.txt': 'b\n' });
  await repository.branch('work', { 'a.txt': 'work\n' });
  await repository.add('Third', { 'c.txt': 'c\n' });
  const clone = async (depth: number) => {
    const path = join(await temporaryFolder(), 'clone');
    await repository.git('clone', '-q', '--no-single-branch', '--depth', `${depth}`, `file://${repository.path}`, path);
    return evidenceOf({ branch: 'work', repository: path, base: 'main' });
  };
  expect((await clone(2)).documents.map(({ name }) => name)).toEqual(['a.txt', 'evidence:commits']);
  const error = await clone(1).catch((reason) => reason);
  expect(error).toMatchObject({
    code: 'evidence_unreadable',
    message: expect.stringContaining('git fetch --unshallow'),
  });
});

test('what is not there is named: a branch, a base, a repository, a change', async () => {
  const repository = await Repository.create();
  repository.point('idle');
  const at = (spec: object) => evidenceOf({ repository: repository.path, ...spec }).catch((error) => error);
  expect((await at({ branch: 'none' })).message).toContain('There is no commit "none"');
  expect((await at({ branch: 'idle', base: 'never' })).message).toContain('There is no commit "never"');
  expect((await at({ branch: '--output=x' })).message).toContain('There is no commit');
  expect((await at({ branch: 'idle' })).nothingToJudge).toBe('nothing changed');
  const outside = await evidenceOf({ worktree: await temporaryFolder() }).catch((error) => error);
  expect(outside.message).toContain('Outside git, use files');
});
