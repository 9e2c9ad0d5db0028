import { chmod, mkdir, rename, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentOf, evidenceOf, shownLines } from '../support/evidence.ts';
import { Repository } from '../support/repository.ts';

// Each change is evidence, also one that git, or a reader of lines, would look away from.

const LONG = `${Array.from({ length: 200 }, (_, line) => `line ${line}`).join('\n')}\n`;

interface Case {
  before: Record<string, string | Buffer>;
  /** What is done in the folder that holds these files. */
  work: (folder: Repository, repository: Repository) => Promise<unknown>;
  /** What of the document, lines and facts, says it. */
  says: string[];
}

const at = (repository: Repository, name: string) => join(repository.path, name);
const writing = (files: Record<string, string | Buffer>) => (repository: Repository) => repository.write(files);
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

/** They stand in one work, each in a folder of its own. */
const CASES: Record<string, Case> = {
  'an empty file added': { before: {}, work: writing({ f: '' }), says: ['added', '+1 (empty file)'] },
  'LF to CRLF': {
    before: { f: 'a\nb\n' },
    work: writing({ f: 'a\r\nb\r\n' }),
    says: ['was UTF-8, LF, is now UTF-8, CRLF'],
  },
  'CRLF to LF': { before: { f: 'a\r\n' }, work: writing({ f: 'a\n' }), says: ['was UTF-8, CRLF, is now UTF-8, LF'] },
  'LF to CRLF in a long file': {
    before: { f: LONG },
    work: writing({ f: LONG.replaceAll('\n', '\r\n') }),
    says: ['is now UTF-8, CRLF', 'no line of it changed'],
  },
  'CRLF that moves to another line': {
    before: { f: 'a\r\nb\n' },
    work: writing({ f: 'a\nb\r\n' }),
    says: ['line ends changed on some lines'],
  },
  'the line end at the end': { before: { f: 'a\n' }, work: writing({ f: 'a' }), says: ['no line end at the end'] },
  'a byte order mark': { before: { f: 'a\n' }, work: writing({ f: '\ufeffa\n' }), says: ['is now UTF-8 with a mark'] },
  'UTF-8 to UTF-16': { before: { f: 'ab\n' }, work: writing({ f: utf16('ab\n') }), says: ['is now utf-16le'] },
  'a mode': { before: { f: 'a\n' }, work: (r) => chmod(at(r, 'f'), 0o755), says: ['mode 100644 to 100755', ' 1 a'] },
  'the mode of a long file': {
    before: { f: LONG },
    work: (r) => chmod(at(r, 'f'), 0o755),
    says: ['mode 100644 to 100755', 'no line of it changed'],
  },
  'the mode of an empty file': { before: { f: '' }, work: (r) => chmod(at(r, 'f'), 0o755), says: ['mode 100644'] },
  'binary data that becomes text': {
    before: { f: Buffer.from([0, 1, 2, 255, 254, 0]) },
    work: writing({ f: 'evil();\n' }),
    says: ['- (binary data, 6 bytes)', '+1 evil();'],
  },
  'a file that becomes a link': {
    before: { f: 'target' },
    work: async (r) => {
      await unlink(at(r, 'f'));
      await symlink('target', at(r, 'f'));
    },
    says: ['mode 100644 to 120000', 'symbolic link'],
  },
  'intent to add': {
    before: {},
    work: async (r) => {
      await r.write({ f: 'new();\n' });
      await r.git('add', '-N', 'f');
    },
    says: ['+1 new();'],
  },
  'an ignored file that was added by force': {
    before: { '.gitignore': 'f\n' },
    work: async (r) => {
      await r.write({ f: 'forced();\n' });
      await r.git('add', '-f', 'f');
    },
    says: ['+1 forced();'],
  },
  'staged, and put back on disk': {
    before: { f: 'good();\n' },
    work: async (r) => {
      await r.write({ f: 'evil();\n' });
      await r.git('add', 'f');
      await r.write({ f: 'good();\n' });
    },
    says: ['staged, while the file on disk is another', '+1 evil();'],
  },
};

/** These change the whole repository, or would be the other half of a rename. */
const ALONE: Record<string, Case> = {
  'an empty file removed': { before: { f: '' }, work: (r) => unlink(at(r, 'f')), says: ['deleted', '- (empty file)'] },
  'a name in another case': {
    before: { File: 'text of some length\nand another line\n' },
    work: async (r) => {
      await r.git('config', 'core.ignoreCase', 'true');
      await rename(at(r, 'File'), at(r, 'f'));
    },
    says: ['1 text of some length'],
  },
  'a file that replaced another in a merge': {
    before: { f: 'one\n' },
    work: async (folder, repository) => {
      await repository.begin('other');
      await folder.commit('Other', { f: 'other\n' });
      await repository.git('checkout', '-q', 'work');
      await folder.commit('Mine', { f: 'mine\n' });
      await repository.git('merge', 'other').catch(() => {});
    },
    says: ['+1 <<<<<<< HEAD', '+2 mine', '+4 other'],
  },
};

// What was put back, or ended as a merge, is another thing when it is committed.
const OF_DISK_ONLY = /staged|merge/;
const OUTPUT = 'always.txt';

/** What is said of the work of all these cases, by the folder of each: as it is on disk, and then committed. */
async function saidOf(cases: Record<string, Case>): Promise<(folder: string) => string[]> {
  const inFolders = Object.entries(cases).flatMap(([name, { before }]) =>
    Object.entries(before).map(([file, content]) => [`${name}/${file}`, content] as const),
  );
  const repository = await Repository.create({ [OUTPUT]: 'a\n', ...Object.fromEntries(inFolders) });
  await repository.begin('work');
  for (const [name, { work }] of Object.entries(cases)) {
    await mkdir(at(repository, name), { recursive: true });
    await work(await Repository.at(at(repository, name)), repository);
  }
  const spec = { worktree: repository.path, base: 'main', outputs: [at(repository, OUTPUT)] };
  const onDisk = await evidenceOf(spec, { maxFileChars: 500 });
  await repository.commit('Work');
  const committed = await evidenceOf(spec, { maxFileChars: 500 });
  return (name) =>
    (OF_DISK_ONLY.test(name) ? [onDisk] : [onDisk, committed]).map((evidence) => {
      const document = documentOf(evidence, `${name}/f`);
      return [...document.facts, ...shownLines(document)].join('\n');
    });
}

let together: ReturnType<typeof saidOf> | undefined;

test.each(Object.entries(CASES))('is evidence: %s', async (name, { says }) => {
  together ??= saidOf(CASES);
  for (const said of (await together)(name)) for (const part of says) expect(said).toContain(part);
});

test.each(Object.entries(ALONE))('is evidence: %s', async (name, { says, ...one }) => {
  const said = await saidOf({ [name]: { says, ...one } });
  for (const text of said(name)) for (const part of says) expect(text).toContain(part);
});
