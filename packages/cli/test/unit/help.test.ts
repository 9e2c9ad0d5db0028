import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { main } from '../../src/main.ts';

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write(text: string) {
      written[name] += text;
    },
  });
  const code = await main(args, {
    stdin: Readable.from([]),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    cwd: '/',
    env: {},
    signal: new AbortController().signal,
  });
  return { code, ...written };
}

test.each([
  [['--help']],
  [['ask', '--help']],
  [['assess', '--help']],
  [['baseline', 'prune', '--help']],
  [['calibrate', '--help']],
  [['setup', '--help']],
  [['sandbox', 'build', '--help']],
  [['--version']],
])('%j is 0, on stdout', async (args) => {
  expect(await run(...args)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/\S/) });
});

test('help of a command has examples and the exit codes', async () => {
  for (const command of ['ask', 'assess', 'calibrate', 'setup', 'sandbox build']) {
    const { stdout } = await run(...command.split(' '), '--help');
    expect(stdout).toMatch(new RegExp(`\\$ .*rlm ${command} `));
    expect(stdout).toContain('Exit codes: 0');
  }
});

test.each(['docs/ci.md', 'docs/assess.md', 'action.yml', 'gate/rlm-assess.gitlab-ci.yml'])(
  '%s names no flag that is not there',
  async (file) => {
    const text = await readFile(fileURLToPath(new URL(`../../../../${file}`, import.meta.url)), 'utf8');
    const commands = [...text.matchAll(/^.*(?:\brlm |command\[@\]|RLM_COMMAND).*$|`--[\w-]+/gm)].join('\n');
    const flags = new Set([...commands.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([flag]) => flag));
    const help = (await run('assess', '--help')).stdout + (await run('baseline', 'create', '--help')).stdout;
    // Of git.
    const foreign = ['--skip-worktree', '--assume-unchanged'];
    expect([...flags].filter((flag) => !help.includes(`${flag} `) && !foreign.includes(flag))).toEqual([]);
  },
);

test('docs/calibrate.md names no flag that is not there', async () => {
  const text = await readFile(fileURLToPath(new URL('../../../../docs/calibrate.md', import.meta.url)), 'utf8');
  const flags = new Set([...text.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([flag]) => flag));
  const help = (await run('calibrate', '--help')).stdout;
  expect(flags.size).toBeGreaterThan(8);
  expect([...flags].filter((flag) => !help.includes(`${flag} `))).toEqual([]);
});
