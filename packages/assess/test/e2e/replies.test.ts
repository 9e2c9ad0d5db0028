import { expect, test } from 'vitest';
import {
  type AssessmentResult,
  type AssessOptions,
  assessWorkers,
  exitCodeOf,
  formatAssessmentResult,
  toMarkdown,
} from '../../src/index.ts';
import { judgeOptions, provider, scriptedJudge } from '../support/judge.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';
import { SPOILT, spoilt } from '../support/spoilt-replies.ts';

// A judge that asks a sub-model to read, and a provider that refuses, cuts or drops what it is to read.

const INJECTION = 'db.query("select * from t where id = " + id);';
/** It takes an error of a sub-call for a document without a finding, as a careless program does. */
const CARELESS = scriptedJudge({
  read: 'texts = ["[]" for text in llm_query_batched(["Review this document.\\n" + text for text in context.values()])]',
});
/** Long enough that no tokenizer makes as little of it as the dropping provider says it saw. */
const FILES = { 'db.ts': `${INJECTION}\n`.repeat(1000), 'ok.ts': 'ok();\n' };

async function judged(spoil: keyof typeof SPOILT, options: AssessOptions = {}): Promise<AssessmentResult> {
  const fake = await provider(spoilt(CARELESS, 'begins: file, "db.ts"', SPOILT[spoil]));
  const folder = await Repository.at(await temporaryFolder());
  await folder.write(FILES);
  return await assessWorkers([{ id: 'w', files: ['*.ts'] }], {
    cwd: folder.path,
    cache: false,
    judge: judgeOptions(fake),
    ...options,
  });
}

const PROVIDERS = Object.keys(SPOILT) as (keyof typeof SPOILT)[];

test.each(PROVIDERS)(
  'a file with an injection whose only sub-call came from a provider that is %s: inconclusive',
  async (spoil) => {
    const result = await judged(spoil);
    expect([result.success, result.verdict, exitCodeOf(result)]).toEqual([false, 'inconclusive', 3]);
    expect(result.workers[0]).toMatchObject({ overallScore: null, evidence: { unread: ['db.ts'] } });
  },
);

test.each(PROVIDERS)('also with requireCoverage below 1, and the report says which document: %s', async (spoil) => {
  const result = await judged(spoil, { requireCoverage: 0.001 });
  expect([result.verdict, exitCodeOf(result)]).toEqual(['inconclusive', 3]);
  expect(result.workers[0]?.error).toMatchObject({ code: 'evidence_not_read' });
  expect(result.workers[0]?.reason).toContain('Not read to the end: db.ts');
  for (const report of [formatAssessmentResult, toMarkdown])
    expect(report(result)).toMatch(/not read to the end: .*db\.ts/);
});

test('the metrics count how the replies ended', async () => {
  const { rlmMetrics } = await judged('blocking', { requireCoverage: 0.001 });
  expect(rlmMetrics.usage.finishReasons.refused).toBeGreaterThan(0);
  expect(rlmMetrics.usage.finishReasons.stop).toBeGreaterThan(0);
});
