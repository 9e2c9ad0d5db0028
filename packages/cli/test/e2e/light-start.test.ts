import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { BIN, folderOf } from './support/rlm.ts';

// A command loads what it needs: who asks for help, a version or completion waits for nothing that judges or runs.

const LISTENER = fileURLToPath(new URL('fixtures/loaded-modules.mjs', import.meta.url));

/** The packages that take long to load, ours by their folders. */
const HEAVY = [
  ...[
    '@actions/core',
    '@pydantic/genai-prices',
    'ajv',
    'cacache',
    'diff',
    'execa',
    'open',
    'tinyglobby',
    'yaml',
    'zod',
  ],
  ...['assess', 'protocol', 'rlm', 'viewer'],
];

/** Those of which a command loaded something. */
async function heavyOf(args: string[]): Promise<string[]> {
  const cwd = await folderOf({});
  const { stdio } = await execa(process.execPath, ['--conditions=source', '--import', LISTENER, BIN, ...args], {
    cwd,
    reject: false,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const urls: string[] = JSON.parse(String(stdio[3]));
  const loaded = new Set(urls.map(packageOf));
  expect(loaded).toContain('commander');
  return HEAVY.filter((name) => loaded.has(name));
}

/** `file:///…/node_modules/yaml/dist/index.js` is of `yaml`, `file:///…/packages/assess/src/index.ts` of `assess`. */
function packageOf(url: string): string | undefined {
  const [, dependency] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  return dependency ?? /\/packages\/([^/]+)\//.exec(url)?.[1];
}

// Each ends before it has done anything, with all loaded that does it.
test.each([
  ['its version', ['--version'], []],
  ['help', ['--help'], []],
  ['help on a command', ['assess', '--help'], []],
  ['completion', ['complete', '--', 'calibrate', '--kinds', ''], []],
  ['wrong usage', ['assess', '--fail-on', 'nothing'], []],
  ['a run', ['ask', 'what'], ['zod', 'protocol', 'rlm']],
  ['the runs of a store', ['runs', 'list', '--store', 'none'], ['zod', 'protocol', 'rlm']],
  ['what is missing', ['doctor', '--config', 'none'], ['zod', 'protocol', 'rlm']],
  ['a page', ['view', '--store', 'none'], ['zod', 'protocol', 'rlm', 'viewer']],
  ['an assessment', ['assess'], ['zod', 'assess', 'protocol', 'rlm']],
])('for %s is loaded what it needs', async (_, args, expected) => {
  expect(await heavyOf(args)).toEqual(expected);
});
