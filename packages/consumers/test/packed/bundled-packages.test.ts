import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Page } from '../../../rlm/test/markdown.ts';
import { Project } from '../support/project.ts';

// The packages beside rlm-bridge in bundles of one file, by esbuild, that lie where no node_modules is. The lines are those
// of docs/bundlers.md.

const TEXT = 'The name of the ship is the Kestrel.';

const PROGRAMS = {
  assess: `import { assessWorkers } from '@rlm-bridge/assess';
const judge = { rootModel: async () => ({ text: 'I cannot say.' }), environment: 'local', maxIterations: 1, quiet: true };
assessWorkers([{ id: 'w', files: ['*.txt'] }], { judge, cache: false }).then(
  ({ verdict, workers }) => console.log(verdict, workers[0].evidence.files, workers[0].error.code));
`,
  'ai-sdk': `import { rlmTool } from '@rlm-bridge/ai-sdk';
const options = { backend: 'offline', environment: 'local', logDir: false, quiet: true };
const tool = rlmTool({ context: '${TEXT}', ...options });
async function main() {
  for await (const { answer } of tool.execute({ query: 'What is the name of the ship?' }, {})) if (answer) console.log(answer);
}
main();
`,
  cli: `import { main } from '@rlm-bridge/cli';
const { stdin, stdout, stderr, env } = process;
const terminal = { stdin, stdout, stderr, env, cwd: process.cwd(), signal: new AbortController().signal };
main(process.argv.slice(2), terminal).then((code) => { process.exitCode = code; });
`,
};

const ASK = ['ask', 'What is the name of the ship?', '--files', '*.txt', '--backend', 'offline'];
const RUNS: { name: keyof typeof PROGRAMS; args: string[]; said: RegExp }[] = [
  { name: 'assess', args: [], said: /^inconclusive 1 max_iterations$/m },
  { name: 'ai-sdk', args: [], said: /Kestrel/ },
  { name: 'cli', args: [...ASK, '--environment', 'local', '--no-log-dir', '--quiet'], said: /Kestrel/ },
];

const FLAGS = ['--bundle', '--platform=node', '--outdir=bundle'];
const FORMATS = [
  {
    format: 'esm',
    ending: 'mjs',
    flags: [
      "--banner:js=import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    ],
  },
  {
    format: 'cjs',
    ending: 'cjs',
    flags: [
      '--define:import.meta.url=moduleUrl',
      "--banner:js=const moduleUrl = require('node:url').pathToFileURL(__filename).href;",
    ],
  },
];

const page = new Page('docs/bundlers.md').text;

let project: Project;
/** Where no node_modules is: the bundles, and the worker, which Python compiles once. */
let deployed: string;

beforeAll(async () => {
  project = Project.installed('bundled-packages');
  deployed = await mkdtemp(join(tmpdir(), 'rlm-deployed-'));
  await cp(join(project.folder, 'node_modules/rlm-bridge/worker'), join(deployed, 'worker'), { recursive: true });
  await writeFile(join(deployed, 'ship.txt'), TEXT);
  for (const [name, program] of Object.entries(PROGRAMS)) await project.write({ [`${name}.mjs`]: program });
  for (const { format, ending, flags } of FORMATS) {
    const plain = [...FLAGS, `--format=${format}`, `--out-extension:.js=.${ending}`];
    // One start reads once what two bundles are made of.
    await project.run('node_modules/.bin/esbuild', ['assess.mjs', 'cli.mjs', ...plain, ...flags]);
    await project.run('node_modules/.bin/esbuild', ['ai-sdk.mjs', ...plain]);
  }
  await cp(join(project.folder, 'bundle'), deployed, { recursive: true });
});

afterAll(() => rm(deployed, { recursive: true }));

test('the lines are those of the page', () => {
  const lines = FORMATS.flatMap(({ flags }) => flags).map((flag) => flag.replace('--banner:js=', ''));
  for (const line of lines) expect(page).toContain(line);
});

test.each(RUNS.flatMap((run) => FORMATS.map((one) => ({ ...run, ...one }))))(
  '@rlm-bridge/$name in one file of $format does its work',
  async ({ name, args, said, ending }) => {
    const ended = await project.runIn(deployed, ['node', `${name}.${ending}`, ...args], { RLM_WORKER_DIR: 'worker' });
    expect(ended).toMatchObject({ stdout: expect.stringMatching(said), stderr: '' });
  },
);
