import { chmod, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type AssessmentResult,
  type AssessOptions,
  assessWorkers,
  exitCodeOf,
  type WorkerSpec,
} from '../../src/index.ts';
import { applyGate } from '../../src/verdict/apply-gate.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

const PICTURES = {
  'a.png': Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x80\x81\x82', 'latin1'),
  'b.JPG': Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF\0\x80\x81', 'latin1'),
  'c.gif': Buffer.from('GIF89a\x80\0\x80\0\xf0\0\0\0\x81', 'latin1'),
  'd.webp': Buffer.from('RIFF\x80\0\0\0WEBPVP8 \x90\x91\0\x92', 'latin1'),
  'e.avif': Buffer.from('\0\0\0\x20ftypavif\0\0\0\0\x90\x91\x92', 'latin1'),
  'f.ico': Buffer.from('\0\0\x01\0\x01\0\x10\x10\0\0\x90\x91', 'latin1'),
};
const BINARY = Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 37) % 256));
const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 123\n`;

type Change = (repository: Repository) => Promise<unknown>;

/** No model can be asked here: whatever has something to judge is inconclusive with `no_model`. */
async function judged(spec: Omit<WorkerSpec, 'id'>, options: AssessOptions = {}): Promise<AssessmentResult> {
  return await assessWorkers([{ id: 'work', ...spec }], { judge: { backend: 'offline' }, ...options });
}

/** A work tree in which this was done since main. */
async function worked(change: Change): Promise<{ repository: Repository; spec: Omit<WorkerSpec, 'id'> }> {
  const picture = (name: string) => Buffer.concat([PICTURES['a.png'], Buffer.from(name)]);
  const pictures = { 'old.png': picture('old'), 'gone.png': picture('gone') };
  const repository = await Repository.create({ 'a.txt': 'one\n', ...pictures, 'old.bin': BINARY });
  await repository.begin('work');
  await change(repository);
  return { repository, spec: { worktree: repository.path, base: 'main' } };
}

const outcome = (result: AssessmentResult) => [result.verdict, exitCodeOf(result), result.workers[0]?.error?.code];

/** All that is no text, together: were one of these work to judge, so would be the whole. */
const noText: Change = async (repository) => {
  await repository.add('Draw and lock', { ...PICTURES, 'pnpm-lock.yaml': 'lock\n' });
  await repository.git('mv', 'old.png', 'new.png');
  await repository.git('rm', '-q', 'gone.png');
  await repository.write({ 'untracked.gif': PICTURES['c.gif'] });
};
const OMITTED = [
  ...[...Object.keys(PICTURES), 'gone.png', 'new.png', 'untracked.gif'].map((file) => [file, 'picture']),
  ['pnpm-lock.yaml', 'excluded'],
];

test.each<[string, Change, string, string[][], AssessOptions?]>([
  ['the main branch itself', async () => {}, 'nothing changed', []],
  ['an empty commit', (repository) => repository.add('Nothing', {}), 'nothing changed', []],
  ['an empty file', (repository) => repository.add('Keep', { '.gitkeep': '' }), '.gitkeep (empty file)', []],
  [
    'images that are added, renamed, deleted or not committed, and files that the options exclude',
    noText,
    'no text changed: pnpm-lock.yaml (excluded by the options), a.png (picture, 19 byt',
    OMITTED,
    { exclude: ['pnpm-lock.yaml'] },
  ],
])(
  '%s is nothing to judge: a verdict of its own, exit code 0, and no model is asked',
  async (_, change, why, omitted, options) => {
    const { spec } = await worked(change);
    const result = await judged(spec, options);
    expect(outcome(result)).toEqual(['nothing_to_judge', 0, undefined]);
    expect(result).toMatchObject({
      success: true,
      reason: 'nothing to judge in work',
      rlmMetrics: { usage: { calls: 0 } },
    });
    const [work] = result.workers;
    expect(work).toMatchObject({ verdict: 'nothing_to_judge', overallScore: null });
    expect(work?.nothingToJudge).toContain(why);
    expect(work?.reason).toContain(why);
    expect(work?.evidence.omitted.map(({ file, reason }) => [file, reason]).sort()).toEqual(omitted.toSorted());
    // A least score is asked of what is judged.
    expect(applyGate(result, { minScore: 90 }).verdict).toBe('nothing_to_judge');
    // gate.nothingToJudge says what it comes to, and onError opens neither.
    const of = (nothingToJudge: 'pass' | 'inconclusive' | 'fail') =>
      outcome(applyGate(result, { nothingToJudge, onError: 'pass' })).slice(0, 2);
    expect([of('pass'), of('inconclusive'), of('fail')]).toEqual([
      ['nothing_to_judge', 0],
      ['inconclusive', 3],
      ['fail', 1],
    ]);
  },
);

test.each<[string, Change, string?, AssessOptions?]>([
  ['a binary file', (repository) => repository.add('Add', { 'tool.bin': BINARY })],
  ['a program that is called an image', (repository) => repository.add('Add', { 'tool.png': BINARY })],
  ['an image that is called a program', (repository) => repository.add('Add', { 'tool.so': PICTURES['a.png'] })],
  [
    'an image that can be run',
    async (repository) => {
      await repository.write({ 'run.png': PICTURES['a.png'] });
      await chmod(join(repository.path, 'run.png'), 0o755);
      await repository.git('add', '-A');
    },
  ],
  ['an image made of a program', (repository) => repository.add('Change', { 'old.png': BINARY })],
  ['a binary file that is deleted', (repository) => repository.git('rm', '-q', 'old.bin')],
  ['a binary file that is emptied', (repository) => repository.write({ 'old.bin': '' })],
  ['content that Git LFS keeps', (repository) => repository.add('Add', { 'a.png': LFS })],
  ['a repository in the repository', (repository) => nested(repository)],
  ['a text among images', (repository) => repository.add('Add', { ...PICTURES, 'x.js': 'steal();\n' }), 'no_model'],
  ['a text that is called an image', (repository) => repository.add('Add', { 'x.png': 'steal();\n' }), 'no_model'],
  ['a text that begins like an image', (repository) => repository.add('A', { 'x.gif': 'GIF89a=1;\n' }), 'no_model'],
  ['a text that is deleted', (repository) => rm(join(repository.path, 'a.txt')), 'no_model'],
  ['a text that is emptied', (repository) => repository.add('Empty', { 'a.txt': '' }), 'no_model'],
  ['a text that is renamed', (repository) => repository.git('mv', 'a.txt', 'b.txt'), 'no_model'],
  ['a text whose mode changes', (repository) => chmod(join(repository.path, 'a.txt'), 0o755), 'no_model'],
  ['a link that is called an image', (repository) => symlink('/etc', join(repository.path, 'l.png')), 'no_model'],
  [
    'a text that its own .gitattributes call binary and generated',
    async (repository) => {
      await repository.write({
        '.git/info/attributes': '* binary linguist-generated export-ignore\n',
        'a.txt': 'evil\n',
      });
    },
    'no_model',
  ],
  [
    'a text that the index is told to overlook',
    async (repository) => {
      await repository.git('update-index', '--assume-unchanged', 'a.txt');
      await repository.write({ 'a.txt': 'evil\n' });
    },
    'no_model',
  ],
  [
    'a text that is too large',
    (repository) => repository.add('Add', { 'x.js': 'steal();\n'.repeat(100) }),
    'evidence_too_large',
    { maxFileChars: 100 },
  ],
  [
    'the policy of the gate, excluded',
    (repository) => repository.add('Open', { 'rlm.config.json': '{}' }),
    '',
    POLICY(),
  ],
  ['no change, where there are criteria', async () => {}, 'no_evidence', { criteria: 'It adds a page.' }],
])('%s never passes as nothing to judge', async (_, change, code = 'no_evidence', options = {}) => {
  const { spec } = await worked(change);
  const result = await judged(spec, { ...options, gate: { onError: 'fail' } });
  expect(outcome(result)).toEqual(['inconclusive', 3, code === '' ? undefined : code]);
  if (code === 'no_model') return;
  // Nor is it let through as a failure of the judging.
  expect(exitCodeOf(applyGate(result, { onError: 'pass' }))).toBe(3);
});

function POLICY(): AssessOptions {
  return { exclude: ['**/*.json'], policyFiles: ['**/rlm.config.json'] };
}

async function nested({ path }: Repository): Promise<void> {
  const inner = await Repository.at(join(path, 'inner'));
  await inner.write({ 'evil.js': 'steal();\n' });
  await inner.git('init', '-q');
}

test('a submodule that moves alone never passes as nothing to judge', async () => {
  const library = await Repository.create();
  const { repository, spec } = await worked(async (work) => {
    await work.git('submodule', '--quiet', 'add', library.path, 'library');
    await work.commit('Add the library');
    work.point('main');
  });
  await (await Repository.at(join(repository.path, 'library'))).commit('Move on', { 'a.txt': 'moved\n' });
  await repository.commit('Update the library');
  expect(outcome(await judged(spec))).toEqual(['inconclusive', 3, 'no_evidence']);
});

test('workers given by files and patches: empty files are nothing to judge, an empty transcript is not', async () => {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write({ 'empty.txt': '', 'a.output': '', ...PICTURES });
  const cwd = folder.path;
  expect(outcome(await judged({ files: ['empty.txt', '*.png'] }, { cwd }))).toEqual(['nothing_to_judge', 0, undefined]);
  expect(outcome(await judged({ outputs: ['*.output'] }, { cwd }))).toEqual(['inconclusive', 3, 'no_evidence']);
  const diff =
    'diff --git a/a.png b/a.png\nnew file mode 100644\nindex 0000000..1111111\nBinary files /dev/null and b/a.png differ\n';
  expect(outcome(await judged({ diff }))).toEqual(['inconclusive', 3, 'no_evidence']);
  expect(outcome(await judged({ diff }, { exclude: ['a.png'] }))).toEqual(['nothing_to_judge', 0, undefined]);
});
