import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conversation, FakeProvider, HANG, repl, submit } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../../assess/test/support/repository.ts';
import { DEFECT, gateOver } from './support/gate.ts';
import { COMMAND, configFor, folderOf, PYTHON, rlm } from './support/rlm.ts';

// A gate that ends without a verdict is never 0, and never "the work failed".

/** Configurations, named as trusted ones are, that end the process in a way of their own. */
const ENDS = {
  'exits with 0': 'process.exit(0);',
  'exits with 0 a moment later': 'setTimeout(() => process.exit(0), 100); export default {};',
  'sets an exit code of 0 and waits for nothing': 'process.exitCode = 0; await new Promise(() => {});',
  'throws from a timer': "setTimeout(() => { throw new Error('late'); }, 50); export default {};",
  'rejects and is not handled': "void Promise.reject(new Error('lost')); export default {};",
  'resolves workers never': 'export default { assess: { resolve: () => new Promise(() => {}) } };',
};

test.each(Object.entries(ENDS))('a configuration that %s ends the gate with 3, and it says so', async (_, program) => {
  const { assessProcess, repository } = await gateOver({ 'a.txt': 'a\n' });
  await repository.branch('work', { 'b.txt': 'b\n' });
  const config = join(await temporaryFolder(), 'rlm.config.mjs');
  await writeFile(config, program);
  const { exitCode, stderr } = await assessProcess(['work', '--config', config]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('Nothing was decided') });
});

test('a worker that is killed is 3', async () => {
  const { assess, repository } = await gateOver({ 'a.txt': 'a\n' });
  await repository.write(DEFECT);
  const python = join(await temporaryFolder(), 'python');
  await writeFile(python, '#!/bin/sh\nkill -9 $$\n', { mode: 0o755 });
  const { exitCode, stderr } = await assess(['--changed'], { env: { RLM_PYTHON: python } });
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/^rlm assess: INCONCLUSIVE/),
  });
});

/** The exit code of a command whose output goes to a reader that leaves early. */
async function intoReader(reader: string, args: string[], cwd: string) {
  const command = [...COMMAND, ...args].map((arg) => `'${arg}'`).join(' ');
  const script = `${command} ${reader}; exit "\${PIPESTATUS[0]}"`;
  return await execa('bash', ['-c', script], { cwd, env: { RLM_PYTHON: PYTHON, NO_COLOR: '1' }, reject: false });
}

/** A gate over a branch with these files, as a process that judges with the judgements that are kept beside it. */
async function gateOn(files: Record<string, string>) {
  const { repository, fake } = await gateOver({ 'a.txt': 'a\n' });
  await repository.branch('work', files);
  const outside = await temporaryFolder();
  const config = join(outside, 'config.json');
  await writeFile(config, configFor(fake, { maxIterations: 3 }));
  const kept = join(outside, 'kept');
  const args = ['assess', 'work', '--base', 'main', '--config', config, '--cache-dir', kept];
  return { fake, cwd: repository.path, args };
}

test('a closed pipe changes no verdict: fail, closed while it is judged', async () => {
  const { cwd, args } = await gateOn(DEFECT);
  expect(await intoReader('2>&1 | head -n 1', args, cwd)).toMatchObject({ exitCode: 1 });
});

test('a closed pipe changes no verdict: pass, as it was judged before, closed from the start', async () => {
  const { fake, cwd, args } = await gateOn({ 'src/ok.js': 'export const one = 1;\n' });
  expect(await rlm(args, { cwd })).toMatchObject({ exitCode: 0 });
  fake.forget();
  const { exitCode, stderr } = await intoReader('| true', args, cwd);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^rlm assess: PASS/) });
  expect(fake.served).toEqual([]);
});

test('a closed pipe ends rlm ask --events, which says so with cost and log: nobody can read the answer', async () => {
  const asked: string[] = [];
  const fake = await FakeProvider.start(({ model }) => {
    asked.push(model);
    return asked.length === 1 ? repl('print(1)') : HANG;
  });
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({ 'a.txt': 'a', 'rlm.config.json': configFor(fake, { logDir: 'logs' }) });
  const { exitCode, stdout, stderr } = await intoReader(
    '| head -n 1',
    ['ask', 'What?', '--file', 'a.txt', '--events'],
    cwd,
  );
  expect({ exitCode, first: JSON.parse(stdout) }).toMatchObject({ exitCode: 141, first: { type: 'run.started' } });
  expect(stderr).toMatch(/^no answer \(aborted\): .*nobody reads the output any more/m);
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^\d iterations?, 0 sub-calls, .*\d s, log .*\.jsonl$/);
});

test('an answer that nobody has read ends with the same code, its cost and its log, though it was given before', async () => {
  const fake = await FakeProvider.start(conversation({ turns: [submit("'done'")] }));
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({ 'a.txt': 'a', 'rlm.config.json': configFor(fake, { logDir: 'logs' }) });
  const args = ['ask', 'What?', '--file', 'a.txt', '--quiet', '--store', 'runs', '--run-id', 'read'];
  expect(await rlm(args, { cwd })).toMatchObject({ exitCode: 0, stdout: 'done' });
  const { exitCode, stderr } = await intoReader('| true', args, cwd);
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 141,
    stderr: expect.stringMatching(/^1 iteration, .*\.jsonl$/m),
  });
});
