import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, submit } from '@rlm-bridge/fake-provider';
import { fileStore } from 'rlm-bridge';
import { expect, onTestFinished, test } from 'vitest';
import { openPath } from '../../src/paths/open-path.ts';
import { keptRun } from './support/runs.ts';

const logs = join(import.meta.dirname, '../fixtures/official-logs');

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('a folder of logs is a list of their runs, and a log that is none says what is wrong when it is opened', async () => {
  const folder = await temporary();
  await cp(join(logs, 'rlms-0.1.3.jsonl'), join(folder, 'one.jsonl'));
  await writeFile(join(folder, 'none.jsonl'), 'hello\n');
  const { source, runId } = await openPath(folder);
  expect(runId).toBeNull();
  const runs = await source.listRuns();
  expect(runs.map(({ id }) => id).toSorted()).toEqual(['none.jsonl', 'one.jsonl', 'one.jsonl#2']);
  expect((await source.readRun('one.jsonl#2')).head.query?.head).toBe('And now?');
  await expect(source.readRun('none.jsonl')).rejects.toThrow(/no log of the official library/);
  await expect(source.readRun('../one.jsonl')).rejects.toThrow(/has no log/);
});

test('a log is its runs', async () => {
  const { source, runId } = await openPath(join(logs, 'rlms-0.1.0.jsonl'));
  expect(runId).toBeNull();
  expect(await source.listRuns()).toHaveLength(2);
});

test('the folder of a store is its runs, and the journal of a run is that run', async () => {
  const folder = await temporary();
  await keptRun(conversation({ turns: [submit('"done"')] }), { store: fileStore(folder), runId: 'a-run' });
  const { source, runId } = await openPath(folder);
  expect([runId, (await source.listRuns()).map(({ id }) => id)]).toEqual([null, ['a-run']]);
  const journal = await openPath(join(folder, 'runs', 'a-run', 'journal.jsonl'));
  expect(journal.runId).toBe('a-run');
  expect((await journal.source.readRun('a-run')).head.status).toBe('answered');
});

test('where there is nothing to show it is said what there could be', async () => {
  const folder = await temporary();
  await mkdir(join(folder, 'empty'));
  await expect(openPath(join(folder, 'empty'))).rejects.toThrow(/neither runs of a store nor logs/);
  await expect(openPath(join(folder, 'nothing'))).rejects.toThrow(/There is nothing at/);
});
