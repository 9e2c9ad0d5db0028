import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { BIN, folderOf } from './support/rlm.ts';

// A command loads what it needs: who asks for help, a version or completion waits for nothing that judges or runs.

const LISTENER = fileURLToPath(new URL('fixtures/loaded-modules.mjs', import.meta.url));
const COMMANDS = fileURLToPath(new URL('fixtures/commands.ts', import.meta.url));

/** The packages that take long to load, ours by their folders. */
const HEAVY = [
  ...['@pydantic/genai-prices', 'ajv', 'cacache', 'diff', 'execa', 'open', 'tinyglobby', 'yaml', 'zod'],
  ...['assess', 'protocol', 'rlm', 'viewer'],
];

/** Those of which a program had loaded something, at each line that it left empty and at its end. */
async function heavyOf(program: string[]): Promise<string[][]> {
  const cwd = await folderOf({});
  const { exitCode, stdio } = await execa(
    process.execPath,
    ['--conditions=@rlm-bridge/source', '--import', LISTENER, ...program],
    {
      cwd,
      reject: false,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  expect(exitCode).toBe(0);
  const loaded = new Set<string | undefined>();
  return String(stdio[3])
    .split('\n\n')
    .map((urls) => {
      for (const url of urls.split('\n')) loaded.add(packageOf(url));
      expect(loaded).toContain('commander');
      return HEAVY.filter((name) => loaded.has(name));
    });
}

/** `file:///…/node_modules/yaml/dist/index.js` is of `yaml`, `file:///…/packages/assess/src/index.ts` of `assess`. */
function packageOf(url: string): string | undefined {
  const [, dependency] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  return dependency ?? /\/packages\/([^/]+)\//.exec(url)?.[1];
}

test('the program itself loads nothing heavy to say its version', async () => {
  expect(await heavyOf([BIN, '--version'])).toEqual([[]]);
});

const OF_RUNS = ['zod', 'protocol', 'rlm'];

// Each ends before it has done anything, with all loaded that does it. One process does those of which each loads what is
// loaded before it, and more.
test.each([
  [
    'help, help on a command, completion and wrong usage; then for a run, the runs of a store and what is missing; then for a page',
    [
      [['--help'], ['assess', '--help'], ['complete', '--', 'calibrate', '--kinds', ''], ['assess', '--fail-on', 'no']],
      [
        ['ask', 'what'],
        ['runs', 'list', '--store', 'none'],
        ['doctor', '--config', 'none'],
      ],
      [['view', '--store', 'none']],
    ],
    [[], OF_RUNS, [...OF_RUNS, 'viewer']],
  ],
  ['an assessment', [[['assess']]], [['zod', 'assess', 'protocol', 'rlm']]],
])('for %s is loaded what it needs', async (_, commands, expected) => {
  expect(await heavyOf([COMMANDS, JSON.stringify(commands)])).toEqual(expected);
});
