import { expect, test, vi } from 'vitest';
import { folderOf, rlm, rlmProcess } from './support/rlm.ts';

/** What completes writes by the console, which is the process's own stdout. */
async function complete(...args: string[]): Promise<string> {
  using log = vi.spyOn(console, 'log').mockImplementation(() => {});
  expect(await rlm(['complete', ...args], { cwd: await folderOf({}) })).toMatchObject({ exitCode: 0, stderr: '' });
  return log.mock.calls.map((said) => said.join(' ')).join('\n');
}

test('a shell starts processes: one for its script, and one for each time it completes', async () => {
  const cwd = await folderOf({});
  const [script, offered] = await Promise.all([
    rlmProcess(['complete', 'bash'], { cwd }),
    rlmProcess(['complete', '--', 'a'], { cwd }),
  ]);
  expect(script).toMatchObject({ exitCode: 0, stdout: await complete('bash') });
  expect(offered).toMatchObject({ exitCode: 0, stdout: await complete('--', 'a') });
});

test.each(['bash', 'zsh', 'fish', 'powershell'])('a script for %s', async (shell) => {
  expect(await complete(shell)).toContain('rlm');
});

test.each([
  ['commands', ['a'], ['ask', 'assess']],
  ['commands', ['s'], ['setup', 'sandbox']],
  ['commands of a group', ['sandbox', ''], ['build']],
  ['flags', ['sandbox', 'build', '--'], ['--name', '--runtime']],
  ['flags', ['setup', '--env'], ['--environment']],
  ['flags', ['assess', '--rep'], ['--report']],
  ['choices', ['assess', '--fail-on', ''], ['critical', 'high', 'medium', 'low', 'never']],
])('it knows %s', async (_, typed, expected) => {
  const offered = (await complete('--', ...typed)).split('\n').map((line) => line.split('\t')[0]);
  expect(offered).toEqual(expect.arrayContaining(expected));
});
