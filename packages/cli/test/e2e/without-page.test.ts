import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeProvider } from '@rlm-bridge/fake-provider';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { scriptedJudge } from '../../../assess/test/support/judge.ts';
import * as pageFiles from '../../../viewer/src/report/page-files.ts';
import { configFor, folderOf, rlm } from './support/rlm.ts';

// A checkout in which nobody has built the page of the viewer: its folder is one that is not there, until this file ends.
beforeAll(() => {
  const { readPageFiles } = pageFiles;
  const read = () => readPageFiles(['./no-such-folder/']);
  const spies = [
    vi.spyOn(pageFiles, 'readPageFiles').mockImplementation(read),
    vi.spyOn(pageFiles, 'requirePage').mockImplementation(async () => void (await read())),
  ];
  return () => {
    for (const spy of spies) spy.mockRestore();
  };
});

test('rlm assess --report html= without a page fails before anything is judged, in the words of the command', async () => {
  const fake = await FakeProvider.start(scriptedJudge());
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({ 'a.ts': 'a();\n', 'rlm.config.json': configFor(fake) });
  const args = ['assess', 'w', '--output-dir', '.', '--report', 'html=out/rlm.html'];
  const { exitCode, stdout, stderr } = await rlm(args, { cwd });
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringMatching(/^error: --report html=out\/rlm\.html: The page of the viewer is not there\. /),
  });
  expect(fake.served).toEqual([]);
  expect(await readdir(cwd)).not.toContain('out');
});

test('rlm view without a page says so, and serves and writes nothing', async () => {
  const cwd = await folderOf({ 'run.jsonl': 'none' });
  for (const more of [[], ['--html', 'out.html']]) {
    const { exitCode, stderr } = await rlm(['view', join(cwd, 'run.jsonl'), ...more], { cwd });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringMatching(/^error: The page of the viewer/),
    });
  }
  expect(await readdir(cwd)).toEqual(['run.jsonl']);
});
