import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OBEYED, obeyedIn } from '../../../assess/test/support/log-commands.ts';
import { main } from '../../src/main.ts';

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'rlm-cli-'));
});
afterAll(() => rm(cwd, { recursive: true }));

async function run(args: string[]) {
  let output = '';
  const sink = { write: (text: string) => (output += text) };
  const { signal } = new AbortController();
  const code = await main(args, { stdin: Readable.from([]), stdout: sink, stderr: sink, cwd, env: {}, signal });
  return { code, obeyed: obeyedIn(output), isSaid: output !== '' };
}

test.each(OBEYED)('an id, a path, an option and a command are said, and not obeyed: %s', async (_, text) => {
  const commands = [
    ['assess', `x${text}`, '--dry-run'],
    ['assess', 'x', '--config', text],
    ['assess', 'x', '--report', `json=a/${text}\0`],
    ['assess', 'x', '--rubric', text],
    ['baseline', 'prune', 'x', '--output', text],
    ['ask', 'What?', '--file', text],
    ['ask', 'What?', '--stdin', '--budget', text],
    ['doctor', '--config', text],
    [text],
    [`--${text}`],
  ];
  for (const args of commands) {
    const { code, ...said } = await run(args);
    expect(said, args.join(' ')).toEqual({ obeyed: [], isSaid: true });
    expect(code).not.toBe(0);
  }
});
