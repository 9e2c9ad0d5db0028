import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../assess/test/support/repository.ts';
import { blocksOf, checkout, EVIL, ROOT } from './support/recipes.ts';
import { folderWithRlm } from './support/relayed-rlm.ts';

// gate/stop-hook.mjs, started as an agent starts it: by the command of its settings, with what it is told on stdin.

const KEY = 'sk-of-the-provider-0123456789';

/** The command of the settings that the page shows, and a session of an agent that it is asked in. */
async function hook({ cwd, rlm, args = [] }: { cwd: string; rlm: string; args?: string[] }) {
  const [block = ''] = await blocksOf('docs/ci.md', 'When an agent stops', 'json');
  const [{ hooks }] = JSON.parse(block).hooks.Stop;
  expect(hooks[0]).toMatchObject({ type: 'command', timeout: 600 });
  const command = [hooks[0].command.replace('/opt/rlm-bridge', ROOT.replace(/\/$/, '')), ...args].join(' ');
  const state = await temporaryFolder();
  return async (more: object = {}, env: Record<string, string> = {}) => {
    const input = {
      session_id: 'abc-123',
      transcript_path: '/nowhere.jsonl',
      cwd,
      hook_event_name: 'Stop',
      stop_hook_active: false,
      ...more,
    };
    const given = { XDG_STATE_HOME: state, RLM_COMMAND: rlm, OPENAI_API_KEY: KEY, ...env };
    const done = await execa('sh', ['-c', command], { input: JSON.stringify(input), env: given, reject: false });
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    expect(done.stdout).not.toContain(KEY);
    return JSON.parse(done.stdout);
  };
}

/** A program in the place of rlm, which ends so and says so. */
async function ending(code: number, stdout: string, stderr: string): Promise<string> {
  const file = join(await temporaryFolder(), 'rlm');
  await writeFile(file, `#!/bin/sh\nprintf '%s' '${stdout}'\nprintf '%s\\n' '${stderr}' >&2\nexit ${code}\n`, {
    mode: 0o755,
  });
  return file;
}

test('an agent whose work fails is told where and what, and stops once it is put right', async () => {
  const { path, config } = await checkout(EVIL, true);
  const rlm = join(await folderWithRlm(), 'rlm');
  const stop = await hook({ cwd: path, rlm, args: ['--config', config] });
  const held = await stop();
  expect(held).toEqual({ decision: 'block', reason: expect.stringContaining('came to FAIL') });
  expect(held.reason).toContain('- src/run.js:1, critical, eval: This is wrong.');
  await writeFile(join(path, 'src/run.js'), 'export const run = JSON.parse;\n');
  await execa('git', ['add', 'src/run.js'], { cwd: path });
  expect(await stop({ stop_hook_active: true })).toEqual({});
});

test('a session is held up twice at most, also where it is never told that it was; passing begins anew', async () => {
  const failing = await ending(1, 'Put these right', 'rlm assess: FAIL: fails: changes');
  const stop = await hook({ cwd: await temporaryFolder(), rlm: failing });
  const block = { decision: 'block', reason: 'Put these right' };
  const letGo = { systemMessage: expect.stringMatching(/still fails, and has held the agent up 2 times.*FAIL/) };
  expect([await stop(), await stop(), await stop(), await stop()]).toEqual([block, block, letGo, letGo]);
  expect(await stop({ session_id: 'another' })).toEqual(block);
  expect(await stop({}, { RLM_COMMAND: await ending(0, '', '') })).toEqual({});
  expect(await stop()).toEqual(block);
  expect(await stop({ session_id: 'never' }, { RLM_STOP_HOOK_BLOCKS: '0' })).toEqual({
    systemMessage: expect.stringContaining('0 times'),
  });
});

test('work that could not be judged, and what is wrong with the hook itself, hold nobody up and are said', async () => {
  const cwd = await temporaryFolder();
  const unjudged = await ending(3, '', 'rlm assess: INCONCLUSIVE: could not be judged: changes');
  const stop = await hook({ cwd, rlm: unjudged });
  const said = (text: RegExp) => ({ systemMessage: expect.stringMatching(text) });
  expect(await stop()).toEqual(said(/could not judge the work \(exit code 3\).*INCONCLUSIVE/));
  expect(await stop({}, { RLM_COMMAND: '/nowhere/rlm' })).toEqual(said(/cannot be started.*RLM_COMMAND/));
  expect(await stop({ cwd: undefined })).toEqual(said(/no session_id and cwd.*not judged/));
  const file = join(cwd, 'file');
  await writeFile(file, '');
  expect(await stop({}, { XDG_STATE_HOME: file })).toEqual(said(/cannot be written.*XDG_STATE_HOME.*not judged/));
  const slow = join(cwd, 'slow');
  await writeFile(slow, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
  expect(await stop({}, { RLM_COMMAND: slow, RLM_STOP_HOOK_SECONDS: '1' })).toEqual(said(/longer than 1 s/));
});
