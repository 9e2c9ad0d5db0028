import { type FakeProvider, HANG, type Script } from '@rlm-bridge/fake-provider';
import { memoryStore } from 'rlm-bridge';
import { expect, test } from 'vitest';
import { type AssessEvent, type AssessOptions, applyGate, summarizeEvidence } from '../../src/index.ts';
import { assess, finds, judgeOptions, provider, scriptedJudge } from '../support/judge.ts';
import { manyFiles, workOf } from '../support/many-files.ts';
import { type Across, documentsOf, isReading, partsJudge } from '../support/parts-judge.ts';
import { type Repository, temporaryFolder } from '../support/repository.ts';

// Work that is judged by parts: what is kept of it, what is made again, and what is found between parts that are read apart.

const WORK = [{ id: 'w', branch: 'work', base: 'main' }];
const FILES = await manyFiles(18);
const NAMES = Object.keys(FILES);
/** They are read apart: one of the first part, and one of the last. */
const [FIRST = '', LAST = ''] = [NAMES[0], NAMES.at(-1)];
const HELPER = [
  'export function slugOf(title: string): string {',
  '  const words = title.toLowerCase().split(" ");',
  '  const kept = words.filter((word) => word.length > 2);',
  '  const joined = kept.map((word) => word.trim()).join("-");',
  '  if (joined.startsWith("-")) return joined.slice(1);',
  '  if (joined.endsWith("-")) return joined.slice(0, -1);',
  '  const short = joined.slice(0, 80);',
  '  return short === "" ? "untitled" : short;',
  '}',
].join('\n');

async function optionsFor(repository: Repository): Promise<AssessOptions> {
  return { cwd: repository.path, cache: { dir: await temporaryFolder() }, incremental: true };
}

const readingsOf = ({ served }: FakeProvider) => served.filter(({ request }) => isReading(request));
const filesRead = (fake: FakeProvider) =>
  fake.served.flatMap(({ request }) =>
    documentsOf(request).flatMap(({ name, kind }) => (kind === 'file' ? [name] : [])),
  );
/** A copy is found where its lines stand together. */
const copies: Across = (sides) =>
  sides.flatMap(({ file, lines }) =>
    lines
      .filter(({ text }) => text.includes('function slugOf'))
      .map(({ number, text }) => ({ rule: 'copied', file, startLine: number, endLine: number, quote: text })),
  );

test('work that is amended, given another message, rebased or merged with its base keeps every reading; another checkout has them, too, and another question none', async () => {
  const repository = await workOf(FILES);
  const fake = await provider(partsJudge());
  const options = await optionsFor(repository);
  const readings = async (more: AssessOptions) =>
    (await assess(fake, WORK, { ...options, ...more })).rlmMetrics.readings;
  const { made } = await readings({});
  expect(made).toBeGreaterThan(2);
  const others: AssessOptions[] = [
    { criteria: 'It sings.' },
    { rubric: [{ id: 'sings', question: 'Does it sing?', severity: 'low' }] },
    { judge: { rootModel: 'gpt-4.1-mini' } },
  ];
  for (const other of others) expect(await readings(other)).toEqual({ made, kept: 0 });
  const { path } = await workOf({ ...FILES, [LAST]: `${FILES[LAST]}\n// edited\n` });
  expect(await readings({ cwd: path })).toEqual({ made: 1, kept: made - 1 });
  const after = async (...steps: (() => Promise<unknown>)[]) => {
    for (const step of steps) await step();
    fake.forget();
    const again = await assess(fake, WORK, options);
    expect(again.workers[0]?.verdict).toBe('pass');
    expect(readingsOf(fake)).toEqual([]);
    return { asked: fake.served.length, ...again.rlmMetrics };
  };
  const git = (...args: string[]) => repository.git(...args);
  const kept = { asked: 0, cachedWorkers: 1 };
  const amend = () => git('commit', '-q', '--amend', '--no-edit', '--date', '2027-01-01T00:00:00Z');
  expect(await after(amend)).toMatchObject(kept);
  const reworded = await after(() => git('commit', '-q', '--amend', '-m', 'Other words'));
  expect(reworded).toMatchObject({ readings: { made: 0, kept: made } });
  expect(
    await after(
      () => mainMoves(repository, 1),
      () => git('rebase', '-q', 'main'),
    ),
  ).toMatchObject(kept);
  expect(
    await after(
      () => mainMoves(repository, 2),
      () => git('merge', '-q', 'main', '-m', 'Merge'),
    ),
  ).toMatchObject(kept);
});

/** Main goes on elsewhere; the branch of the work stays checked out. */
async function mainMoves(repository: Repository, time: number): Promise<void> {
  await repository.git('checkout', '-q', 'main');
  await repository.add('Elsewhere', { 'elsewhere.txt': `main ${time}\n` });
  await repository.git('checkout', '-q', 'work');
}

test('a copy of what stands in a file that is not read again is found, and stays found when neither changes', async () => {
  const repository = await workOf({ ...FILES, [FIRST]: `${FILES[FIRST]}\n${HELPER}\n` });
  const fake = await provider(partsJudge({ across: copies }));
  const options = await optionsFor(repository);
  expect((await assess(fake, WORK, options)).workers[0]).toMatchObject({ verdict: 'pass', findings: [] });
  await repository.add('Copy', { [LAST]: `${FILES[LAST]}\n${HELPER.replaceAll('  ', '    ')}\n` });
  fake.forget();
  const copied = await assess(fake, WORK, options);
  expect(filesRead(fake)).not.toContain(FIRST);
  expect(copied.workers[0]?.findings.map(({ file, rule, verified }) => [file, rule, verified])).toEqual([
    [FIRST, 'copied', true],
    [LAST, 'copied', true],
  ]);
  expect(copied.workers[0]?.verdict).toBe('fail');
  // An edit elsewhere, above the copy: the pair is not shown again, and its lines are where they are now.
  await repository.add('Elsewhere', { [FIRST]: `// above\n${FILES[FIRST]}\n${HELPER}\n` });
  fake.forget();
  const later = await assess(fake, WORK, options);
  expect(fake.served.some(({ request }) => request.text.includes('the same lines in 2 files'))).toBe(false);
  expect(later.workers[0]?.findings.map(({ file, startLine }) => [file, startLine])).toEqual(
    copied.workers[0]?.findings.map(({ file, startLine }) => [file, file === FIRST ? startLine + 1 : startLine]),
  );
});

test('a third copy is shown with the first two, wherever they stand', async () => {
  const middle = NAMES[Math.floor(NAMES.length / 2)] ?? '';
  const files = { ...FILES, [FIRST]: `${FILES[FIRST]}\n${HELPER}\n`, [LAST]: `${FILES[LAST]}\n${HELPER}\n` };
  const repository = await workOf(files);
  const fake = await provider(partsJudge({ across: copies }));
  const options = await optionsFor(repository);
  expect((await assess(fake, WORK, options)).workers[0]?.findings).toHaveLength(2);
  await repository.add('Third', { [middle]: `${FILES[middle]}\n${HELPER}\n` });
  const third = await assess(fake, WORK, options);
  expect(third.workers[0]?.findings.map(({ file }) => file).toSorted()).toEqual([FIRST, middle, LAST].toSorted());
});

test('a definition that changed is judged with a caller that did not, though their files are read apart', async () => {
  const caller = 'export const title = () => slugOf("A title", 80);';
  const repository = await workOf({
    ...FILES,
    [FIRST]: `${FILES[FIRST]}\n${HELPER}\n`,
    [LAST]: `${FILES[LAST]}\n${caller}\n`,
  });
  const shown: string[][] = [];
  const across: Across = (sides) => {
    if (sides.some(({ lines }) => lines.some(({ text }) => text.includes('slugOf')))) {
      shown.push(sides.flatMap(({ file, lines }) => [file, ...lines.map(({ text }) => text)]));
    }
    return [];
  };
  const fake = await provider(partsJudge({ across }));
  const options = await optionsFor(repository);
  await assess(fake, WORK, options);
  shown.length = 0;
  const changed = HELPER.replace('title: string', 'title: string, most: string[]');
  await repository.add('Change', { [FIRST]: `${FILES[FIRST]}\n${changed}\n` });
  await assess(fake, WORK, options);
  expect(shown).toEqual([[FIRST, ...changed.split('\n'), LAST, caller]]);
});

test('a reading that fails leaves the work without a score: what was found and paid is told and can fail the gate, and next time it alone is made', async () => {
  const repository = await workOf({ ...FILES, [FIRST]: `${FILES[FIRST]}\nplanted();\n` });
  const judge = partsJudge({ review: finds(/^planted\(/, { severity: 'medium', rule: 'bad-call' }) });
  let fails = true;
  const failing: Script = (request) =>
    fails && isReading(request) && documentsOf(request).some(({ name }) => name === LAST)
      ? { status: 400, message: 'no such thing' }
      : judge(request);
  const fake = await provider(failing);
  const options = await optionsFor(repository);
  const first = await assess(fake, WORK, options);
  const found = [{ rule: 'bad-call', file: FIRST, verified: true }];
  expect(first.workers[0]).toMatchObject({ verdict: 'inconclusive', overallScore: null, findings: found });
  expect(first.workers[0]?.error?.message).toMatch(/^Reading (\d+) of \1 failed: /);
  const error = { code: 'provider_rejected_request' };
  expect(applyGate(first, { failOn: 'medium' }).workers[0]).toMatchObject({ verdict: 'fail', error });
  expect(first.rlmMetrics.usage.calls).toBe(fake.served.length);
  expect(first.rlmMetrics.costUsd).toBeGreaterThan(0);
  const { made } = first.rlmMetrics.readings;
  fails = false;
  fake.forget();
  const second = await assess(fake, WORK, options);
  expect(second.workers[0]).toMatchObject({ verdict: 'pass', findings: found, evidence: { coverage: 1 } });
  expect(second.rlmMetrics.readings).toEqual({ kept: made, made: 1 });
  expect(filesRead(fake)).toContain(LAST);
});

test('a verdict that fails is no judgement, and its readings are kept', async () => {
  const repository = await workOf(FILES);
  const judge = partsJudge();
  let fails = true;
  const fake = await provider((request) =>
    fails && !isReading(request) ? { status: 400, message: 'no' } : judge(request),
  );
  const options = await optionsFor(repository);
  const first = await assess(fake, WORK, options);
  expect(first.workers[0]).toMatchObject({ verdict: 'inconclusive', overallScore: null });
  fails = false;
  fake.forget();
  const second = await assess(fake, WORK, options);
  expect([second.workers[0]?.verdict, readingsOf(fake)]).toEqual(['pass', []]);
  expect(second.rlmMetrics.readings).toEqual({ made: 0, kept: first.rlmMetrics.readings.made });
});

test('a criterion that one part shows not to be met is not met, whatever is said of the whole', async () => {
  const repository = await workOf({ ...FILES, [FIRST]: `${FILES[FIRST]}\nplanted();\n` });
  const fake = await provider(partsJudge({ review: finds(/^planted\(/, { rule: 'sober' }) }));
  const rubric = [{ id: 'sober', question: 'Is nothing planted?', severity: 'high' as const }];
  const result = await assess(fake, WORK, { ...(await optionsFor(repository)), rubric });
  expect(result.workers[0]).toMatchObject({
    verdict: 'fail',
    rubric: [{ id: 'sober', outcome: 'not_met' }],
    findings: [{ file: FIRST, gating: true }],
  });
});

test('every sample has readings of its own; a dry run and the events count what is kept and what is made', async () => {
  const repository = await workOf(FILES);
  const fake = await provider(partsJudge());
  const events: AssessEvent[] = [];
  const options = {
    ...(await optionsFor(repository)),
    samples: 2,
    onEvent: (event: AssessEvent) => events.push(event),
  };
  const dry = async () => (await summarizeEvidence(WORK, { ...options, judge: judgeOptions(fake) }))[0];
  const before = await dry();
  const first = await assess(fake, WORK, options);
  const { made } = first.rlmMetrics.readings;
  expect(before).toMatchObject({ judgement: 'new', readings: { kept: 0, toMake: made } });
  expect(before?.runs).toHaveLength(made + 2);
  expect(readingsOf(fake)).toHaveLength(made);
  expect(new Set(readingsOf(fake).map(({ request }) => JSON.stringify(request.messages))).size).toBe(made / 2);
  const started = events.flatMap((event) => (event.type === 'sample.started' ? [event] : []));
  expect(started.filter(({ reading }) => reading === null)).toHaveLength(2);
  expect(started.filter(({ reading }) => reading?.of === made / 2)).toHaveLength(made);
  expect(await dry()).toMatchObject({ judgement: 'kept', readings: null, runs: [] });
  await repository.add('Edit', { [FIRST]: `${FILES[FIRST]}\n// edited\n` });
  expect(await dry()).toMatchObject({ judgement: 'new', readings: { kept: made - 2, toMake: 2 } });
  events.length = 0;
  const second = await assess(fake, WORK, options);
  expect(second.rlmMetrics.readings).toEqual({ kept: made - 2, made: 2 });
  expect(events).toContainEqual({ type: 'readings.planned', workerId: 'w', kept: made - 2, toMake: 2 });
});

test('the budget bounds all readings and the verdict together', async () => {
  const repository = await workOf(FILES);
  const fake = await provider(partsJudge());
  const options = await optionsFor(repository);
  const { costUsd } = (await assess(fake, WORK, { ...options, cache: false })).rlmMetrics;
  const maxBudgetUsd = (costUsd ?? 0) / 2;
  for (const money of [{ maxBudgetUsd }, { maxBudgetUsdPerWorker: maxBudgetUsd }]) {
    const result = await assess(fake, WORK, { ...options, cache: false, ...money });
    expect(result.workers[0]?.verdict).toBe('inconclusive');
    expect(result.workers[0]?.error?.code).toMatch(/^budget_/);
    expect(result.rlmMetrics.costUsd).toBeLessThanOrEqual(maxBudgetUsd);
  }
});

test('aborted between readings, the call has what was found, and begins no other', async () => {
  // More parts than are read at once: the last begins when others have ended.
  const files = await manyFiles(24);
  const last = Object.keys(files).at(-1);
  const repository = await workOf({ ...files, [FIRST]: `${files[FIRST]}\nplanted();\n` });
  const judge = partsJudge({ review: finds(/^planted\(/, { rule: 'bad-call' }) });
  const fake = await provider((request) =>
    documentsOf(request).some(({ name }) => name === last) ? HANG : judge(request),
  );
  const aborting = new AbortController();
  const call = assess(fake, WORK, { ...(await optionsFor(repository)), signal: aborting.signal });
  await fake.until(({ served }) =>
    served.some(({ request }) => documentsOf(request).some(({ name }) => name === last)),
  );
  aborting.abort();
  const error = await call.catch((reason) => reason);
  expect(error.result.workers[0]).toMatchObject({ error: { code: 'aborted' }, findings: [{ file: FIRST }] });
  expect(fake.served.every(({ request }) => isReading(request))).toBe(true);
});

test('work of one part is judged as a whole, as without the option', async () => {
  const repository = await workOf({ 'a.ts': 'planted();\n' });
  const fake = await provider(scriptedJudge({ review: finds(/^planted\(/, { rule: 'bad-call' }) }));
  const result = await assess(fake, WORK, await optionsFor(repository));
  expect(result.workers[0]).toMatchObject({ verdict: 'fail' });
  expect(result.rlmMetrics.readings).toEqual({ made: 0, kept: 0 });
});

test('with a store, readings of an earlier call are not made or paid again', async () => {
  const repository = await workOf(FILES);
  const judge = partsJudge();
  let fails = true;
  const fake = await provider((request) =>
    fails && !isReading(request) ? { status: 400, message: 'no' } : judge(request),
  );
  const store = { store: memoryStore(), assessmentId: 'nightly' };
  const options = { ...(await optionsFor(repository)), cache: false, ...store };
  const first = await assess(fake, WORK, options);
  expect(first.workers[0]?.error?.code).toBe('provider_rejected_request');
  fails = false;
  const paid = fake.served.length;
  fake.forget();
  const second = await assess(fake, WORK, options);
  expect([second.workers[0]?.verdict, readingsOf(fake)]).toEqual(['pass', []]);
  expect(second.rlmMetrics.earlier).toMatchObject({ calls: paid });
});
