import { gunzipSync } from 'node:zlib';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { memoryStore } from 'rlm-bridge';
import { expect, test } from 'vitest';
import { assess, finds, provider, scriptedJudge } from '../../../assess/test/support/judge.ts';
import { Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import { assessmentReport } from '../../src/report/assessment-report.ts';
import { runReport } from '../../src/report/run-report.ts';
import { keptRun } from './support/runs.ts';

const PASSWORD = 'sk-in-the-address-0123';
const TOKEN = 'token-in-the-query-4567';
const KEY = 'sk-of-the-run-89abcdef';

const withCredentials = (url: string) => `${url.replace('http://', `http://ada:${PASSWORD}@`)}?token=${TOKEN}`;

/** Everything that a file has: its markup, and what is in its data blocks. */
async function contentOf(html: AsyncIterable<string>): Promise<{ blocks: number; text: string }> {
  const text = (await Array.fromAsync(html)).join('');
  const blocks = [...text.matchAll(/<script type="application\/gzip" id="[^"]+">([^<]*)</g)];
  const contents = blocks.map(([, data = '']) => gunzipSync(Buffer.from(data, 'base64')).toString());
  return { blocks: blocks.length, text: [text, ...contents].join('\n') };
}

const SENT = Buffer.from(`ada:${PASSWORD}`).toString('base64');

test('neither the key of a run nor the credentials of its base URL are in its file, whatever its code printed or a model said', async () => {
  const script = conversation({
    turns: [repl(`print("${KEY}")\nprint(llm_query("say ${KEY}"))`), submit('"done"')],
    prompt: ({ text }) => `heard ${text}, by ${PASSWORD}, ${SENT} and ${TOKEN}`,
  });
  const fake = await provider(script);
  const { store, runId, result } = await keptRun(script, { apiKey: KEY, baseUrl: withCredentials(fake.openaiUrl) });
  expect(result.success).toBe(true);
  expect(fake.served.length).toBe(3);
  const { blocks, text } = await contentOf(runReport(store, runId));
  expect(blocks).toBeGreaterThanOrEqual(3);
  expect(text).toContain('[redacted]');
  expect(text).toContain('heard say');
  for (const secret of [PASSWORD, SENT, TOKEN, KEY]) expect(text).not.toContain(secret);
});

test('nor are they in the file of an assessment, with its runs', async () => {
  const folder = await Repository.at(await temporaryFolder());
  await folder.write({ 'a.ts': 'one();\neval(x);\nthree();\n' });
  const fake = await provider(scriptedJudge({ review: finds(/eval/, { rule: 'no-eval' }) }));
  const judge = { baseUrl: withCredentials(fake.openaiUrl), apiKey: KEY };
  const kept = { store: memoryStore(), assessmentId: 'night', cache: false } as const;
  const result = await assess(fake, [{ id: 'w', files: ['a.ts'] }], { cwd: folder.path, judge, ...kept });
  expect(result.workers[0]?.findings).toHaveLength(1);
  const { text } = await contentOf(assessmentReport(result, { store: kept.store }));
  expect(text).toContain('three();');
  expect(text).toContain('night:w-');
  for (const secret of [PASSWORD, TOKEN, KEY]) expect(text).not.toContain(secret);
});
