import { expect, test } from 'vitest';
import { type AssessmentResult, exitCodeOf, formatAssessmentResult } from '../../src/index.ts';
import { assess, finds, type JudgeScript, provider, scriptedJudge } from '../support/judge.ts';
import { Repository } from '../support/repository.ts';

// A judge that is right, and what it says is not what a machine expects.

const KEY = 'export const key = "AKIAIOSFODNN7EXAMPLE";';
const INJECTION = 'db.query("select * from t where id = " + id);';
const CHECK = 'requireAdmin(request);';

/** A repository whose main branch and branch `work` hold these files. */
async function repositoryOf(before: Record<string, string>, after: Record<string, string>): Promise<Repository> {
  const repository = await Repository.create();
  await repository.write({ 'README.md': 'Before.\n', ...before });
  await repository.git('add', '--all');
  await repository.git('commit', '-qm', 'Before');
  await repository.branch('work', after);
  return repository;
}

async function judged(
  [before, after]: [Record<string, string>, Record<string, string>],
  script: JudgeScript,
  options: Parameters<typeof assess>[2] = {},
): Promise<AssessmentResult> {
  const fake = await provider(scriptedJudge(script));
  const { path: cwd } = await repositoryOf(before, after);
  return await assess(fake, [{ id: 'w', branch: 'work', base: 'main' }], { cwd, cache: false, ...options });
}

const critical = { severity: 'critical', category: 'security' } as const;
const quoting =
  (pattern: RegExp, quote: (line: string) => string, rule = 'hard-coded-key') =>
  (document: Parameters<ReturnType<typeof finds>>[0]) =>
    finds(pattern, { ...critical, rule })(document).map((one) => ({ ...one, quote: quote(one.quote ?? '') }));

test.each<[string, (line: string) => string]>([
  ['the key masked', (line) => line.replace(/AKIA\w+/, '****')],
  ["the diff's plus before it", (line) => `+${line}`],
  ['a fence around it', (line) => `\`\`\`ts\n${line}\n\`\`\``],
  ['an elision', (line) => line.replace(/AKIA\w+/, 'AKIA…')],
])('a critical finding quoted with %s fails', async (_, quote) => {
  const result = await judged([{}, { 'key.ts': `${KEY}\n` }], {
    level: 'unacceptable',
    review: quoting(/AKIA/, quote),
  });
  expect([result.verdict, exitCodeOf(result)]).toEqual(['fail', 1]);
  expect(result.workers[0]?.findings[0]).toMatchObject({ verified: true, change: 'added' });
  expect(result.workers[0]?.findings[0]?.tolerated).not.toEqual([]);
});

test('An imperfect quote never turns a critical finding into a silent PASS: what cannot be verified is inconclusive, and said', async () => {
  const review = quoting(/AKIA/, () => 'a secret stands in this line');
  const result = await judged([{}, { 'key.ts': `${KEY}\n` }], { review }, { gate: { onError: 'pass' } });
  expect([result.verdict, exitCodeOf(result)]).toEqual(['inconclusive', 3]);
  expect(formatAssessmentResult(result)).toContain('in doubt: critical hard-coded-key in key.ts:1');
});

test('all dimensions "unacceptable" without a finding is no pass', async () => {
  const result = await judged([{}, { 'key.ts': `${KEY}\n` }], { level: 'unacceptable' });
  expect([result.verdict, exitCodeOf(result)]).toEqual(['inconclusive', 3]);
  expect(result.workers[0]?.reason).toContain("unacceptable by the judge's word, shown by no finding: codeQuality");
});

const INJECTED = { 'db.ts': `open();\n${INJECTION}\nclose();\n` };
const MENDED = { 'db.ts': 'open();\ndb.query("select * from t where id = ?", [id]);\nclose();\n' };
/** Removed lines have no number: a judge names the line that took the place. */
const findsInjection = (given: object = {}): JudgeScript => ({
  review: ({ lines, kind }) =>
    lines
      .filter(({ text }) => kind === 'file' && text === INJECTION)
      .map(({ text }) => ({ ...critical, rule: 'sql-injection', startLine: 2, endLine: 2, quote: text, ...given })),
});

test('the commit that mends an injection does not fail for the line it removed', async () => {
  for (const given of [{}, { origin: 'mended' }]) {
    const result = await judged([INJECTED, MENDED], findsInjection(given));
    expect(result.workers[0]?.findings[0]).toMatchObject({ verified: true, change: 'removed', origin: 'mended' });
    expect([result.verdict, exitCodeOf(result)]).toEqual(['pass', 0]);
  }
});

test('the commit that brings an injection in fails, also when it replaces a line', async () => {
  const result = await judged([MENDED, INJECTED], findsInjection());
  expect(result.workers[0]?.findings[0]).toMatchObject({ change: 'changed', gating: true });
  expect(result.verdict).toBe('fail');
});

test('a change that deletes a check never passes silently: it fails by the word of the judge, else it is inconclusive', async () => {
  const change: [Record<string, string>, Record<string, string>] = [
    { 'admin.ts': `open();\n${CHECK}\ndrop();\n` },
    { 'admin.ts': 'open();\ndrop();\n' },
  ];
  const review = (given: object): JudgeScript => ({
    review: ({ lines, kind }) =>
      lines
        .filter(({ text }) => kind === 'file' && text === CHECK)
        .map(({ text }) => ({ ...critical, rule: 'missing-authorisation', quote: text, ...given })),
  });
  expect((await judged(change, review({ origin: 'introduced' }))).verdict).toBe('fail');
  const unsaid = await judged(change, review({}));
  expect([unsaid.verdict, exitCodeOf(unsaid)]).toEqual(['inconclusive', 3]);
  expect(unsaid.workers[0]?.findings[0]).toMatchObject({ change: 'removed', origin: null });
  expect((await judged(change, review({ origin: 'mended' }))).verdict).toBe('pass');
});

test('a finding on an untouched line does not gate, and does with the scope "all"', async () => {
  const more = `${INJECTED['db.ts']}\n\n\nmore();\n`;
  const change: [Record<string, string>, Record<string, string>] = [INJECTED, { 'db.ts': more }];
  const result = await judged(change, findsInjection());
  expect(result.workers[0]?.findings[0]).toMatchObject({ change: 'untouched', origin: 'existing', gating: false });
  expect(result.verdict).toBe('pass');
  expect((await judged(change, findsInjection(), { gate: { scope: 'all' } })).verdict).toBe('fail');
});
