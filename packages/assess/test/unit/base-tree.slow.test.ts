import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Git } from '../../src/evidence/git.ts';
import { BaseTree } from '../../src/reference/base-tree.ts';
import { GivenDocuments } from '../../src/reference/given-documents.ts';
import { JoinedTree } from '../../src/reference/joined-tree.ts';
import { Reference } from '../../src/reference/reference.ts';
import { answerTo, type Question } from '../../src/reference/tools.ts';
import { Repository } from '../support/repository.ts';

// What a judge may read of the repository: the files of one commit, and nothing else, however it is asked.

const FILES = {
  'lib/a.ts': 'one();\ntwo();\n',
  'lib/deep/b.ts': 'two();\n',
  'top.ts': 'secret();\n',
  'big.txt': 'x'.repeat(1_000_001),
};

async function treeOf(isExcluded: (name: string) => boolean = () => false) {
  const repository = await Repository.create(FILES);
  await symlink('/etc/passwd', join(repository.path, 'link'));
  const commit = await repository.commit('Link', {
    'data.bin': Buffer.from(Array.from({ length: 1024 }, (_, at) => at % 256)),
  });
  const tree = new BaseTree(new Git(repository.path), commit, isExcluded);
  const ask = (question: Question) => answerTo(question, tree);
  return { repository, commit, ask };
}

const read = (file: string): Question => ({ tool: 'reference_read', file, startLine: 1, endLine: 400 });
const grep = (text: string, folder = ''): Question => ({ tool: 'reference_grep', text, folder });

test('folders, lines and hits are those of the commit', async () => {
  const { ask } = await treeOf();
  expect(await ask({ tool: 'reference_list', folder: '' })).toEqual({
    folders: [{ name: 'lib', files: 2 }],
    files: ['big.txt', 'data.bin', 'top.ts'],
    more: 0,
  });
  expect(await ask({ tool: 'reference_list', folder: './lib/' })).toMatchObject({ files: ['a.ts'] });
  expect(await ask(read('lib/a.ts'))).toEqual({
    file: 'lib/a.ts',
    lines: [
      { line: 1, text: 'one();' },
      { line: 2, text: 'two();' },
    ],
    of: 2,
  });
  const two = [
    { file: 'lib/a.ts', line: 2, text: 'two();' },
    { file: 'lib/deep/b.ts', line: 1, text: 'two();' },
  ];
  expect(await ask(grep('two()'))).toEqual({ hits: two, more: false });
  expect(await ask(grep('two()', 'lib/deep'))).toEqual({ hits: two.slice(1), more: false });
  expect(await ask(grep('nowhere'))).toEqual({ hits: [], more: false });
});

const OUTSIDE = {
  '..': '../outside',
  '.. inside': 'lib/../../outside',
  'an absolute path': '/etc/passwd',
  "git's own folder": '.git/config',
  'a link': 'link',
  'a name that is not there': 'lib/none.ts',
  'a zero byte': 'lib/a.ts\0',
};

test(`what is not of the commit is not read, listed or searched: ${Object.keys(OUTSIDE).join(', ')}`, async () => {
  const { ask } = await treeOf();
  for (const path of Object.values(OUTSIDE)) {
    await expect(ask(read(path)), path).rejects.toThrow('Paths are relative to the top');
    const listed = ask({ tool: 'reference_list', folder: path });
    await expect(listed, path).rejects.toThrow('Paths are relative to the top');
    expect(await ask(grep('root', path)).catch(() => ({ hits: [] })), path).toMatchObject({ hits: [] });
  }
});

test('what is large or no text is refused in words, and what is excluded is not there', async () => {
  const { ask } = await treeOf((name) => name === 'top.ts');
  await expect(ask(read('big.txt'))).rejects.toThrow('too large to be read');
  await expect(ask(read('data.bin'))).rejects.toThrow('is no text');
  await expect(ask(read('top.ts'))).rejects.toThrow('There is no file');
  expect(await ask(grep('secret'))).toEqual({ hits: [], more: false });
});

test('the work tree, its attributes and its configuration change nothing', async () => {
  const { repository, ask } = await treeOf();
  await repository.write({
    'lib/a.ts': 'planted();\n',
    'lib/new.ts': 'two();\n',
    '.gitattributes': '* -text -diff binary\n',
  });
  await repository.git('config', 'grep.lineNumber', 'false');
  await repository.git('config', 'grep.patternType', 'perl');
  await repository.git('config', 'color.grep', 'always');
  expect(await ask(grep('two()'))).toMatchObject({ hits: [{ file: 'lib/a.ts' }, { file: 'lib/deep/b.ts' }] });
  expect(await ask(grep('planted'))).toEqual({ hits: [], more: false });
});

test('a search with many hits is cut and says so; a run may ask two hundred times', async () => {
  const repository = await Repository.create(
    Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`${at}.ts`, 'same();\n'.repeat(30)])),
  );
  const tree = new BaseTree(new Git(repository.path), repository.head, () => false);
  const found = (await answerTo(grep('same'), tree)) as { hits: unknown[]; more: boolean };
  expect([found.hits.length, found.more]).toEqual([100, true]);
  const reference = new Reference(tree);
  const { reference_list } = reference.tools();
  for (let at = 0; at < 200; at++) await reference_list?.execute({ folder: '' }, {} as never);
  await expect(reference_list?.execute({ folder: '' }, {} as never)).rejects.toThrow('as often as it may be');
  expect(reference.asked).toHaveLength(1);
});

test('documents that were given stand beside the commit, and before a file of their name', async () => {
  const { repository } = await treeOf();
  const commit = await repository.add('Taken', { 'context:rules.md': 'two(); of the work\n' });
  const given = new GivenDocuments({ 'rules.md': `one();\n${'two();\n'.repeat(21)}`, 'docs/a.md': 'two();\u202e\n' });
  const tree = new JoinedTree(new BaseTree(new Git(repository.path), commit, () => false), given);
  const ask = (question: Question) => answerTo(question, tree);
  expect(await ask({ tool: 'reference_list', folder: '' })).toMatchObject({
    folders: [
      { name: 'context:docs', files: 1 },
      { name: 'lib', files: 2 },
    ],
    files: ['context:rules.md', 'big.txt', 'data.bin', 'top.ts'],
  });
  expect(await ask(read('context:rules.md'))).toMatchObject({
    lines: expect.arrayContaining([{ line: 1, text: 'one();' }]),
  });
  expect(await ask(read('context:docs/a.md'))).toMatchObject({ lines: [{ line: 1, text: 'two();⟨U+202E⟩' }] });
  const { hits, more } = (await ask(grep('two()'))) as { hits: { file: string }[]; more: boolean };
  expect(more).toBe(true);
  expect(Object.entries(Object.groupBy(hits, ({ file }) => file)).map(([file, all]) => [file, all?.length])).toEqual([
    ['context:rules.md', 20],
    ['context:docs/a.md', 1],
    ['lib/a.ts', 1],
    ['lib/deep/b.ts', 1],
  ]);
  expect(await ask(grep('two()', 'context:docs'))).toMatchObject({ hits: [{ file: 'context:docs/a.md' }] });
  await expect(ask(read('context:none.md'))).rejects.toThrow('There is no file "context:none.md" here');
});
