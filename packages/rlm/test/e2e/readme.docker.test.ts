import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { snippets } from '../readme.ts';
import { IMAGE, PYTHON, provider } from './support/run.ts';

// Every snippet of README.md compiles against the public types, and does what the text around it says.

const root = resolve(import.meta.dirname, '../..');
const tsc = resolve(root, '../../node_modules/.bin/tsc');

const FILES = {
  'book.txt': [
    'Chapter 1. The name of the ship is the Kestrel. She lay at anchor that night.',
    ...Array.from({ length: 400 }, (_, line) => `Line ${line} tells of rope, tar and weather.`),
    'Chapter 2. The cook raised the alarm when he saw the smoke.',
  ].join('\n'),
  'crew.txt': 'The cook, the mate and eleven others.',
  'harbour.txt': 'The harbour master is called Ines Okafor, and she keeps the tide tables.',
};

let folder: string;

beforeAll(async () => {
  // Inside the package, where `rlm-bridge` means the package itself.
  folder = await mkdtemp(join(root, '.readme-'));
  for (const { heading, code } of snippets) {
    await mkdir(join(folder, heading));
    await writeFile(join(folder, heading, 'snippet.ts'), code);
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, heading, name), text);
  }
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs the snippet under a heading as a program of its own, and returns what it printed. */
async function run(heading: string, env: Record<string, string> = {}): Promise<string> {
  const { stdout, stderr, exitCode } = await execa(process.execPath, ['--conditions=source', 'snippet.ts'], {
    cwd: join(folder, heading),
    env: { RLM_PYTHON: PYTHON, RLM_SANDBOX_IMAGE: IMAGE, ...env },
    reject: false,
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

test('the snippets that are run here are all there are', () => {
  expect(snippets.map(({ heading }) => heading)).toEqual([
    'Quickstart',
    'The result',
    'Events and abort',
    'Troubleshooting',
  ]);
});

test('they compile', async () => {
  const config = { extends: '../../../tsconfig.base.json', include: ['*/snippet.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const { stdout, exitCode } = await execa(tsc, ['-p', folder, '--listFiles'], { reject: false });
  expect({ exitCode, errors: stdout.match(/^.*error TS.*$/gm) }).toEqual({ exitCode: 0, errors: null });
  expect(stdout.match(/snippet\.ts$/gm)).toHaveLength(snippets.length);
});

test('Quickstart: docker, the models it names, the answer and the counts', async () => {
  const answer = 'The cook raised the alarm, in chapter 2.';
  const fake = await provider(
    conversation({
      turns: [repl('found = llm_query("Who raised the alarm?\\n" + context)\nprint(found)'), submit('found')],
      prompt: ({ text }) => (text.includes('The cook raised the alarm') ? answer : 'The book does not say.'),
    }),
  );
  const stdout = await run('Quickstart', { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_BASE_URL: fake.url });
  const [first, counts = ''] = stdout.split('\n');
  expect(first).toBe(answer);
  expect(counts).toMatch(/^2 1 0\.0\d+$/);
  const served = fake.served.map(({ request }) => `${request.kind} ${request.model}`);
  expect(served).toEqual(['turn claude-sonnet-5-5', 'prompt claude-haiku-5-5', 'turn claude-sonnet-5-5']);
});

test('The result: the answer names the file, and usage and log follow', async () => {
  const stdout = await run('The result');
  expect(stdout).toContain('harbour.txt');
  expect(stdout).toMatch(/^\d+ \{.*offline.*\.jsonl$/ms);
});

test('Events and abort: iterations, calls and success', async () => {
  const lines = (await run('Events and abort')).split('\n');
  expect(lines).toContainEqual(expect.stringMatching(/^iteration 1 \d+$/));
  expect(lines).toContainEqual('root offline 0');
  expect(lines.at(-1)).toBe('true');
});

test('Troubleshooting: a line for each check', async () => {
  const stdout = await run('Troubleshooting', { ANTHROPIC_API_KEY: 'a-key' });
  for (const name of ['uv', 'python', 'worker-environment', 'container-runtime', 'sandbox-image', 'keys']) {
    expect(stdout).toMatch(new RegExp(`^(ok|warning) +${name} `, 'm'));
  }
  expect(stdout).toContain('Runs can go ahead.');
  expect(stdout).not.toContain('a-key');
});
