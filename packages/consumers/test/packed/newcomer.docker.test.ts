import { conversation, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Page } from '../../../rlm/test/markdown.ts';
import { Project } from '../support/project.ts';

// The first minutes of somebody who follows the README, line by line, in a project that `npm init -y` made.

const readme = new Page('README.md');
const [quickstart] = readme.snippets;
const [, packages = ''] = /^npm install ([^#\n]*)#.*rlm command/m.exec(readme.textOf('Install')) ?? [];
const BOOK = 'The name of the ship is the Kestrel. The cook raised the alarm when he saw the smoke.';

let project: Project;
let fake: FakeProvider;

beforeAll(async () => {
  // The packages that the line of the README names are installed, and what the registry would give beside them.
  expect(packages.trim().split(' ')).toEqual(['rlm-bridge', '@rlm-bridge/cli']);
  project = Project.newcomer();
  await project.write({ 'book.txt': BOOK });
  fake = await FakeProvider.start(
    conversation({
      turns: [repl('found = llm_query("Who raised the alarm?\\n" + context)'), submit('found')],
      prompt: () => 'The cook raised the alarm.',
    }),
  );
});

afterAll(() => fake.stop());

const run = async (file: string) => {
  const env = { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: fake.url, RLM_SANDBOX_IMAGE: IMAGE };
  return await project.run('node', [file], env);
};
const IMAGE = process.env.RLM_SANDBOX_IMAGE ?? 'rlm-bridge-sandbox:local';

test.each(['quickstart.mjs', 'quickstart.mts'])(
  'the quickstart answers as %s in a project of npm init -y',
  async (name) => {
    await project.write({ [name]: quickstart?.code ?? '' });
    expect((await run(name)).stdout).toMatch(/^The cook raised the alarm\.\n2 1 0\.\d+$/);
  },
);

test('it answers as .js once the project says "type": "module", as the README has it', async () => {
  expect(readme.textOf('Install')).toContain('"type": "module"');
  // In a folder of the project: other files of tests use that as npm made it.
  await project.makeFolder('esm');
  await project.write({ 'esm/package.json': '{ "type": "module" }', 'esm/quickstart.js': quickstart?.code ?? '' });
  expect((await run('esm/quickstart.js')).stdout).toMatch(/^The cook raised the alarm\./);
});

test('the line that installs the library installs the rlm command', async () => {
  const { stdout } = await project.run('npx', ['--no-install', 'rlm', '--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
});
