import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeProvider } from '@rlm-bridge/fake-provider';
import { expect, onTestFinished, test } from 'vitest';
import { scriptedJudge } from '../../../assess/test/support/judge.ts';
import { Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import { configFor, rlm } from './support/rlm.ts';

test("the gate's own files are no work: reports, baseline and logs that it wrote do not become evidence", async () => {
  const fake = await FakeProvider.start(scriptedJudge());
  onTestFinished(() => fake.stop());
  const repository = await Repository.create();
  const cache = join(await temporaryFolder(), 'cache');
  const folder = await Repository.at(await temporaryFolder());
  const { run } = JSON.parse(configFor(fake, { maxIterations: 3, logDir: './logs' }));
  await folder.write({ 'config.json': JSON.stringify({ run, assess: { cache: { dir: cache } } }) });
  const common = ['--changed', '--base', 'main', '--config', join(folder.path, 'config.json')];
  await repository.write({ 'src/new.js': 'export const one = 1;\n', 'logs/other.js': 'export const two = 2;\n' });
  await rlm(['baseline', 'create', ...common], { cwd: repository.path });
  const asked = fake.served.length;
  const judged: string[][] = [];
  for (let time = 1; time <= 2; time++) {
    const args = ['assess', ...common, '--baseline', 'rlm-baseline.json', '--report', 'sarif=rlm.sarif', '--json'];
    const { stdout } = await rlm(args, { cwd: repository.path });
    judged.push(JSON.parse(String(stdout)).workers[0].evidence.documents);
  }
  expect(judged).toEqual([
    ['logs/other.js', 'src/new.js'],
    ['logs/other.js', 'src/new.js'],
  ]);
  expect(await readFile(join(repository.path, 'rlm.sarif'), 'utf8')).toContain('sarif');
  // Equal evidence is judged once: nothing more was paid for.
  expect(fake.served).toHaveLength(asked);
});
