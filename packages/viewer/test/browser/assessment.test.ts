import { expect, test } from 'vitest';
import { finding, resultOf, worker } from '../../../assess/test/support/results.ts';
import { AssessmentSource } from '../../src/assessment/assessment-source.ts';
import { assessed as realAssessment } from '../support/assessed.ts';
import { faultsOf, faultsOfView } from './support/faults.ts';
import { settled, shown } from './support/shown.ts';

let judged: Promise<AssessmentSource> | undefined;

/** An assessment that all tests look at, in one document. Its repository goes with the first of them: what is shown is in the store. */
function assessed(): Promise<AssessmentSource> {
  judged ??= realAssessment().then(({ result, store }) => new AssessmentSource(result, { store }));
  return judged;
}

test('an assessment shows its workers, scores with reasons, and findings beside the numbered lines with the quote marked', async () => {
  const page = await shown(await assessed(), { page: 'home' });
  const workers = page.getByRole('navigation', { name: 'Workers' });
  await expect.poll(() => workers.getByRole('link').count()).toBe(2);
  const finding = page.getByRole('article', { name: 'critical: no-eval' });
  await finding.getByText('What a user types is run.').waitFor();
  await finding.getByText('in 2 of 2 samples').waitFor();
  await finding.getByText('fails the gate').waitFor();
  const quoted = finding.locator('li.is-quoted');
  expect(await quoted.allTextContents()).toEqual(['12eval(input);']);
  const lines = await finding.locator('.excerpt li').allTextContents();
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([13, '6const line6 = 6;', '18const line18 = 18;']);
  const scores = page.getByRole('region', { name: 'Scores' });
  await scores.getByText('Samples: good, good.').first().waitFor();
  await page.getByRole('region', { name: 'What it rests on' }).getByText('Changed files shown').waitFor();
  const runs = page.getByRole('region', { name: 'Runs that judged it' });
  await runs.getByRole('link', { name: 'Sample 2' }).waitFor();
  await runs.getByRole('link', { name: 'src/unread.ts' }).first().waitFor();
  await workers.getByRole('link', { name: /careful/ }).click();
  await page.getByRole('heading', { name: 'careful' }).waitFor();
  await page.getByText('None is like that.').waitFor();
});

test('a finding leads to the calls that found it, and what was not read to its text', async () => {
  const page = await shown(await assessed(), { page: 'home' });
  const finding = page.getByRole('article', { name: 'critical: no-eval' });
  await finding.getByText(/^Found by .* of sample 1; .* of sample 2\.$/).waitFor();
  await finding
    .getByRole('link', { name: /^call-/ })
    .first()
    .click();
  await page.getByRole('group', { name: 'Reply' }).getByText('What a user types is run.').waitFor();
  await page.getByRole('link', { name: 'Assessment' }).click();
  const runs = page.getByRole('region', { name: 'Runs that judged it' });
  await runs.getByRole('link', { name: 'src/unread.ts' }).first().click();
  await page.getByRole('heading', { name: 'src/unread.ts' }).waitFor();
  await page.getByText('No call that was answered had this in its prompt, word for word.').waitFor();
});

test('findings are filtered by severity, and copied as instructions for the worker', async () => {
  const page = await shown(
    await assessed(),
    { page: 'assessment', worker: 'careless', finding: null },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  );
  await page.getByRole('button', { name: 'Copy as instructions' }).click();
  await page.getByText('Copied').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(
    'Mend the following in the work of careless:\n\n1. src/bad.ts:12 (critical, no-eval)\n   What a user types is run.\n   > eval(input);\n   Suggestion: Parse it.\n',
  );
  await page.getByRole('combobox', { name: 'Severity' }).selectOption('critical');
  await page.getByRole('article', { name: 'critical: no-eval' }).waitFor();
  await page.getByRole('combobox', { name: 'Which' }).selectOption('gating');
  await page.getByRole('article', { name: 'critical: no-eval' }).waitFor();
});

test('axe finds nothing in an assessment, light or dark, wide or narrow', async () => {
  const page = await shown(await assessed(), { page: 'home' });
  await page.getByRole('article').first().waitFor();
  await settled(page);
  const lines = () => page.locator('.top a').evaluateAll((links) => links.map((link) => link.getClientRects().length));
  expect(await lines()).toEqual([1, 1, 1]);
  expect(await faultsOfView(page)).toEqual([]);
  expect(await lines()).toEqual([1, 1, 1]);
});

test('what is new, what became of earlier findings, and which comments let some be, is there to see and to choose', async () => {
  const place = { severity: 'high', file: 'src/db.ts', startLine: 3, endLine: 3 } as const;
  const judged = worker({
    workerId: 'again',
    findings: [
      finding({ rule: 'no-eval', since: 'new' }),
      finding({ rule: 'no-globals', since: 'still_there', suppression: { reason: 'It is a shim.', state: 'of_base' } }),
    ],
    suppressions: [
      { file: 'src/db.ts', line: 2, rules: ['no-globals'], reason: 'It is a shim.', state: 'of_base' },
      { file: 'src/db.ts', line: 40, rules: ['no-eval'], reason: '', state: 'no_reason' },
    ],
    gone: [
      { ...place, id: 'gone-1', rule: 'no-secrets', message: 'A key stood here.', state: 'fixed' },
      { ...place, id: 'gone-2', rule: 'no-waits', message: 'It waits.', state: 'not_found_again' },
    ],
  });
  const page = await shown(new AssessmentSource(resultOf([judged])), { page: 'home' });
  const since = page.getByRole('region', { name: 'Since the assessment before' });
  await since.getByText('1 new, 1 still there, 1 fixed, 1 not found again').waitFor();
  expect(await since.getByRole('listitem').allTextContents()).toEqual([
    expect.stringMatching(/^fixed.*no-secrets.*src\/db\.ts:3.*A key stood here\.$/),
    expect.stringMatching(/^not found again.*no-waits/),
  ]);
  const known = page.getByRole('article', { name: 'high: no-globals' });
  await known.getByText('still there').waitFor();
  await known.getByText('let be', { exact: true }).waitFor();
  await known.getByText('A comment asks to let it be: It is a shim.').waitFor();
  const comments = page.getByRole('region', { name: 'Comments that let findings be' });
  expect(await comments.getByRole('listitem').allTextContents()).toEqual([
    expect.stringMatching(/^let be.*src\/db\.ts:2.*no-globals: It is a shim\.$/),
    expect.stringMatching(/^without a reason.*src\/db\.ts:40.*no-eval$/),
  ]);
  await page.getByRole('combobox', { name: 'Which' }).selectOption('new');
  await known.waitFor({ state: 'detached' });
  await page.getByRole('article', { name: 'high: no-eval' }).getByText('new', { exact: true }).waitFor();
  expect(await faultsOf(page)).toEqual([]);
});

test('a finding shows what a second model made of it', async () => {
  const verification = {
    model: 'gpt-5',
    outcome: 'cannot_say' as const,
    reason: 'The caller is not shown.',
    costUsd: 0,
  };
  const source = new AssessmentSource(resultOf([worker({ verifier: 'gpt-5', findings: [finding({ verification })] })]));
  const page = await shown(source, { page: 'assessment', worker: 'auth', finding: null });
  await page.getByText('Second look by gpt-5: cannot say. The caller is not shown.').waitFor();
  await page.getByText('a second look by gpt-5 cannot say whether it holds').first().waitFor();
});
