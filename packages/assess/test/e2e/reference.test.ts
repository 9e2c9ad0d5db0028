import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AssessOptions, formatAssessmentResult, toMarkdown } from '../../src/index.ts';
import { assess, provider, READ_ALL, scriptedJudge } from '../support/judge.ts';
import { manyFiles } from '../support/many-files.ts';
import { isReading, partsJudge } from '../support/parts-judge.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// The judge searches the repository as the work found it: what is there already is no evidence, and shows what was copied.

const HELPER =
  'export function slugOf(title: string): string {\n  return title.toLowerCase().replaceAll(" ", "-");\n}\n';
const WORK = [{ id: 'w', branch: 'work', base: 'main' }];

/** A helper stands twice where the work began, and the work brings it in once more, in a file of its own. */
async function thirdCopy(): Promise<Repository> {
  const repository = await Repository.create({ 'lib/a.ts': HELPER, 'lib/b.ts': `// b\n${HELPER}`, 'README.md': 'x\n' });
  await repository.begin('work');
  await repository.add('Third', { 'src/c.ts': HELPER });
  return repository;
}

/** Greps for what the work defines, and reports what is there already. */
const GREPS = `${READ_ALL}
hits = reference_grep("export function slugOf")["hits"]
copied = [{
    "severity": "high", "category": "code", "rule": "no-duplicated-code", "message": "It is there already.",
    "file": "src/c.ts", "startLine": 1, "endLine": 1, "quote": "export function slugOf(title: string): string {",
    "reference": [{"file": hit["file"], "line": hit["line"], "quote": hit["text"]} for hit in hits],
}] if hits else []`;
const GIVES = `{**answer_value, "findings": copied, "criteria": {"no-duplicated-code": {"outcome": "not_met" if copied else "met", "reason": "By grep."}}}`;
const judge = scriptedJudge({ read: GREPS, give: GIVES });

async function optionsFor(repository: Repository): Promise<AssessOptions> {
  return { cwd: repository.path, cache: { dir: await temporaryFolder() }, presets: ['dry'] };
}

test('the commit that makes a third copy of a helper fails the preset dry, though the other two are in files that it does not touch', async () => {
  const repository = await thirdCopy();
  const fake = await provider(judge);
  const result = await assess(fake, WORK, await optionsFor(repository));
  const [worker] = result.workers;
  expect(worker).toMatchObject({
    verdict: 'fail',
    evidence: { files: 1, coverage: 1, documents: ['src/c.ts', 'evidence:commits'] },
  });
  expect(worker?.findings).toMatchObject([
    {
      file: 'src/c.ts',
      gating: true,
      reference: [
        { file: 'lib/a.ts', line: 1, verified: true },
        { file: 'lib/b.ts', line: 2, verified: true },
      ],
    },
  ]);
  for (const report of [formatAssessmentResult, toMarkdown])
    expect(report(result)).toContain('See also lib/a.ts:1, lib/b.ts:2');
});

test('it is asked for by the preset dry or by the option, and not without, nor where there is no repository', async () => {
  const repository = await thirdCopy();
  const fake = await provider(scriptedJudge());
  const isOffered = async (options: AssessOptions, workers: typeof WORK | { id: string; files: string[] }[] = WORK) => {
    fake.forget();
    await assess(fake, workers, { cwd: repository.path, cache: false, ...options });
    return JSON.stringify(fake.served.map(({ request }) => request.messages)).includes('reference_grep');
  };
  expect(await isOffered({ presets: ['dry'] })).toBe(true);
  expect(await isOffered({ reference: true })).toBe(true);
  expect(await isOffered({})).toBe(false);
  expect(await isOffered({ presets: ['dry'], reference: false })).toBe(false);
  expect(await isOffered({ reference: true }, [{ id: 'w', files: ['src/*.ts'] }])).toBe(false);
});

test('a kept judgement serves on a base that says the same, and not where what its judge read is another', async () => {
  const repository = await thirdCopy();
  const fake = await provider(judge);
  const options = await optionsFor(repository);
  await assess(fake, WORK, options);
  const onto = async (files: Record<string, string>) => {
    await repository.git('checkout', '-q', 'main');
    await repository.add('Main goes on', files);
    await repository.git('checkout', '-q', 'work');
    await repository.git('rebase', '-q', 'main');
    fake.forget();
    return await assess(fake, WORK, options);
  };
  const elsewhere = await onto({ 'README.md': 'y\n', 'lib/other.ts': 'other();\n' });
  expect([fake.served, elsewhere.rlmMetrics.cachedWorkers, elsewhere.workers[0]?.verdict]).toEqual([[], 1, 'fail']);
  const mended = await onto({ 'lib/a.ts': 'gone();\n', 'lib/b.ts': 'gone();\n' });
  expect([mended.rlmMetrics.cachedWorkers, mended.workers[0]?.verdict]).toEqual([0, 'pass']);
});

test('a place in the reference whose quote is not there is said so; a finding in the reference is none of the work', async () => {
  const repository = await thirdCopy();
  const invented = GIVES.replace(
    '"findings": copied',
    '"findings": [{**one, "reference": [{"file": "lib/a.ts", "line": 1, "quote": "invented(here);"}]} for one in copied]',
  );
  const first = await assess(
    await provider(scriptedJudge({ read: GREPS, give: invented })),
    WORK,
    await optionsFor(repository),
  );
  expect(first.workers[0]?.findings).toMatchObject([{ reference: [{ file: 'lib/a.ts', verified: false }] }]);
  expect(formatAssessmentResult(first)).toContain('lib/a.ts:1 (the quote is not there)');
  const there = GIVES.replace('"findings": copied', '"findings": [{**one, "file": "lib/a.ts"} for one in copied]');
  const second = await assess(
    await provider(scriptedJudge({ read: GREPS, give: there })),
    WORK,
    await optionsFor(repository),
  );
  expect(second.workers[0]).toMatchObject({ verdict: 'inconclusive', findings: [{ verified: false, gating: false }] });
});

test('by parts, whoever judges the whole may search, and readings are made without', async () => {
  const files = await manyFiles(16);
  const repository = await Repository.create({ 'lib/a.ts': HELPER });
  await repository.branch('work', files);
  const fake = await provider(partsJudge());
  const result = await assess(fake, WORK, { ...(await optionsFor(repository)), incremental: true });
  expect(result.workers[0]?.verdict).toBe('pass');
  const isOffered = fake.served
    .filter(({ request }) => request.kind === 'turn')
    .map(({ request }) => [isReading(request), JSON.stringify(request.messages).includes('`reference_grep`')]);
  expect(new Set(isOffered.map(String))).toEqual(new Set(['true,false', 'false,true']));
});

/** Reads what was given, and reports a work that does not do as it says. */
const RULES = `${READ_ALL}
rules = reference_read(file="context:rules.md")["lines"]
broken = [{
    "severity": "high", "category": "code", "rule": "project-rule", "message": "The rules of the project say otherwise.",
    "file": "src/c.ts", "startLine": 1, "endLine": 1, "quote": "export function slugOf(title: string): string {",
    "reference": [{"file": "context:rules.md", "line": line["line"], "quote": line["text"]} for line in rules],
}] if "no functions" in rules[0]["text"] else []`;

test('documents beside the work are what it is held against: findings cite them, coverage counts the work, and a kept judgement ends with what was read of them', async () => {
  const repository = await thirdCopy();
  const give = '{**answer_value, "findings": broken}';
  const fake = await provider(scriptedJudge({ read: RULES, give }));
  const options = { cwd: repository.path, cache: { dir: await temporaryFolder() } };
  const judged = async (rule: string) => {
    fake.forget();
    const context = { 'rules.md': `${rule}\n`, 'docs/design.md': `${rule}, nobody reads this\n` };
    return await assess(fake, WORK, { ...options, context });
  };
  const first = await judged('There are no functions.');
  expect(first.workers[0]).toMatchObject({
    verdict: 'fail',
    evidence: { coverage: 1, documents: ['src/c.ts', 'evidence:commits'] },
    findings: [
      { reference: [{ file: 'context:rules.md', line: 1, quote: 'There are no functions.', verified: true }] },
    ],
  });
  const asked = JSON.stringify(fake.served.map(({ request }) => request.messages));
  expect(asked).toContain('context:docs/design.md');
  expect(asked).not.toContain('the repository as it was before the work can be searched');
  expect((await judged('There are no functions.')).rlmMetrics.cachedWorkers).toBe(1);
  const other = await judged('There are functions.');
  expect([other.rlmMetrics.cachedWorkers, other.workers[0]?.verdict]).toEqual([0, 'pass']);
});

test('documents stand beside work without a repository, too; a name that leads out is no name', async () => {
  const folder = await temporaryFolder();
  const fake = await provider(scriptedJudge());
  await writeFile(join(folder, 'a.js'), 'one();\n');
  const files = [{ id: 'w', files: ['a.js'] }];
  const judged = await assess(fake, files, { cwd: folder, cache: false, context: { 'rules.md': 'Be done.\n' } });
  expect(judged.workers[0]?.verdict).toBe('pass');
  expect(JSON.stringify(fake.served.map(({ request }) => request.messages))).toContain('reference_read');
  for (const name of ['../rules.md', '/etc/rules.md', 'a/./b', 'a/', '', 'a\nb']) {
    const refused = assess(fake, files, { cwd: folder, context: { [name]: 'x' } });
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_options',
      message: expect.stringContaining('context'),
    });
  }
});
