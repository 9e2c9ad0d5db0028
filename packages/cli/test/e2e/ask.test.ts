import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { conversation, FakeProvider, HANG, repl, submit } from '@rlm-bridge/fake-provider';
import { expect, onTestFinished, test } from 'vitest';
import { configFor, folderOf, rlm, rlmProcess } from './support/rlm.ts';

async function answering(answer: string): Promise<FakeProvider> {
  const fake = await FakeProvider.start(conversation({ turns: [repl('print(len(context))'), submit(answer)] }));
  onTestFinished(() => fake.stop());
  return fake;
}

const CREW = { 'crew.txt': 'The cook, the mate and eleven others.', 'ship.txt': 'The Kestrel.' };

test('the answer is on stdout, and progress on stderr', async () => {
  const fake = await answering("f'{sorted(context)}'");
  const cwd = await folderOf({ ...CREW, 'rlm.config.json': configFor(fake) });
  const { exitCode, stdout, stderr } = await rlm(['ask', 'Which files?', '--files', '*.txt', '!ship*'], { cwd });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "['crew.txt']" });
  expect(stderr).toMatch(/^iteration 1, 0 sub-calls, \$0\.\d{4}$/m);
  expect(stderr).toMatch(/^2 iterations, 0 sub-calls, \$0\.\d{4}, \d+\.\d s$/m);
});

test('one file', async () => {
  const fake = await answering('context');
  const cwd = await folderOf({ ...CREW, 'rlm.config.json': configFor(fake) });
  const file = await rlm(['ask', 'What?', '--file', 'ship.txt', '--quiet'], { cwd });
  expect(file).toMatchObject({ exitCode: 0, stdout: 'The Kestrel.', stderr: '' });
});

test('a process reads a pipe, and has the answer and nothing else on stdout, progress on stderr', async () => {
  const fake = await answering('context');
  const cwd = await folderOf({ 'rlm.config.yaml': configFor(fake) });
  const { exitCode, stdout, stderr } = await rlmProcess(['ask', 'What?', '--stdin'], { cwd, input: 'piped in' });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'piped in' });
  expect(stderr).toMatch(/^2 iterations, 0 sub-calls, \$0\.\d{4}, \d+\.\d s$/m);
});

test('it ends with cost, time and log', async () => {
  const fake = await answering("'done'");
  const cwd = await folderOf({ ...CREW, 'rlm.config.json': configFor(fake, { logDir: 'logs' }) });
  const { stderr } = await rlm(['ask', 'What?', '--file', 'ship.txt'], { cwd });
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^2 iterations, .*, \$\d\.\d+, \d+\.\d s, log .*\.jsonl$/);
});

test('--json is the whole result', async () => {
  const fake = await answering("'done'");
  const cwd = await folderOf({ ...CREW, 'rlm.config.json': configFor(fake) });
  const { stdout } = await rlm(['ask', 'What?', '--file', 'ship.txt', '--json'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ success: true, answer: 'done', iterations: 2, subCalls: 0 });
});

test('--events is a line for each event, and the result', async () => {
  const fake = await answering("'done'");
  const cwd = await folderOf({ ...CREW, 'rlm.config.json': configFor(fake) });
  const { stdout } = await rlm(['ask', 'What?', '--file', 'ship.txt', '--events'], { cwd });
  const lines = stdout.split('\n').map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ type: 'run.started' });
  expect(lines.at(-2)).toMatchObject({ type: 'run.completed', answer: 'done' });
  expect(lines.at(-1)).toMatchObject({ type: 'result', result: { success: true } });
});

test('--schema prints JSON that fits it', async () => {
  const fake = await answering('{"ships": 1}');
  const schema = { type: 'object', properties: { ships: { type: 'integer' } }, required: ['ships'] };
  const cwd = await folderOf({ ...CREW, 'schema.json': JSON.stringify(schema), 'rlm.config.json': configFor(fake) });
  const { stdout } = await rlm(['ask', 'How many?', '--file', 'ship.txt', '--schema', 'schema.json'], { cwd });
  expect(JSON.parse(stdout)).toEqual({ ships: 1 });
});

test('no answer is 3, and says why and what there is', async () => {
  const fake = await FakeProvider.start(conversation({ turns: [repl('answer["content"] = "half of it"')] }));
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({ ...CREW, 'rlm.config.json': configFor(fake, { maxIterations: 1 }) });
  const { exitCode, stdout, stderr } = await rlm(['ask', 'What?', '--file', 'ship.txt'], { cwd });
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toMatch(/^no answer \(max_iterations\): /m);
  expect(stderr).toContain('best so far: half of it');
});

const OFFLINE = ['--backend', 'offline', '--environment', 'local'];

test.each([
  ['no input', ['ask', 'What?'], /Name one input/],
  ['two inputs', ['ask', 'What?', '--stdin', '--file', 'ship.txt'], /Name one input/],
  ['an unknown flag', ['ask', 'What?', '--fil', 'ship.txt'], /--file/],
  ['a missing file', ['ask', 'What?', '--file', 'none.txt', '--backend', 'offline'], /none\.txt/],
  ['a budget that is none', ['ask', 'What?', '--file', 'ship.txt', '--budget', '-1'], /above 0/],
  ['an unknown backend', ['ask', 'What?', '--file', 'ship.txt', '--backend', 'nope'], /backend/],
  ['an unknown command', ['aks'], /unknown command/],
  [
    'more files than --max-files',
    ['ask', 'What?', '--files', '*', '--max-files', '1', ...OFFLINE],
    /raise --max-files\./,
  ],
  ['more than --max-bytes', ['ask', 'What?', '--files', '*', '--max-bytes', '20', ...OFFLINE], /raise --max-bytes\./],
  [
    'a file larger than --max-file-bytes',
    ['ask', 'What?', '--file', 'crew.txt', '--max-file-bytes', '5', ...OFFLINE],
    /raise --max-file-bytes\./,
  ],
  ['a limit that is none', ['ask', 'What?', '--files', '*', '--max-files', '0'], /at least 1/],
  [
    'a limit of files for one file',
    ['ask', 'What?', '--file', 'ship.txt', '--max-files', '1'],
    /--max-files is for --files/,
  ],
  ['a limit of files for a pipe', ['ask', 'What?', '--stdin', '--max-bytes', '1'], /--max-bytes is for --files/],
])('%s is 2, and nothing is started', async (_, args, message) => {
  const cwd = await folderOf(CREW);
  const { exitCode, stdout, stderr } = await rlm(args, { cwd });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('a missing key is 3: nobody judged anything', async () => {
  const cwd = await folderOf(CREW);
  const keys = { ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '', OPENROUTER_API_KEY: '', GEMINI_API_KEY: '' };
  const { exitCode, stderr } = await rlm(['ask', 'What?', '--file', 'ship.txt'], { cwd, env: keys });
  expect(exitCode).toBe(3);
  expect(stderr).toContain('ANTHROPIC_API_KEY');
});

test('SIGINT is 130, once the run has been ended in good order', async () => {
  const asked = Promise.withResolvers<void>();
  const fake = await FakeProvider.start(() => {
    asked.resolve();
    return HANG;
  });
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({ ...CREW, 'rlm.config.json': configFor(fake) });
  const running = rlmProcess(['ask', 'What?', '--file', 'ship.txt'], { cwd });
  await asked.promise;
  running.kill('SIGINT');
  const { exitCode, stderr } = await running;
  expect(exitCode).toBe(130);
  expect(stderr).toContain('SIGINT was received');
  expect(stderr).toMatch(/^0 iterations, 0 sub-calls, cost unknown, \d+\.\d s$/m);
});

test('the limits of files reach the run, and links are followed where --follow-links says so', async () => {
  const fake = await answering("f'{sorted(context)}'");
  const cwd = await folderOf({ 'rlm.config.json': configFor(fake) });
  const outside = await folderOf(CREW);
  await symlink(join(outside, 'ship.txt'), join(cwd, 'ship.txt'));
  const limits = ['--max-files', '1', '--max-bytes', '100', '--max-file-bytes', '100'];
  const args = ['ask', 'Which files?', '--files', '*.txt', '--follow-links', ...limits];
  expect(await rlm(args, { cwd })).toMatchObject({ exitCode: 0, stdout: "['ship.txt']" });
});

test('--store keeps the run: the same --run-id gives its result again, and asks nobody', async () => {
  const fake = await answering("'done'");
  const cwd = await folderOf({ ...CREW, 'rlm.config.json': configFor(fake) });
  const ask = (query: string, ...more: string[]) =>
    rlm(['ask', query, '--file', 'ship.txt', '--run-id', 'treaty', '--quiet', ...more], { cwd });
  expect(await ask('What?', '--store', 'runs')).toMatchObject({ exitCode: 0, stdout: 'done' });
  const asked = fake.served.length;
  expect(await ask('What?', '--store', 'runs')).toMatchObject({ exitCode: 0, stdout: 'done' });
  expect(fake.served).toHaveLength(asked);
  const other = await ask('Who?', '--store', 'runs');
  expect(other).toMatchObject({ exitCode: 2, stdout: '' });
  expect(other.stderr).toMatch(
    /its query was 'What\?' and is now 'Who\?'\. Ask for the same, or begin another run under another --run-id/,
  );
  const nowhere = await ask('What?');
  expect(nowhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('name its folder by --store') });
});
