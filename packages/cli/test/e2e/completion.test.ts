import { expect, test } from 'vitest';
import { folderOf, rlmProcess } from './support/rlm.ts';

// The processes that shells start: what completes writes to the process's own stdout.
const complete = async (...args: string[]) => await rlmProcess(['complete', ...args], { cwd: await folderOf({}) });

test.each(['bash', 'zsh', 'fish', 'powershell'])('a script for %s', async (shell) => {
  expect(await complete(shell)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('rlm') });
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
  const { stdout } = await complete('--', ...typed);
  const offered = stdout.split('\n').map((line) => line.split('\t')[0]);
  expect(offered).toEqual(expect.arrayContaining(expected));
});
