import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { memoryStore, type RLMEvent, runRLM } from '../../src/index.ts';
import { linesOf } from './support/journals.ts';
import { optionsFor, provider } from './support/run.ts';

const ROOT = 'planted-root-1';
const SUB = 'planted-sub-2';
const SENT = Buffer.from(`ada:${SUB}`).toString('base64');

const within = (url: string, password: string) => url.replace('http://', `http://ada:${password}@`);

test('what a model says of the password of its base URL is in no event, log, journal or result, written or sent', async () => {
  const script = conversation({
    turns: [repl(`# for ${ROOT}\nsaid = llm_query("say it")\nprint(said)`), submit('said')],
    prompt: () => `it is ${SUB}, as Basic ${SENT}`,
  });
  const fake = await provider(script);
  const logDir = await mkdtemp(join(tmpdir(), 'rlm-logs-'));
  const store = memoryStore();
  const run = runRLM(
    'a short context',
    'What is it?',
    optionsFor(fake, {
      ...{ baseUrl: within(fake.openaiUrl, ROOT), subBaseUrl: within(fake.openaiUrl, SUB) },
      ...{ store, runId: 'addressed', logDir },
    }),
  );
  const events: RLMEvent[] = [];
  for await (const event of run) events.push(event);
  const result = await run;
  expect(result).toMatchObject({ success: true, answer: 'it is [redacted], as Basic [redacted]' });
  expect(fake.served).toHaveLength(3);
  const names = await readdir(logDir);
  const logs = await Promise.all(names.map((name) => readFile(join(logDir, name), 'utf8')));
  expect(logs.join('')).toContain('it is [redacted]');
  const lines = await linesOf(store, 'addressed');
  const told = [JSON.stringify(events), JSON.stringify(result), ...logs, ...lines].join('\n');
  for (const secret of [ROOT, SUB, SENT]) expect(told).not.toContain(secret);
});
