import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printableJSON } from '@rlm-bridge/assess';
import { memoryStore } from 'rlm-bridge';
import { expect, onTestFinished, test, vi } from 'vitest';
import { assess, finds, provider, scriptedJudge } from '../../../assess/test/support/judge.ts';
import { manyFiles } from '../../../assess/test/support/many-files.ts';
import { partsJudge } from '../../../assess/test/support/parts-judge.ts';
import { Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import { AssessmentSource } from '../../src/assessment/assessment-source.ts';
import type { ExcerptView } from '../../src/model/assessment-view.ts';
import { openPath } from '../../src/paths/open-path.ts';
import { assessed, SOURCE } from '../support/assessed.ts';

/** What stands beside a finding, as a person reads it. */
const shown = (excerpt: ExcerptView | undefined) =>
  excerpt?.lines.map(({ mark, number, text, isQuoted }) => `${mark}${number ?? ''} ${text}${isQuoted ? ' <' : ''}`);

const AROUND_EVAL = SOURCE.slice(5, 18).map((text, at) => ` ${at + 6} ${text}${at === 6 ? ' <' : ''}`);

test('with a store the lines around a finding are those that the judge had, whatever became of the work', async () => {
  const { result, store, repository } = await assessed();
  await rm(repository.path, { recursive: true });
  const source = new AssessmentSource(result, { store });
  const { excerpts, missing } = await source.readAssessment();
  expect(excerpts).toMatchObject([
    { workerId: 'careless', findingId: result.workers[0]?.findings[0]?.id, from: 'run' },
  ]);
  expect(shown(excerpts[0])).toEqual(AROUND_EVAL);
  expect(missing).toEqual([]);
});

test('the runs of a worker are found by its hash, with the calls that a finding rests on, and what was not read', async () => {
  const { result, store } = await assessed();
  const source = new AssessmentSource(result, { store });
  const { runs, calls } = await source.readAssessment();
  expect(runs.map(({ workerId, sample, unread }) => [workerId, sample, unread?.map(({ name }) => name)])).toEqual([
    ['careless', 1, ['src/unread.ts']],
    ['careless', 2, ['src/unread.ts']],
    ['careful', 1, []],
    ['careful', 2, []],
  ]);
  expect(runs.map(({ runId }) => runId)).toEqual([
    expect.stringMatching(/^change-1:careless-[0-9a-f]{16}:1\.1$/),
    expect.stringMatching(/^change-1:careless-[0-9a-f]{16}:2\.1$/),
    expect.stringMatching(/^change-1:careful-[0-9a-f]{16}:1\.1$/),
    expect.stringMatching(/^change-1:careful-[0-9a-f]{16}:2\.1$/),
  ]);
  expect((await source.listRuns()).map(({ id }) => id).toSorted()).toEqual(runs.map(({ runId }) => runId).toSorted());
  expect(calls.map(({ sample, how }) => [sample, how])).toEqual([
    [1, 'said'],
    [2, 'said'],
  ]);
  for (const { runId, call } of calls) {
    const view = await source.readRun(runId);
    const made = view.calls.find(({ name }) => name === call);
    const [message] = made?.prompt ?? [];
    expect(made?.role).toBe('llm_query');
    expect(message && (await source.readText(runId, message.text))).toContain('12   | eval(input);');
  }
});

test('of several assessments in a store it is the one that is named, else the newest of the same evidence; other runs are not served', async () => {
  const first = await assessed({ assessmentId: 'night-1' });
  const { store } = first;
  const second = await assessed({ assessmentId: 'night-2', store });
  await second.repository.write({ 'src/bad.ts': 'eval(other);\n' });
  const changed = await assess(
    await provider(scriptedJudge({ review: finds(/eval/, { rule: 'no-eval' }) })),
    [{ id: 'careless', files: ['src/bad.ts'] }],
    { cwd: second.repository.path, store, assessmentId: 'night-3', cache: false },
  );
  const idsOf = async (source: AssessmentSource) => [
    ...new Set((await source.readAssessment()).runs.map(({ runId }) => runId.slice(0, 7))),
  ];
  expect(await idsOf(new AssessmentSource(first.result, { store }))).toEqual(['night-2']);
  expect(await idsOf(new AssessmentSource(first.result, { store, assessmentId: 'night-1' }))).toEqual(['night-1']);
  expect(await idsOf(new AssessmentSource(changed, { store }))).toEqual(['night-3']);
  const [other] = (await new AssessmentSource(first.result, { store }).readAssessment()).runs;
  await expect(new AssessmentSource(changed, { store }).readRun(other?.runId ?? '')).rejects.toThrow(/has no run/);
});

test('without a store the lines are those of the commit that was judged, removed ones too', async () => {
  const repository = await Repository.create({ 'a.ts': `${SOURCE.join('\n')}\n` });
  await repository.begin('work');
  const after = SOURCE.with(11, 'parse(input);').toSpliced(20, 1);
  await repository.add('Parse', { 'a.ts': `${after.join('\n')}\n` });
  const judge = scriptedJudge({
    review: ({ lines }) =>
      lines
        .filter(({ mark, text }) => mark !== ' ' && /eval|parse|line21/.test(text))
        .map(({ text, number }) => ({ rule: 'look', quote: text, startLine: number || 12, endLine: number || 12 })),
  });
  const workers = [{ id: 'w', branch: 'work', base: 'main' }];
  const result = await assess(await provider(judge), workers, { cwd: repository.path });
  await repository.add('Another line', { 'a.ts': 'nothing\n' });
  const { excerpts, missing, runs } = await new AssessmentSource(result).readAssessment();
  expect([missing, runs]).toEqual([[], []]);
  const findings = result.workers[0]?.findings ?? [];
  expect(findings.map(({ quote }) => quote).toSorted()).toEqual(
    ['eval(input);', 'const line21 = 21;', 'parse(input);'].toSorted(),
  );
  const of = (quote: string) =>
    shown(excerpts.find(({ findingId }) => findings.find(({ id }) => id === findingId)?.quote === quote));
  expect(of('parse(input);')?.slice(4, 9)).toEqual([
    ' 11 const line11 = 11;',
    '- eval(input);',
    '+12 parse(input); <',
    ' 13 const line13 = 13;',
    ' 14 const line14 = 14;',
  ]);
  expect(of('const line21 = 21;')).toContain('- const line21 = 21; <');
  expect(excerpts.every(({ from }) => from === 'work')).toBe(true);
});

test('a work that is another one now, or is not there, leaves the quotes alone, and it is said why', async () => {
  const repository = await Repository.at(await temporaryFolder());
  await repository.write({ 'a.ts': 'eval(x);\n' });
  const judge = scriptedJudge({ review: finds(/eval/, { rule: 'no-eval' }) });
  const result = await assess(await provider(judge), [{ id: 'w', files: ['a.ts'] }], { cwd: repository.path });
  await repository.write({ 'a.ts': 'parse(x);\n' });
  expect(await new AssessmentSource(result).readAssessment()).toMatchObject({
    excerpts: [],
    missing: [{ workerId: 'w', reason: 'The work is another one now than was judged.' }],
  });
  await rm(join(repository.path, 'a.ts'));
  expect((await new AssessmentSource(result).readAssessment()).missing).toMatchObject([
    { reason: expect.stringMatching(/^No file matches "a\.ts"/) },
  ]);
});

test('the lines around a finding in a patch are those of the patch, where it is given again', async () => {
  const lines = Array.from({ length: 20 }, (_, at) =>
    at === 9 ? '+eval(input);' : ` const line${at + 1} = ${at + 1};`,
  );
  const diff = ['--- a/a.ts', '+++ b/a.ts', '@@ -1,19 +1,20 @@', ...lines, ''].join('\n');
  const judge = scriptedJudge({ review: finds(/eval/, { rule: 'no-eval' }) });
  const workers = [{ id: 'w', diff }];
  const result = await assess(await provider(judge), workers);
  const { excerpts, missing } = await new AssessmentSource(result, { workers }).readAssessment();
  expect(missing).toEqual([]);
  expect(excerpts).toMatchObject([{ workerId: 'w', from: 'work' }]);
  const around = shown(excerpts[0]) ?? [];
  expect([around.length, around[0], around[6], around.at(-1)]).toEqual([
    13,
    ' 4 const line4 = 4;',
    '+10 eval(input); <',
    ' 16 const line16 = 16;',
  ]);
  expect(await new AssessmentSource(result).readAssessment()).toMatchObject({
    excerpts: [],
    missing: [{ workerId: 'w', reason: expect.stringContaining('it was a patch') }],
  });
});

test('a secret of this process that stands in the lines around a finding is not shown', async () => {
  vi.stubEnv('SOME_API_KEY', 'sk-around-the-finding');
  onTestFinished(() => void vi.unstubAllEnvs());
  const repository = await Repository.at(await temporaryFolder());
  await repository.write({ 'a.ts': 'const key = "sk-around-the-finding";\neval(x);\n' });
  const judge = scriptedJudge({ review: finds(/eval/, { rule: 'no-eval' }) });
  const result = await assess(await provider(judge), [{ id: 'w', files: ['a.ts'] }], { cwd: repository.path });
  const { excerpts } = await new AssessmentSource(result).readAssessment();
  expect(shown(excerpts[0])).toEqual([' 1 const key = "[redacted]";', ' 2 eval(x); <']);
});

test('the result of an assessment opens by its path, and one of another shape says what is wrong', async () => {
  const { result, store, repository } = await assessed();
  const path = join(repository.path, 'rlm.json');
  await writeFile(path, printableJSON(result, 2));
  const { source, runId } = await openPath(path, { store });
  expect(runId).toBeNull();
  expect(await source.readAssessment()).toMatchObject({ result, runs: { length: 4 }, excerpts: { length: 1 } });
  await writeFile(path, JSON.stringify({ ...result, workers: [{ workerId: 7 }] }));
  await expect(openPath(path)).rejects.toThrow(/is no result of an assessment of this version at workers\.0/);
});

test('of work that was judged by parts the runs of its parts are found, and the one over them', async () => {
  const files = await manyFiles(12);
  const repository = await Repository.create();
  await repository.branch('work', files);
  const store = memoryStore();
  const fake = await provider(partsJudge());
  const workers = [{ id: 'w', branch: 'work', base: 'main' }];
  const options = { cwd: repository.path, cache: false, incremental: true, store, assessmentId: 'parts' } as const;
  const result = await assess(fake, workers, options);
  const { made } = result.rlmMetrics.readings;
  expect(made).toBeGreaterThan(1);
  const { runs } = await new AssessmentSource(result, { store }).readAssessment();
  expect(runs.map(({ runId }) => runId.split(':').at(-1))).toEqual([
    '1.1',
    ...Array.from({ length: made }, (_, at) => `1r${at + 1}.1`),
  ]);
});
