import { expect, test } from 'vitest';
import { AssessmentSource } from '../../src/assessment/assessment-source.ts';
import { assessed as realAssessment } from '../support/assessed.ts';
import { expectNoOverflow, faultsOf, shown } from './support/shown.ts';

async function assessed(): Promise<AssessmentSource> {
  const { result, store } = await realAssessment();
  return new AssessmentSource(result, { store });
}

test('an assessment shows its workers, scores with reasons, and findings beside the numbered lines with the quote marked', async () => {
  const page = await shown(await assessed(), { page: 'home' });
  const workers = page.getByRole('navigation', { name: 'Workers' });
  expect(await workers.getByRole('link').count()).toBe(2);
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

test.each(['light', 'dark'] as const)(
  'axe finds nothing in an assessment, wide and narrow: %s',
  async (colorScheme) => {
    for (const width of [1280, 360]) {
      const page = await shown(await assessed(), { page: 'home' }, { colorScheme, viewport: { width, height: 800 } });
      await page.getByRole('article').first().waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await expectNoOverflow(page);
      const tops = await page
        .locator('.top a')
        .evaluateAll((links) => links.map((link) => link.getClientRects().length));
      expect(tops).toEqual([1, 1, 1]);
    }
  },
);
