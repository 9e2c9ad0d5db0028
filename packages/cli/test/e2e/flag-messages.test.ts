import { expect, test } from 'vitest';
import { gateOver } from './support/gate.ts';
import { folderOf, rlm } from './support/rlm.ts';

// Whatever a flag does wrong is told by the name of the flag: no option of the library is named at the command's door.

const ENV = { OPENAI_API_KEY: '', ANTHROPIC_API_KEY: '', OPENROUTER_API_KEY: '', GEMINI_API_KEY: '' };
const OPTION = /\b(?:apiKey|baseUrl|rootModel|subModel|cwd|partialAnswer|environmentOptions|(?:max|log)[A-Z]\w+)\b/;
const TOO_MUCH = '9'.repeat(12);

test.each([
  [['--backend', 'opnai'], 2, '--backend must be one of "anthropic"'],
  [['--backend', 'gemini'], 3, 'set GEMINI_API_KEY or GOOGLE_API_KEY'],
  [['--backend', 'vllm', '--root-model', 'm'], 2, 'set VLLM_BASE_URL'],
  [['--backend', 'ollama'], 2, '--root-model: backend "ollama" has no default model'],
  [['--root-model', ''], 2, '--root-model must be'],
  [['--sub-model', ''], 2, '--sub-model must be'],
  [['--environment', 'nowhere'], 2, '--environment must be one of "auto", "docker"'],
  [['--environment', 'local', '--image', 'x'], 2, '--image belongs to --environment docker'],
  [['--image', ''], 2, '--image must be the name of an image'],
  [['--log-dir', ''], 2, '--log-dir must be a path; --no-log-dir writes no log'],
  [['--max-iterations', '0'], 2, '--max-iterations must be a whole number of at least 1'],
  [['--max-duration', '0.0001'], 2, 'It must be a number of seconds, 0.001 to 2000000.'],
  [['--max-duration', TOO_MUCH], 2, 'It must be a number of seconds, 0.001 to 2000000.'],
  [['--file', '.', '--backend', 'offline', '--environment', 'local'], 2, 'To take its files, name them by --files.'],
  [[], 3, 'pass --backend and set its key'],
] as const)('rlm ask %j', async (flags, code, expected) => {
  const cwd = await folderOf({ 'in.txt': 'some text' });
  const { stderr, exitCode } = await rlm(['ask', 'q', '--file', 'in.txt', ...flags], { cwd, env: ENV });
  expect(stderr).toContain(expected);
  expect(stderr).not.toMatch(OPTION);
  expect(exitCode).toBe(code);
});

test.each([
  [['nobody'], 3, 'Name a branch or a worktree in full, or a folder of transcripts by --output-dir.'],
  [['--changed', '--samples', '0'], 2, 'error: --samples: '],
  [['--changed', '--concurrency', '0'], 2, 'error: --concurrency: '],
  [['--changed', '--min-agreement', '5'], 2, 'error: --min-agreement: must be at most samples'],
  [['--changed', '--budget', '0.0000001'], 3, 'The next call could pass the budget of $0.0000001. Raise --budget.'],
] as const)('rlm assess %j', async (flags, code, expected) => {
  const { assess, repository } = await gateOver({ 'a.txt': 'one\n' });
  await repository.write({ 'a.txt': 'two\n' });
  const { stdout, stderr, exitCode } = await assess([...flags]);
  expect(stderr).toContain(expected);
  expect(stdout + stderr).not.toMatch(OPTION);
  expect(exitCode).toBe(code);
});

test('rlm doctor without a key names flags', async () => {
  const cwd = await folderOf({});
  const { stdout } = await rlm(['doctor', '--environment', 'local'], { cwd, env: ENV });
  expect(stdout).toContain('No key is set, so only with --backend ollama, or --backend offline, which is no model.');
  expect(stdout.split('\n').filter((line) => !line.startsWith('ok '))).not.toContainEqual(
    expect.stringMatching(OPTION),
  );
});
