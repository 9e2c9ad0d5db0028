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
  project = await Project.withPacked(['rlm-bridge', '@rlm-bridge/assess', '@rlm-bridge/viewer', '@rlm-bridge/cli']);
  await project.makeFolder('first');
  await project.runIn('first', ['npm', 'init', '-y'], {});
  // The packages that the line of the README names, and what the registry would give beside them.
  const named = packages.trim().split(' ');
  const tarballs = project.packed.map((file) => `.${file}`);
  expect(named).toEqual(['rlm-bridge', '@rlm-bridge/cli']);
  await project.runIn('first', ['npm', 'install', '--no-audit', '--no-fund', ...tarballs], {});
  await project.write({ 'first/book.txt': BOOK });
  fake = await FakeProvider.start(
    conversation({
      turns: [repl('found = llm_query("Who raised the alarm?\\n" + context)'), submit('found')],
      prompt: () => 'The cook raised the alarm.',
    }),
  );
});

afterAll(async () => {
  await fake.stop();
  await project[Symbol.asyncDispose]();
});

const run = async (file: string) => {
  const env = { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: fake.url, RLM_SANDBOX_IMAGE: IMAGE };
  return await project.runIn('first', ['node', file], env);
};
const IMAGE = process.env.RLM_SANDBOX_IMAGE ?? 'rlm-bridge-sandbox:local';

test.each(['quickstart.mjs', 'quickstart.mts'])(
  'the quickstart answers as %s in a project of npm init -y',
  async (name) => {
    await project.write({ [`first/${name}`]: quickstart?.code ?? '' });
    expect((await run(name)).stdout).toMatch(/^The cook raised the alarm\.\n2 1 0\.\d+$/);
  },
);

test('it answers as .js once the project says "type": "module", as the README has it', async () => {
  expect(readme.textOf('Install')).toContain('"type": "module"');
  await project.runIn('first', ['npm', 'pkg', 'set', 'type=module'], {});
  await project.write({ 'first/quickstart.js': quickstart?.code ?? '' });
  expect((await run('quickstart.js')).stdout).toMatch(/^The cook raised the alarm\./);
});

test('the line that installs the library installs the rlm command', async () => {
  const { stdout } = await project.runIn('first', ['npx', '--no-install', 'rlm', '--version'], {});
  expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
});
