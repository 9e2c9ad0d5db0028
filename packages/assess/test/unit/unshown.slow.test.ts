import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type AssessmentResult,
  type AssessOptions,
  applyGate,
  assessWorkers,
  exitCodeOf,
  formatAssessmentResult,
  summarizeEvidence,
  toMarkdown,
} from '../../src/index.ts';
import { judgedByHand } from '../support/judged-by-hand.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// gate.unshown: what changes come to that no model can be shown.

const POLICIES = ['pass', 'alone', 'inconclusive', 'fail'] as const;
const BINARY = Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 37) % 256));
const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 123\n`;
const PICTURE = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x80\x81\x82', 'latin1');

type Change = (repository: Repository) => Promise<unknown>;

async function worked(change: Change) {
  const repository = await Repository.create({ 'a.txt': 'one\n', 'pnpm-lock.yaml': 'lock: 1\n' });
  await repository.begin('work');
  await change(repository);
  return { id: 'work', worktree: repository.path, base: 'main' };
}

/** A library as a submodule, of the base, that is at another commit since. */
async function bump(repository: Repository): Promise<void> {
  const library = await Repository.create();
  await repository.git('submodule', '--quiet', 'add', library.path, 'library');
  await repository.commit('Add the library');
  repository.point('main');
  await (await Repository.at(join(repository.path, 'library'))).commit('Move on', { 'a.txt': 'moved\n' });
  await repository.commit('Update the library');
}

/** What each policy makes of a result: the verdict and the exit code, under the strictest of onError too. */
const underEach = (result: AssessmentResult) =>
  POLICIES.map((unshown) => {
    const decided = applyGate(result, { unshown, onError: 'pass' });
    return [decided.verdict, exitCodeOf(decided)];
  });

const ALONE = [
  ['nothing_to_judge', 0],
  ['inconclusive', 3],
  ['inconclusive', 3],
  ['fail', 1],
];

test.each<[string, Change, string]>([
  ['binary data', (repository) => repository.add('Add', { 'tool.bin': BINARY }), 'tool.bin (binary data'],
  ['a submodule that moves', bump, 'library (submodule at commit'],
  ['content that Git LFS keeps', (repository) => repository.add('Add', { 'a.psd': LFS }), 'a.psd (Git LFS pointer'],
  [
    'binary data beside a picture',
    (repository) => repository.add('Add', { 'a.png': PICTURE, 'tool.bin': BINARY }),
    'tool.bin (binary data',
  ],
])(
  '%s alone is inconclusive by default, and what the policy says otherwise; no model is asked',
  async (_, change, said) => {
    const spec = await worked(change);
    const judged = (gate: AssessOptions['gate']) => assessWorkers([spec], { judge: { backend: 'offline' }, gate });
    const result = await judged({});
    expect(result.workers[0]).toMatchObject({ verdict: 'inconclusive', error: { code: 'no_evidence' } });
    expect(underEach(result)).toEqual(ALONE);
    const passing = await judged({ unshown: 'pass' });
    expect(passing).toMatchObject({ success: true, verdict: 'nothing_to_judge', rlmMetrics: { usage: { calls: 0 } } });
    expect(passing).not.toHaveProperty('error');
    expect(passing.workers[0]?.nothingToJudge).toContain(`no model can be shown what did: ${said}`);
    // It is decided anew from what the result says, in both directions.
    expect(underEach(passing)).toEqual(ALONE);
    expect(applyGate(passing, {}).workers).toEqual(applyGate(result, {}).workers);
    expect(exitCodeOf(applyGate(passing, { unshown: 'pass', nothingToJudge: 'fail' }))).toBe(1);
    for (const report of [formatAssessmentResult(passing), toMarkdown(passing), formatAssessmentResult(result)]) {
      expect(report.replaceAll('&#40;', '(')).toContain(said);
    }
    const summaries = await summarizeEvidence([spec], { gate: { unshown: 'pass' } });
    expect(summaries[0]).toMatchObject({ error: null, nothingToJudge: expect.stringContaining(said) });
  },
);

test.each<[string, Change, typeof ALONE]>([
  [
    'binary data',
    (repository) => repository.add('Add', { 'tool.bin': BINARY, 'b.js': 'one;\n' }),
    [
      ['pass', 0],
      ['pass', 0],
      ['inconclusive', 3],
      ['fail', 1],
    ],
  ],
  [
    'a submodule that moves',
    async (repository) => {
      await bump(repository);
      await repository.add('And more', { 'b.js': 'one;\n' });
    },
    [
      ['pass', 0],
      ['pass', 0],
      ['inconclusive', 3],
      ['fail', 1],
    ],
  ],
  [
    'a picture',
    (repository) => repository.add('Draw', { 'a.png': PICTURE, 'b.js': 'one;\n' }),
    POLICIES.map(() => ['pass', 0]),
  ],
  [
    'a lock file',
    (repository) => repository.add('Lock', { 'pnpm-lock.yaml': 'lock: 2\n', 'b.js': 'one;\n' }),
    POLICIES.map(() => ['pass', 0]),
  ],
])('%s beside text: listed by default, and what the policy says otherwise', async (_, change, expected) => {
  const result = await judgedByHand(await worked(change), () => [], { exclude: ['pnpm-lock.yaml'] });
  expect(underEach(result)).toEqual(expected);
  const strict = applyGate(result, { unshown: 'fail' }).workers[0];
  if (expected.flat().includes('fail'))
    expect(strict?.reason).toMatch(/changes that no model can be shown: (?:tool\.bin|library) \(/);
});

test('a lock file alone is what nothingToJudge says, where it is excluded, and is judged where it is not', async () => {
  const spec = await worked((repository) => repository.add('Lock', { 'pnpm-lock.yaml': 'lock: 2\n' }));
  const judged = (options: AssessOptions) => assessWorkers([spec], { judge: { backend: 'offline' }, ...options });
  expect(await judged({ exclude: ['pnpm-lock.yaml'], gate: { unshown: 'fail' } })).toMatchObject({
    verdict: 'nothing_to_judge',
  });
  expect(await judged({ gate: { unshown: 'pass' } })).toMatchObject({ error: { code: 'no_model' } });
});

test('unshown lets through neither an empty transcript nor work that has criteria to meet, nor a change of the policy', async () => {
  const spec = await worked((repository) => repository.add('Add', { 'tool.bin': BINARY }));
  const judged = (more: object, options: AssessOptions = {}) =>
    assessWorkers([{ ...spec, ...more }], { judge: { backend: 'offline' }, gate: { unshown: 'pass' }, ...options });
  const outputs = [join(await temporaryFolder(), '*.output')];
  for (const result of [await judged({ criteria: 'It adds a page.' }), await judged({ outputs })]) {
    expect(result).toMatchObject({ verdict: 'inconclusive' });
    expect(exitCodeOf(applyGate(result, { unshown: 'pass', onError: 'pass' }))).toBe(3);
  }
  expect(await judged({}, { policyFiles: ['tool.bin'] })).toMatchObject({ verdict: 'inconclusive' });
});
