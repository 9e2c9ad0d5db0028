import { expect, test } from 'vitest';
import { assess, finds, provider, scriptedJudge } from '../support/judge.ts';
import { CHARS, FILES, PROJECT, realSources } from '../support/real-sources.ts';

test('38 real files and 405,000 characters: every one reaches a model, sub-calls and cost are reported', async () => {
  const files = await realSources();
  const fake = await provider(scriptedJudge({ review: finds(/no line has this/, {}), delayMs: 300 }));
  const result = await assess(fake, [{ id: 'all', files }], { cwd: PROJECT });
  const [worker] = result.workers;
  expect(worker).toMatchObject({ verdict: 'pass', evidence: { files: FILES, coverage: 1 } });
  expect(worker?.evidence.chars).toBeGreaterThan(CHARS);
  // One for each file, and one for the list of them.
  expect(result.rlmMetrics.subCalls).toBe(FILES + 1);
  expect(result.rlmMetrics.costUsd).toBeGreaterThan(0);
  const prompts = fake.served.filter(({ request }) => request.kind === 'prompt').map(({ request }) => request.text);
  for (const name of files) expect(prompts.filter((text) => text.includes(`begins: file, "${name}"`))).toHaveLength(1);
});
