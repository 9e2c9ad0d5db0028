import { memoryStore, type RunStore } from 'rlm-bridge';
import { expect, test } from 'vitest';
import { killedAfter, linesOf } from '../../../rlm/test/e2e/support/journals.ts';
import type { AssessOptions } from '../../src/index.ts';
import { assess, finds, provider, scriptedJudge } from '../support/judge.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';
import { SPOILT, spoilt } from '../support/spoilt-replies.ts';

// A sample that was killed and goes on is judged by all of its lives: what the first one was told is known to the next.

/** A store in which the first run of a whole assessment was killed after its last line that has such a word. */
async function killedAfterLast(word: string, store: RunStore): Promise<RunStore> {
  const runs = (await Array.fromAsync(store.list())).map(({ runId }) => runId);
  const runId = runs.find((id) => id.endsWith(':1.1')) ?? '';
  const lines = await linesOf(store, runId);
  return await killedAfter(lines.findLastIndex((line) => line.includes(word)) + 1, store, runId);
}

async function judgedTwice(
  script: Parameters<typeof provider>[0],
  word: string,
  files: Record<string, string>,
  options: AssessOptions = {},
) {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write(files);
  const fake = await provider(script);
  const store = memoryStore();
  const all = { cwd: folder.path, cache: false, assessmentId: 'nightly', ...options };
  const workers = [{ id: 'w', files: ['*.ts'] }];
  const whole = await assess(fake, workers, { ...all, store });
  const killed = await killedAfterLast(word, store);
  fake.forget();
  return { whole, resumed: await assess(fake, workers, { ...all, store: killed }), asked: fake.served.length };
}

test('an answer that was handed back once before the kill is not handed back again', async () => {
  const review = finds(/good/, { severity: 'critical', rule: 'invented' });
  const script = scriptedJudge({ review: (document) => review(document).map((one) => ({ ...one, quote: 'evil();' })) });
  const { whole, resumed, asked } = await judgedTwice(script, '"answer.rejected"', { 'a.ts': 'good();\n' });
  expect(whole.rlmMetrics.iterations).toBe(2);
  expect(asked).toBeGreaterThan(0);
  expect(resumed.workers).toEqual(whole.workers);
  const { iterations, costUsd, usage } = whole.rlmMetrics;
  expect(resumed.rlmMetrics).toMatchObject({ iterations, costUsd, usage });
});

test('a sub-call that was not answered before the kill leaves its document unread after it', async () => {
  const careless = scriptedJudge({
    read: 'texts = ["[]" for text in llm_query_batched(["Review this document.\\n" + text for text in context.values()])]',
  });
  const script = spoilt(careless, 'begins: file, "db.ts"', SPOILT.blocking);
  const files = { 'db.ts': 'evil();\n', 'ok.ts': 'ok();\n' };
  const { whole, resumed } = await judgedTwice(script, '"call.reply"', files, { requireCoverage: 0.001 });
  expect(whole.workers[0]?.error).toMatchObject({ code: 'evidence_not_read' });
  expect(resumed.workers).toEqual(whole.workers);
});
