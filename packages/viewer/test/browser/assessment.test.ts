import { expect, test } from 'vitest';
import { assess, finds, provider, scriptedJudge } from '../../../assess/test/support/judge.ts';
import { Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import type { AssessmentView } from '../../src/model/assessment-view.ts';
import { MemorySource } from '../support/memory-source.ts';
import { expectNoOverflow, faultsOf, shown } from './support/shown.ts';

/** A source whose page is about an assessment. */
class AssessedSource extends MemorySource {
  readonly #assessment: AssessmentView;

  constructor(assessment: AssessmentView) {
    super('judged');
    this.#assessment = assessment;
  }

  override async readAssessment() {
    return this.#assessment as never;
  }
}

const SOURCE = Array.from({ length: 30 }, (_, line) =>
  line === 11 ? 'eval(input);' : `const line${line + 1} = ${line + 1};`,
);

/** A real assessment by a scripted judge. */
async function assessed(): Promise<AssessedSource> {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write({ 'src/bad.ts': `${SOURCE.join('\n')}\n`, 'src/good.ts': 'export const good = 1;\n' });
  const judge = scriptedJudge({
    review: finds(/eval/, {
      severity: 'critical',
      category: 'security',
      rule: 'no-eval',
      message: 'What a user types is run.',
      suggestion: 'Parse it.',
    }),
  });
  const workers = [
    { id: 'careless', files: ['src/bad.ts'] },
    { id: 'careful', files: ['src/good.ts'] },
  ];
  const result = await assess(await provider(judge), workers, { cwd: folder.path, samples: 2 });
  return new AssessedSource({
    result,
    documents: [{ workerId: 'careless', file: 'src/bad.ts', excerpts: [{ firstLine: 1, lines: SOURCE }] }],
    runs: [{ workerId: 'careless', sample: 0, runId: 'judged' }],
  });
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
  expect(await finding.locator('.excerpt li').count()).toBe(9);
  const scores = page.getByRole('region', { name: 'Scores' });
  await scores.getByText('Samples: good, good.').first().waitFor();
  await page.getByRole('region', { name: 'What it rests on' }).getByText('Changed files shown').waitFor();
  await page.getByRole('link', { name: 'Sample 1' }).waitFor();
  await workers.getByRole('link', { name: /careful/ }).click();
  await page.getByRole('heading', { name: 'careful' }).waitFor();
  await page.getByText('None is like that.').waitFor();
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
    }
  },
);
