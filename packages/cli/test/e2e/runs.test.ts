import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conversation, FakeProvider, submit } from '@rlm-bridge/fake-provider';
import { expect, onTestFinished, test } from 'vitest';
import { configFor, folderOf, rlm } from './support/rlm.ts';

test('runs of a store are listed, shown, replayed, verified, pruned and removed, without a provider', async () => {
  const fake = await FakeProvider.start(conversation({ turns: [submit("'done'")] }));
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({ 'ship.txt': 'The Kestrel.', 'rlm.config.json': configFor(fake) });
  const args = ['ask', 'What?', '--file', 'ship.txt', '--store', 'kept', '--run-id', 'treaty', '--quiet'];
  expect(await rlm(args, { cwd })).toMatchObject({ exitCode: 0, stdout: 'done' });
  await fake.stop();
  const runs = (...more: string[]) => rlm(['runs', ...more, '--store', 'kept'], { cwd });
  expect((await runs('list')).stdout).toMatch(/^\d{4}-\S+Z {2}\d+ bytes {2}treaty$/);
  expect((await runs('show', 'treaty')).stdout).toBe('answered: done; 1 call, 1 process');
  const events = (await runs('replay', 'treaty')).stdout.split('\n').map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: 'run.started', runId: 'treaty' });
  expect(events.at(-1)).toMatchObject({ type: 'run.completed', answer: 'done' });
  expect(await runs('verify', 'treaty')).toMatchObject({
    exitCode: 0,
    stdout: `${events.length} events, every line as it was written`,
  });
  expect(await runs('show', 'nobody')).toMatchObject({ exitCode: 2, stdout: '' });
  expect(await runs('prune', '--older-than', '1d')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await runs('prune', '--older-than', 'soon')).toMatchObject({ exitCode: 2 });
  const journal = join(cwd, 'kept', 'runs', 'treaty', 'journal.jsonl');
  await writeFile(
    journal,
    (await readFile(journal, 'utf8')).replace('Kestrel', 'kestrel').replace('"answered"', '"Answered"'),
  );
  const broken = await runs('verify', 'treaty');
  expect(broken).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/is broken at line \d+: it is not what was written/),
  });
  expect(await runs('rm', 'treaty')).toMatchObject({ exitCode: 0 });
  expect(await runs('list')).toMatchObject({ exitCode: 0, stdout: '' });
});
