import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { printable } from '@rlm-bridge/text';
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
  return { code, output };
}

const OFFLINE = ['--backend', 'offline', '--environment', 'local'];
const TEXTS = OBEYED.map(([, text]) => text);
/** All in one: a word of a command line may hold as much. */
const ALL = TEXTS.join(' ');
/** An id that has others is refused, and not said. */
const OF_IDS = TEXTS.filter((text) => !/\p{Cc}/u.test(text));

test.each([
  ['an id', ['assess', `x ${OF_IDS.join(' ')}`, '--dry-run'], OF_IDS],
  ['an id that is none', ['assess', `x ${ALL}`, '--dry-run'], []],
  ['a configuration', ['assess', 'x', '--config', ALL], TEXTS],
  ['a report', ['assess', 'x', '--report', `json=a/${ALL}\0`], TEXTS],
  ['a rubric', ['assess', 'x', '--rubric', ALL], TEXTS],
  ['an output', ['baseline', 'prune', 'x', '--output', ALL], TEXTS],
  ['a file', ['ask', 'What?', ...OFFLINE, '--file', ALL], TEXTS],
  ['a number', ['ask', 'What?', '--stdin', '--budget', ALL], TEXTS],
  ['a configuration of what is no gate', ['doctor', '--config', ALL], TEXTS],
  ['a command', [ALL], TEXTS],
  ['a flag', [`--${ALL}`], TEXTS],
])('%s is said, and not obeyed', async (_, args, said) => {
  const { code, output } = await run(args);
  expect({ obeyed: obeyedIn(output), isSaid: output !== '' }).toEqual({ obeyed: [], isSaid: true });
  for (const text of said) expect(output).toContain(printable(` ${text}`).trim());
  expect(code).not.toBe(0);
});
