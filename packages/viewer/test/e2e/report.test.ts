import { gunzipSync } from 'node:zlib';
import { conversation, FakeProvider, submit } from '@rlm-bridge/fake-provider';
import { memoryStore, openSession } from 'rlm-bridge';
import { expect, onTestFinished, test } from 'vitest';
import { optionsFor } from '../../../rlm/test/e2e/support/run.ts';
import type { Filed } from '../../src/model/filed.ts';
import type { ViewSource } from '../../src/model/view-source.ts';
import { runReport } from '../../src/report/run-report.ts';
import { unreadSummary } from '../../src/sources/journal-summaries.ts';
import { storeSource } from '../../src/sources/store-source.ts';

test('a file says of its runs all that is known, where a list has not read their journals yet; what is not there is said', async () => {
  const fake = await FakeProvider.start(conversation({ turns: [submit('"done"')] }));
  onTestFinished(() => fake.stop());
  const store = memoryStore();
  {
    await using session = await openSession({ ...optionsFor(fake), store, sessionId: 'talk' });
    await session.run('a context', 'What is it?');
  }
  const read = storeSource(store);
  const source: ViewSource = {
    isLive: read.isLive,
    listRuns: async () => (await Array.fromAsync(store.list())).map(unreadSummary),
    readRun: (id, isWhole) => read.readRun(id, isWhole),
    followRun: (id, onRun, signal) => read.followRun(id, onRun, signal),
    readText: (id, text, start, end) => read.readText(id, text, start, end),
    readAssessment: () => read.readAssessment(),
  };
  const html = (await Array.fromAsync(runReport(source, 'talk#1'))).join('');
  const [, data = ''] = /id="rlm-file">([^<]*)</.exec(html) ?? [];
  const { runs }: Filed = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString());
  expect(runs).toMatchObject([{ id: 'talk#1', status: 'answered', query: 'What is it?', rootModel: 'gpt-4.1' }]);
  for (const id of ['talk#2', 'chat', 'chat#1']) {
    await expect(Array.fromAsync(runReport(source, id))).rejects.toMatchObject({ code: 'run_not_found' });
  }
});
